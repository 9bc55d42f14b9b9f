// Finds the number whose hash the server asks for. A form sent too early waits for it.

const hex = buffer => Array.from(new Uint8Array(buffer), byte => byte.toString(16).padStart(2, "0")).join("");

async function solve({ salt, hash, max }) {
  const encoder = new TextEncoder();
  for (let number = 0; number <= Number(max); number++) {
    if (hex(await crypto.subtle.digest("SHA-256", encoder.encode(salt + number))) === hash) return number;
    // The person is typing meanwhile.
    if (number % 500 === 499) await new Promise(resolve => setTimeout(resolve));
  }
  return null;
}

for (const box of document.querySelectorAll("[data-proof]")) {
  // Browsers keep crypto.subtle from pages that came over plain http.
  if (!globalThis.crypto?.subtle) break;
  const form = box.closest("form");
  const field = box.querySelector("input");
  const status = box.querySelector("[role=status]");
  let waiting = null;
  form.addEventListener("submit", event => {
    if (field.value || event.submitter?.hasAttribute("data-without-proof")) return;
    event.preventDefault();
    // Before the listener that lets a form be sent once.
    event.stopImmediatePropagation();
    waiting = { submitter: event.submitter };
    status.textContent = box.dataset.working;
  }, { capture: true });
  solve(box.dataset).then(number => {
    if (number === null) return;
    field.value = [box.dataset.salt, number, box.dataset.signature].join("~");
    status.textContent = box.dataset.done;
    if (waiting) form.requestSubmit(waiting.submitter);
  });
}
