// Fetched once a page stands: tells the worker whose it is, keeps what belongs to it, and says what waits to be sent.

const worker = navigator.serviceWorker, HOUR = 3600e3, AGAIN = 30000;
const { why } = document.documentElement.dataset; // A page that was kept says why it is shown.
const content = (name) => document.querySelector(`meta[name=${name}]`)?.content || "";
const mark = () => /(?:^|; )person=(\w+)/.exec(document.cookie)?.[1];

// Tells the worker something, and returns what it knows: {left, me, own: [[name, value]], out: [id]}.
export async function ask(told) {
  const active = worker.controller || (await worker.ready).active;
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    active.postMessage(told, [port2]);
  });
}

// Keeps the pages of one file, with what they need, in a cache of their own that takes the place of the one before.
// `address` has the state of the file in its name, but for a paper's.
export async function keep(address) {
  const isPaper = /papel/.test(address), known = await (await caches.match(address))?.json(), whose = mark();
  if (known && Date.now() - known.at < (isPaper ? 1 : 168) * HOUR) return;
  const reply = await fetch(address);
  if (!reply.ok || reply.redirected) return;
  const { pages, assets, images = [], entry = [], ...about } = await reply.json(), name = `${address}#${Date.now()}`;
  const file = (one) => one.replace(/(\.\w+)?\.json#.*/, ""), before = (await caches.keys()).filter((one) => file(one) === file(name));
  const cache = await caches.open(name);
  await cache.addAll([...assets, ...images]);
  for (const path in pages) await cache.put(path, new Response(pages[path]));
  for (const path of entry) await cache.put(path, new Response("", { headers: { Location: about.first } }));
  await cache.put(address, new Response(JSON.stringify({ ...about, at: Date.now() })));
  // Somebody else may be here by now.
  if (isPaper && mark() !== whose) before.push(name);
  for (const one of before) await caches.delete(one);
}

let timer, waited = 0;

function show(box, { own, out }) {
  const words = box.dataset, mine = own.filter(([, { id }]) => id), lines = [];
  const has = (name) => own.some(([key]) => key === name), say = (text, ...more) => {
    const line = document.createElement("p");
    line.append(text, " ", ...more);
    lines.push(line);
  };
  const press = (text, told) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "link", textContent: text, onclick: () => refresh(box, told) });
    return button;
  };
  const waiting = mine.filter(([, { id }]) => out.includes(id)).length, others = out.length - waiting;
  const sent = mine.find(([name, { id }]) => name.startsWith("sent|") && !out.includes(id));
  if (waiting) say((waiting > 1 ? words.many : words.one).replace("{n}", waiting), press(words.try, { deliver: true }));
  else if (waited) say(words.all);
  if (sent) {
    const link = document.createElement("a");
    Object.assign(link, { href: words.result.replace("{attempt}", sent[0].slice(5)), textContent: words.see });
    say(words.arrived, link);
  }
  for (const state of ["held", "refused"]) if (has(state)) say(words[state]);
  if (sent || has("held") || has("refused")) lines.at(-1).append(" ", press(words.seen, { told: true }));
  if (others > 0) say((others > 1 ? words.others : words.other).replace("{n}", others));
  const text = lines.map((line) => line.textContent).join();
  if (box.said !== text) box.replaceChildren(...lines);
  box.said = text;
  box.hidden = !lines.length;
  waited ||= waiting;
  clearTimeout(timer);
  if (out.length) timer = setTimeout(refresh, AGAIN, box, { deliver: true });
}

export const refresh = async (box, told) => show(box, await ask(told));

export async function begin(box) {
  const owner = content("owner"), asked = [content("keep")].filter(Boolean);
  if (owner && !why) worker.register("/sw.js", { updateViaCache: "all" }).catch(() => {});
  if (!owner && !worker.controller) return;
  const idle = document.querySelector("idle-lock:not([data-waits])")?.dataset.seconds || 0;
  const state = await ask({ deliver: true, page: why ? null : { owner, look: document.documentElement.className, idle } });
  show(box, state);
  const again = () => document.hidden || refresh(box, { deliver: true });
  document.addEventListener("kept", () => refresh(box, {}));
  addEventListener("online", again);
  document.addEventListener("visibilitychange", again);
  if (why) {
    document.querySelectorAll("[data-nobody]").forEach((said) => (said.hidden = Boolean(owner)));
    const read = new Set(state.own.map(([name]) => name));
    for (const row of document.querySelectorAll("li[data-lesson]")) row.querySelector(".state").hidden = !read.has(`read|${row.dataset.lesson}`);
  } else for (const address of asked) if (!navigator.connection?.saveData || /papel/.test(address)) await keep(address);
}
