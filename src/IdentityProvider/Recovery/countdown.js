// Counts down until another mail can be asked for. Without this file the words say "a minute"; the server keeps to it either way.

for (const place of document.querySelectorAll("[data-countdown]")) {
  const { countdown, wait, now } = place.dataset;
  const end = Date.now() + Number(countdown) * 1000;
  const show = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    place.textContent = left > 0 ? wait.replace("{0}", left) : now;
    if (left > 0) setTimeout(show, 1000);
  };
  show();
}
