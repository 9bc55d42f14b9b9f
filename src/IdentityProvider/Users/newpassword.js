// Says how strong a new password looks while it is typed. A hint only: the server decides.

const neighbours = text => [...text].filter((c, i) => i > 0 && Math.abs(c.codePointAt(0) - text.codePointAt(i - 1)) <= 1).length;

// Bits that guessing takes, roughly: each character by the alphabet it is from, less for repetitions and neighbours.
const bits = text => {
  const alphabet = [[/[a-z]/, 26], [/[A-Z]/, 26], [/[0-9]/, 10], [/[^a-zA-Z0-9]/, 33]].reduce((sum, [kind, size]) => sum + (kind.test(text) ? size : 0), 0);
  const different = new Set(text.toLowerCase()).size;
  return Math.max(0, Math.min(text.length, different * 2) - neighbours(text)) * Math.log2(alphabet || 1) * .7;
};

for (const place of document.querySelectorAll("[data-strength]")) {
  const input = document.getElementById(place.dataset.strength);
  const { min, label, short, weak, fair, good, strong } = place.dataset;
  const meter = Object.assign(document.createElement("meter"), { min: 0, max: 4, low: 2, high: 3, optimum: 4, ariaLabel: label });
  const words = document.createElement("span");
  words.setAttribute("role", "status");
  place.append(meter, words);
  const show = () => {
    const text = input.value;
    place.hidden = text.length === 0;
    const found = bits(text);
    const level = [...text].length < Number(min) ? 0 : 1 + [36, 48, 62].filter(limit => found >= limit).length;
    meter.value = Math.max(level, .25);
    const now = [short, weak, fair, good, strong][level];
    if (words.textContent !== now) words.textContent = now;
  };
  input.addEventListener("input", show);
  show();
}
