// A button that prints, where there is something to print. Without this file the browser's own menu does.
for (const wrapper of document.querySelectorAll("[data-print]")) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: wrapper.dataset.print });
  button.addEventListener("click", () => print());
  wrapper.append(button);
}
