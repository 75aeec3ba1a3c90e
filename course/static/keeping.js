// Once a page stands: whose it is, what is kept with it, what waits to be sent.

const worker = navigator.serviceWorker, HOUR = 3600e3, AGAIN = 30000;
const { why } = document.documentElement.dataset;
const content = (name) => document.querySelector(`meta[name=${name}]`)?.content || "";
const mark = () => /(?:^|; )person=(\w+)/.exec(document.cookie)?.[1] || "";

// Returns what the worker knows: {own: [[name, value]], out: [id]}.
export async function ask(told) {
  const active = worker.controller || (await worker.ready).active;
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    active.postMessage(told, [port2]);
  });
}

// Keeps the pages of one file in a cache of their own.
export async function keep(address) {
  const isPaper = /papel/.test(address), known = await (await caches.match(address))?.json(), whose = mark();
  if (known && Date.now() - known.at < (isPaper || 168 * address.includes(known.rev)) * HOUR) return;
  const reply = await fetch(address);
  if (!reply.ok || reply.redirected) return;
  const { pages, shared, assets, images, entry, ...about } = await reply.json(), name = `${address}#${Date.now()}`;
  const file = (one) => one.replace(/(\.\w+)?\.json#.*/, ""), former = (await caches.keys()).filter((one) => file(one) === file(name));
  const cache = await caches.open(name);
  await cache.addAll([...assets, ...images]);
  const headers = new Headers(reply.headers);
  headers.set("Content-Type", "text/html; charset=utf-8");
  for (const path in pages) await cache.put(path, new Response(pages[path].replace(/__(\d+)__/g, (_, at) => shared[at]), { headers }));
  for (const path of entry) await cache.put(path, new Response("", { headers: { Location: about.first } }));
  if (isPaper && mark() !== whose) former.push(name);
  for (const one of former) await caches.delete(one);
  await cache.put(address, new Response(JSON.stringify({ ...about, at: Date.now() })));
}

let timer, pause, size, waited = 0;

function show(box, { own, out }) {
  const words = box.dataset, lines = [], has = (id) => out.includes(id);
  const add = (to, tag, values) => to.appendChild(Object.assign(document.createElement(tag), values));
  const say = (text, count) => {
    const line = document.createElement("p");
    line.append(text.replace("{n}", count), " ");
    lines.push(line);
    return line;
  };
  const press = (line, textContent, told) => add(line, "button", { className: "link", textContent, onclick: () => refresh(box, told) });
  const known = own.filter(([, { id }]) => has(id)).length, unknown = out.length - known;
  if (known) press(say(known > 1 ? words.many : words.one, known), words.try, { deliver: true });
  if (unknown > 0) press(say(unknown > 1 ? words.others : words.other, unknown), words.try, { deliver: true });
  if (waited && !out.length) say(words.all);
  let last;
  const told = own.filter(([name, { id }]) => words[name] || (/^sent/.test(name) && !has(id))).map(([name]) => {
    last = say(words[name] || words.arrived);
    if (!words[name]) add(last, "a", { href: words.result.replace("{attempt}", name.slice(5)), textContent: words.see });
    return name;
  });
  if (last) press(last, ` ${words.seen}`, { told });
  const text = lines.map((line) => line.textContent).join();
  if (box.said !== text) box.replaceChildren(...lines);
  box.said = text;
  box.hidden = !lines.length;
  waited ||= out.length;
  clearTimeout(timer);
  pause = out.length === size ? pause * 2 : AGAIN;
  size = out.length;
  if (size) timer = setTimeout(refresh, pause, box, { deliver: true });
}

export const refresh = async (box, told) => show(box, await ask(told));

export async function begin(box) {
  const owner = content("owner"), address = content("keep"), find = (part) => document.querySelector(part);
  if (owner && !why) worker.register("/sw.js", { updateViaCache: "all" }).catch(() => {});
  if (!owner && !worker.controller) return;
  const state = await ask({ deliver: true, isOfSite: !why });
  show(box, state);
  const again = () => document.hidden || refresh(box, { deliver: true });
  document.addEventListener("kept", () => refresh(box, {}));
  addEventListener("online", again);
  document.addEventListener("visibilitychange", again);
  if (why) {
    if (!owner) find("[data-nobody]")?.removeAttribute("hidden");
    for (const [name] of state.own) find(`li[data-lesson="${name.slice(5)}"] .state`)?.removeAttribute("hidden");
  } else if (address && (!navigator.connection?.saveData || /papel/.test(address))) await keep(address);
}
