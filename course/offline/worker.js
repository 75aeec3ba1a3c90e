// A small server on the device: pages that were kept, and what a person did, sealed until the site has it.
// `SITE` stands before it: {key, keyId, off, version}. See docs/decisions/0036-offline.md.

const PATIENCE = 4000, MOST = 150000;
const READ = /^\/..\/leccion\/(.{36})\/leida\/$/;
const ATTEMPT = /^\/..\/cuestionario\/intento\/(.{36})\/(?:(\d+)|resumen|(enviar)|(respuestas))\/$/;
const OUT = "/accounts/logout/", KEPT_FIRST = /^\/static\/|\/cuestionario\/imagen\/|^\/..\/sin-conexion\/$/;
const passed = new Set();
let opening, delivering, left, down = 0;

// One store: `own|…` is of whoever is here and goes with them; of `out|…`, the outbox, nobody here can read anything.
const database = () => (opening ||= new Promise((resolve, reject) => {
  const asked = indexedDB.open("trato-digno", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("all");
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject((opening = null));
}));
const below = (start) => IDBKeyRange.bound(start, `${start}\uffff`);

// Asks the store in one transaction, and returns the last answer once it is written.
async function ask(act) {
  const turn = (await database()).transaction("all", "readwrite", { durability: "strict" });
  return new Promise((resolve, reject) => {
    const asked = act(turn.objectStore("all"));
    turn.oncomplete = () => resolve(asked?.result);
    turn.onabort = () => reject(turn.error);
  });
}
const get = (name) => ask((all) => all.get(name));
const put = (name, value) => ask((all) => all.put(value, name));
async function list(start) {
  let names;
  const values = await ask((all) => (names = all.getAllKeys(below(start)), all.getAll(below(start))));
  return names.result.map((name, at) => [name.slice(start.length), values[at]]);
}

const within = (answer, time = PATIENCE) => Promise.race([answer, new Promise((_, reject) => setTimeout(reject, time))]);
const go = (address) => Response.redirect(address, 303);

// Whose the last page from the site was; on a shared computer, until nothing was done for so long.
async function person() {
  if (left ??= await get("own|left") || false) return;
  const me = await get("own|person");
  if (me?.idle && Math.abs(Date.now() - me.seen) > me.idle * 1000) return leave();
  return me;
}

// A cache holds the pages of one file, and is called by its address.
async function dropCaches(which) {
  for (const name of await caches.keys()) if (which.test(name)) await caches.delete(name);
}

async function forget() {
  await ask((all) => all.delete(below("own|")));
  await dropCaches(/papel/);
}

// Out without a line: nothing of the person is here any more, and their cookie only serves to close their session.
async function leave() {
  await forget();
  await put("own|left", (left = true));
  new BroadcastChannel("person").postMessage("left");
}

// Sealed for the site: course/offline/sealing.py opens it.
async function seal(fact) {
  const { subtle } = crypto, curve = { name: "ECDH", namedCurve: "P-256" }, write = (text) => new TextEncoder().encode(text);
  const site = await subtle.importKey("raw", Uint8Array.from(atob(SITE.key), (sign) => sign.charCodeAt()), curve, false, []);
  const pair = await subtle.generateKey(curve, true, ["deriveBits"]), iv = crypto.getRandomValues(new Uint8Array(12));
  const salt = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
  const shared = await subtle.deriveBits({ ...curve, public: site }, pair.privateKey, 256);
  const base = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt, info: write("trato-digno.offline.1") };
  const key = await subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const box = await subtle.encrypt({ name: "AES-GCM", iv, additionalData: salt }, key, write(JSON.stringify(fact)));
  const signs = [salt, iv, new Uint8Array(box)].flatMap((part) => Array.from(part, (byte) => String.fromCharCode(byte)));
  return { key: SITE.keyId, sealed: btoa(signs.join("")) };
}

// Into the outbox; what the person may see of it is written down under `name`, in place of what it follows.
async function keep(id, fact, name, shown) {
  const at = new Date().toISOString(), sealed = await seal({ given_at: at, ...fact }), before = name && (await get(name));
  const write = () => ask((all) => {
    if (before && before.id !== id) all.delete(`out|${before.id}`);
    if (name) all.put({ ...shown, id, at }, name);
    return all.put(sealed, `out|${id}`);
  });
  // What a person did is worth more than copies.
  await write().catch(() => dropCaches(/modulo/).then(write));
  return id;
}

const done = (ids) => ask((all) => ids.forEach((id) => all.delete(`out|${id}`)));

// All that waits goes to the site without a session; what it has leaves the outbox.
const deliver = () => (delivering ||= sendAll().finally(() => (delivering = null)));
async function sendAll(tried = new Set()) {
  const facts = [];
  let size = 0;
  for (const [id, fact] of await list("out|")) {
    if (tried.has(id) || passed.has(id) || facts.length === 50 || (size && size + fact.sealed.length > MOST)) continue;
    size += fact.sealed.length;
    facts.push({ id, ...fact });
    tried.add(id);
  }
  if (!facts.length) return;
  const stop = new AbortController(), timer = setTimeout(() => stop.abort(), 15000);
  const reply = await fetch("/sin-conexion/entregar/", {
    method: "POST", credentials: "omit", signal: stop.signal, headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ sent_at: new Date().toISOString(), facts }),
  });
  const told = (await reply.json()).facts.filter(({ state }) => state !== "retry");
  clearTimeout(timer);
  await done(told.map(({ id }) => id));
  const own = await list("own|"), isMine = ({ id }) => own.some(([, value]) => value.id === id);
  // `held`, or what could not be taken: `refused`, `unreadable`.
  for (const one of told) if (!/ok|again/.test(one.state) && isMine(one)) await put(one.state === "held" ? "own|held" : "own|refused", {});
  return sendAll(tried);
}

// A kept page as the device serves it; `why` says why this one.
async function copyOf(path, why = "copy") {
  const kept = await caches.match(path, { ignoreVary: true });
  if (!kept) return;
  const me = await person(), [, attempt] = ATTEMPT.exec(path) || [], to = kept.headers.get("Location");
  if (attempt && (!me || (await get(`own|sent|${attempt}`)))) return me && go(home(path));
  if (to) return (await copyOf(to)) && go(to);
  const filled = { OWNER: me?.owner, LOOK: me?.look, IDLE: me?.idle, WHY: why };
  const html = (await kept.text()).replace(/__([A-Z]+)__/g, (all, name) => (name in filled ? filled[name] || "" : all));
  return new Response(html, kept);
}
const home = (path) => `${/^(http.+?\w)?\/en\//.test(path) ? "/en" : "/es"}/sin-conexion/`;
const ownPage = async (path, why) => (await copyOf(home(path), why)) || Response.error();

async function page(request, path) {
  const copy = await copyOf(path);
  if (left) return copy || ownPage(path, "left");
  if (copy && Date.now() - down < 10000) return copy;
  try {
    // What waits goes first, so that the page knows of it.
    await within(deliver()).catch(() => {});
    const reply = await within(fetch(request), copy ? PATIENCE : 60000);
    return copy && reply.status > 501 ? copy : reply;
  } catch {
    down = Date.now();
    return copy || ownPage(path, "missed");
  }
}

// A form that a page posts. What is ours to keep is kept first and sent then: the same again is the same.
async function post(request, path) {
  const me = await person(), [, lesson] = READ.exec(path) || [], [, attempt, number, isLast] = ATTEMPT.exec(path) || [];
  if (!lesson && !attempt) return left ? ownPage(path, "left") : fetch(request).catch(async () => (await copyOf(path)) || ownPage(path, "not-sent"));
  const form = new URLSearchParams(await request.clone().text()), fields = Object.fromEntries(form), { owner } = fields;
  const isMine = owner && !left && (!me || me.owner === owner), name = `own|sent|${attempt}`;
  let ids = [], why = isMine || !owner ? "" : "others-page", sent;
  try {
    if (number && owner) {
      why &&= "others";
      const { question, client } = fields, isUnnumbered = !fields.number && !client;
      if (isUnnumbered && question) form.set("client", crypto.randomUUID());
      if (isUnnumbered || fields.number) ids = [await answered(attempt, owner, form, isMine && fields)];
    } else if (isMine && isLast) ids = [await finished(attempt, owner, name)];
    else if (isMine) ids = [await keep(crypto.randomUUID(), { kind: "read", owner, lesson }, `own|read|${lesson}`)];
  } catch {
    why = "full";
  }
  if (fields.copia || left) sent = ids.length && !left && deliver();
  else sent = fetch(path, { method: "POST", body: form, redirect: "manual", referrer: request.referrer }).then(async (reply) => {
    // Refused in words; or gone through, if the page that it leads to is still of the same person.
    if (reply.status === 400 || reply.status === 409) await done(ids);
    if (!reply.status) ids.forEach((id) => passed.add(id));
    if (isMine && isLast) await ask((all) => (reply.status ? all.delete(name) : all.put({}, name)));
    return reply;
  });
  const reply = await within(sent).catch(() => (down = Date.now()));
  if (reply?.type && reply.status < 500) return reply;
  if (why) return ownPage(path, why);
  if (lesson) return go(fields.luego || home(path));
  const start = path.replace(/[^/]+\/$/, ""), to = { next: +number + 1, previous: number - 1, finish: 0 }[fields.go] ?? +(fields.go || number);
  return go(isLast ? home(path) : start + ((await caches.match(`${start}${to}/`)) || to === +number ? to : "resumen") + "/");
}

// Keeps what a question's form says. Without a number the page's script does not run: then the site tells by what the
// page showed whether it says anything. `mine` names the write where it is of whoever is here.
function answered(attempt, owner, form, mine) {
  const fields = new URLSearchParams([...form].filter(([name]) => !/^(csrf\w+|owner|copia|go)$/.test(name))).toString();
  const { question, client, number } = mine, name = number && `own|answer|${attempt}|${question}`;
  return keep(name ? `${client}.${number}` : crypto.randomUUID(), { kind: "answer", owner, attempt, form: fields }, name, { form: fields });
}

// Sending carries what the site may lack, so that it waits for nothing else.
async function finished(attempt, owner, name) {
  const waiting = new Set((await list("out|")).map(([id]) => id)), mine = await list(`own|answer|${attempt}|`);
  const answers = mine.filter(([, { id }]) => waiting.has(id)).map(([, { form, at }]) => ({ form, given_at: at }));
  const fact = { kind: "submit", owner, attempt, answers: JSON.stringify(answers).length > MOST / 2 ? [] : answers };
  return keep(`~${crypto.randomUUID()}`, fact, name);
}

// What a question's script sends of each answer, as it is given.
async function answers(request, path) {
  const [, attempt] = ATTEMPT.exec(path), me = await person(), owner = request.headers.get("X-Owner"), ids = [];
  const isMine = !left && (!me || me.owner === owner), { answers: rows } = await request.clone().json();
  let status = 507;
  try {
    for (const row of rows) ids.push(await answered(attempt, owner, new URLSearchParams(row.form), isMine && row));
    status = 200;
  } catch {}
  const hasToken = request.headers.get("X-CSRFToken") && !left;
  const sent = hasToken ? fetch(request).then(async (reply) => (reply.ok && (await done(ids)), reply)) : !left && deliver();
  const reply = await within(sent).catch(() => {});
  return reply?.status < 500 ? reply : new Response('{"kept":1}', { status });
}

async function signOut(request) {
  const isCopy = /copia/.test(await request.clone().text());
  const reply = !isCopy && !left && (await within(fetch(request)).catch(() => {}));
  if (reply && reply.status < 400) await forget();
  if (reply && reply.status < 500) return reply;
  await leave();
  if (isCopy) await closeSession();
  return request.mode === "navigate" ? go(home(request.referrer)) : new Response();
}

async function closeSession() {
  const { ok } = await within(fetch("/sin-conexion/salir/", { method: "POST" })).catch(() => ({}));
  if (ok) await ask((all) => all.delete("own|left")).then(() => (left = false));
}

async function serve(request, path) {
  const me = await person();
  if (me) await put("own|person", { ...me, seen: Date.now() });
  if (left) await closeSession();
  const isPost = request.method === "POST";
  if (isPost && path === OUT) return signOut(request);
  if (request.mode === "navigate") return (isPost ? post : page)(request, path);
  if (isPost && ATTEMPT.exec(path)?.[4]) return answers(request, path);
  return left ? Response.error() : fetch(request);
}

addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (SITE.off || origin !== location.origin || pathname.startsWith("/sin-conexion/")) return;
  // The editors' pages go their own way, once it is known that nobody left without a line.
  if (left === false && pathname.startsWith("/cms/")) return;
  const first = KEPT_FIRST.test(pathname) && copyFirst(request, pathname);
  event.respondWith(Promise.resolve(first).then((kept) => kept || serve(request, pathname)));
});
const copyFirst = (request, path) => (path.endsWith("/sin-conexion/") ? copyOf(path, "own") : caches.match(request, { ignoreVary: true }));

// The page about all this and what it needs, made for nobody.
addEventListener("install", (event) => {
  skipWaiting();
  if (!SITE.off) event.waitUntil(caches.open(SITE.version).then(async (shell) => {
    for (const path of ["/es/sin-conexion/", "/en/sin-conexion/"]) {
      const reply = await fetch(path, { credentials: "omit" });
      await shell.put(path, reply.clone());
      await shell.addAll([...new Set((await reply.text()).match(/\/static\/[^"]+/g))]);
    }
  }));
});

addEventListener("activate", (event) => event.waitUntil((async () => {
  await clients.claim();
  await dropCaches(SITE.off ? /./ : new RegExp(`^(?!/|${SITE.version})`));
})()));

// A page that came from the site says whose it is; every page is told what waits here, and what was done.
async function hear({ page: seen, deliver: now, told }) {
  const before = await person();
  if (seen && !left) {
    const { owner, look, idle } = seen;
    if (before?.owner === owner) await done([...passed]);
    else await forget();
    passed.clear();
    if (/^[\w:=-]+\|[\w -]*$/.test(`${owner}|${look}`)) await put("own|person", { owner, look, idle: +idle, seen: Date.now() });
  }
  if (told) await ask((all) => (all.delete("own|held"), all.delete("own|refused")));
  if (now) await deliver().then(() => (down = 0)).catch(() => {});
  const own = await list("own|"), out = (await list("out|")).map(([id]) => id);
  // What was sent is not answered any more, here either.
  if (told) for (const [name, { id }] of own) if (/^sent/.test(name) && !out.includes(id)) await put(`own|${name}`, {});
  return { left, own, out };
}
addEventListener("message", (event) => event.waitUntil(hear(event.data).then((state) => event.ports[0]?.postMessage(state))));
