// Puts records on top of the list as they are written. Every text goes in as text; without this file a reload shows the same.
const Most = 500;

for (const notice of document.querySelectorAll("[data-live]")) {
  const list = document.getElementById("records");
  const template = document.getElementById("live-record");
  const say = words => { if (notice.textContent !== words) notice.textContent = words; };
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "medium" });
  say(notice.dataset.begin);
  const source = new EventSource(notice.dataset.live);

  const show = record => {
    if (list.querySelector(`[data-sequence="${Number(record.sequence)}"]`)) return;
    const row = template.content.firstElementChild.cloneNode(true);
    const part = name => row.querySelector(`[data-part=${name}]`);
    const fill = (name, text) => { if (text) part(name).textContent = text; else part(name).remove(); };
    row.dataset.sequence = record.sequence;
    part("link").href = record.path;
    fill("name", record.name);
    fill("outcome", record.outcome);
    fill("actor", record.actor);
    if (record.target) fill("target", record.target); else part("about").remove();
    if (!record.more.length) part("more").remove();
    record.more.forEach((words, i) => {
      if (i) part("more").append(" · ");
      part("more").append(Object.assign(document.createElement("bdi"), { textContent: words }));
    });
    part("at").dateTime = record.at;
    part("at").textContent = time.format(new Date(record.at));
    list.prepend(row);
    while (list.children.length > Most) list.lastElementChild.remove();
  };

  source.addEventListener("open", () => say(notice.dataset.on));
  source.addEventListener("message", event => show(JSON.parse(event.data)));
  // A session that is over does not begin again by asking.
  source.addEventListener("over", () => {
    source.close();
    say(notice.dataset.over);
  });
  source.addEventListener("error", () => say(source.readyState === EventSource.CLOSED ? notice.dataset.refused : notice.dataset.lost));
  addEventListener("pagehide", () => source.close());
}
