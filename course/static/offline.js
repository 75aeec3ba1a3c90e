// The page about what is kept on this device, and the one to keep the whole course: fills in what only the device knows.

const box = document.querySelector("offline-state"), { dataset } = document.documentElement;
const find = (name) => document.querySelector(`[data-${name}]`);
const reveal = (name, shown = true) => document.querySelectorAll(`[data-${name}]`).forEach((part) => (part.hidden = !shown));
const { ask, keep, refresh } = await import(box.dataset.script);

// What the device keeps, each as {title, first, at, address}.
async function kept() {
  const names = (await window.caches?.keys() || []).filter((name) => name.startsWith("/")), found = [];
  for (const name of names) {
    const address = name.split("#")[0], about = await (await (await caches.open(name)).match(address))?.json();
    if (about) found.push({ ...about, address, name });
  }
  return found.sort((one, other) => one.title.localeCompare(other.title, undefined, { numeric: true }));
}

async function list() {
  const files = await kept(), rows = find("kept"), row = find("kept-row");
  for (const part of document.querySelectorAll("[data-row]")) {
    part.querySelector(".state").hidden = !files.some(({ address }) => address === part.dataset.row);
  }
  if (!rows) return;
  rows.replaceChildren(...files.map(({ title, first }) => {
    const part = row.content.cloneNode(true), link = part.querySelector("a");
    Object.assign(link, { href: first, textContent: title });
    return part;
  }));
  reveal("kept-part", files.length > 0);
  reveal("nothing-kept", !files.length);
}

// A browser that keeps nothing has no worker to ask.
const knows = () => (navigator.serviceWorker ? ask({}) : { own: [], out: [] });
if (navigator.serviceWorker) reveal("cannot", false);
// Before the worker is asked: where none was ever registered, it never answers.
if ("caches" in window) await list();
const state = await knows();
if (["missed", "full", "needs-line", "not-sent"].includes(dataset.why)) reveal(dataset.why);
function tell({ own, out }) {
  reveal("left", document.cookie.includes("salir="));
  reveal("trying", ["missed", "needs-line", "not-sent"].includes(dataset.why) || out.length > 0);
  reveal("sent", own.some(([name, { id }]) => name.startsWith("sent|") && out.includes(id)));
}
tell(state);
new MutationObserver(async () => tell(await knows())).observe(box, { childList: true });

document.querySelector("button[data-try]")?.addEventListener("click", async () => {
  await refresh(box, { deliver: true });
  if (dataset.why !== "own" && dataset.why !== "not-sent") location.reload();
});

find("drop")?.addEventListener("click", async () => {
  for (const { name } of await kept()) await caches.delete(name);
  await list();
});

// The browser may ask the person, who may leave it unanswered; where it says no, what is kept may go when the device is full.
async function askToStay() {
  reveal("may-go", !(await navigator.storage?.persist?.()));
}

const all = find("keep-all");
if (all && "caches" in window) {
  all.hidden = false;
  all.addEventListener("click", async () => {
    all.disabled = true;
    reveal("keeping");
    try {
      for (const address of JSON.parse(all.dataset.addresses)) {
        await keep(address);
        await list();
      }
      if (document.querySelector("[data-row] .state[hidden]")) throw new Error("Not everything came.");
      reveal("all-kept");
      askToStay();
    } catch {
      reveal("keeping-failed");
    }
    reveal("keeping", false);
    all.disabled = false;
  });
}
