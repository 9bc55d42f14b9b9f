// No token is here, and none can be: the server behind this page keeps them.
const ask = (path, options = {}) => fetch(path, { ...options, headers: { "X-Page": "1", ...options.headers } });
const say = text => { document.querySelector("#status").textContent = text; };

async function show() {
  const me = await ask("/bff/me");
  document.querySelector("#out").hidden = me.ok;
  document.querySelector("#in").hidden = !me.ok;
  if (!me.ok) {
    document.querySelector("#heading").textContent = "Notes";
    return;
  }

  const person = await me.json();
  document.querySelector("#heading").textContent = `Hello, ${person.name}`;
  const answer = await ask("/bff/notes");
  if (!answer.ok) return say("The notes cannot be read now.");
  document.querySelector("#notes").replaceChildren(...(await answer.json()).map(note => {
    const item = document.createElement("li");
    item.textContent = note.text;
    return item;
  }));
}

document.querySelector("#pin").addEventListener("submit", async event => {
  event.preventDefault();
  const text = new FormData(event.target).get("text");
  const answer = await ask("/bff/notes", { method: "POST", body: JSON.stringify({ text }), headers: { "Content-Type": "application/json" } });
  say(answer.ok ? "Pinned." : "The note was not pinned.");
  if (answer.ok) event.target.reset();
  await show();
});

// Ended elsewhere? The next look tells.
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && show());
await show();
