// Enhancement only: every page works without this file. Words come from the page (data-*), so they follow its language.

for (const wrapper of document.querySelectorAll("[data-reveal]")) {
  const input = wrapper.querySelector("input");
  const { show, hide, labelShow, labelHide, shown, hidden } = wrapper.dataset;
  const button = Object.assign(document.createElement("button"), { type: "button" });
  const status = Object.assign(document.createElement("span"), { className: "hidden" });
  status.setAttribute("role", "status");
  button.setAttribute("aria-controls", input.id);
  const set = visible => {
    input.type = visible ? "text" : "password";
    button.textContent = visible ? hide : show;
    button.setAttribute("aria-label", visible ? labelHide : labelShow);
  };
  button.addEventListener("click", () => {
    set(input.type === "password");
    status.textContent = input.type === "text" ? shown : hidden;
  });
  // Browsers offer to remember, and password managers recognise, only what is a password field when it is sent.
  input.form.addEventListener("submit", () => set(false));
  set(false);
  wrapper.append(button, status);
}

// A double click makes one effect. The button is never disabled: its own name and value must travel with the form.
for (const form of document.querySelectorAll("form[method=post]")) {
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  form.append(status);
  let sent = false;
  let timer;
  form.addEventListener("submit", event => {
    if (sent) return event.preventDefault();
    sent = true;
    event.submitter?.setAttribute("aria-busy", "true");
    timer = setTimeout(() => { status.textContent = form.dataset.busy ?? ""; }, 1000);
    // Whoever pressed Stop, or lost the network, may try again.
    setTimeout(() => { sent = false; }, 10000);
  });
  // The Back button may show this very document again.
  addEventListener("pageshow", event => {
    if (!event.persisted) return;
    sent = false;
    clearTimeout(timer);
    status.textContent = "";
    form.querySelectorAll("[aria-busy]").forEach(busy => busy.removeAttribute("aria-busy"));
  });
}

if (navigator.clipboard) {
  for (const wrapper of document.querySelectorAll("[data-copy]")) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: wrapper.dataset.copy });
    const status = Object.assign(document.createElement("span"), { className: "small" });
    status.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(wrapper.querySelector("code").textContent.trim());
      status.textContent = wrapper.dataset.copied;
    });
    wrapper.append(button, status);
  }
}

for (const time of document.querySelectorAll("time[data-local]")) {
  const at = new Date(time.dateTime);
  if (!isNaN(at)) time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(at);
}
