// A small server on the device: pages that were kept, and what a person did, sealed until the site has it.
// `SITE` stands before it: {key, keyId, off, version}. See docs/decisions/0036-offline.md.

const PATIENCE = 4e3, LONG = 6e4, MOST = 2e5;
const ATTEMPT = /\/intento\/(.{36})\/(?:(\d+)|resumen|(enviar)|(respuestas))\/$/;
let opening, delivering, down = 0;

// One store. `out|…`, the outbox, is encrypted for the site. `own|…` is readable, and never written on a shared computer.
const database = () => (opening ||= new Promise((resolve, reject) => {
  const asked = indexedDB.open("trato-digno", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("all");
  asked.onsuccess = () => resolve(Object.assign(asked.result, { onclose: () => (opening = null) }));
  asked.onerror = () => reject((opening = null));
}));
const below = (start) => IDBKeyRange.bound(start, `${start}\uffff`);

// Asks the store in one transaction, and returns the last answer once it is written.
async function ask(act, mode = "readwrite") {
  const turn = (await database()).transaction("all", mode, { durability: "strict" });
  return new Promise((resolve, reject) => {
    const asked = act(turn.objectStore("all"));
    turn.oncomplete = () => resolve(asked?.result);
    turn.onabort = () => reject(turn.error);
  });
}
const get = (name) => ask((all) => all.get(name), "readonly");
const put = (name, value) => ask((all) => all.put(value, name));
async function list(start) {
  let names;
  const values = await ask((all) => (names = all.getAllKeys(below(start)), all.getAll(below(start))), "readonly");
  return names.result.map((name, at) => [name.slice(start.length), values[at]]);
}

const within = (answer, time = PATIENCE) => Promise.race([answer, new Promise((_, reject) => setTimeout(reject, time))]);
const go = (address) => Response.redirect(address, 303);

// Asks an open page (person.js): {owner, look, idle}, or nothing where somebody else is there by now.
async function whose(page, time) {
  const { port1, port2 } = new MessageChannel(), reply = new Promise((resolve) => (port1.onmessage = resolve));
  page.postMessage("whose", [port2]);
  return (await within(reply, time)).data;
}

// On a shared computer only the open pages know who is there.
async function person() {
  const tell = (page) => whose(page, 500).then((here) => (here.owner ? here : Promise.reject()));
  return (await get("own|person")) || Promise.any((await clients.matchAll()).map(tell)).catch(() => {});
}

// A cache holds the pages of one file, and is called by its address.
async function dropCaches(which) {
  for (const name of await caches.keys()) if (which.test(name)) await caches.delete(name);
}

async function forget() {
  await ask((all) => all.delete(below("own|")));
  await dropCaches(/papel/);
}

// Sealed for the site: course/offline/encryption.py opens it.
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
  let signs = "";
  for (const byte of [...salt, ...iv, ...new Uint8Array(box)]) signs += String.fromCharCode(byte);
  return { key: SITE.keyId, sealed: btoa(signs) };
}

// Into the outbox; what the person may see of it is written down under `name`, in place of what it follows.
async function keep(id, fact, name, shown) {
  const at = new Date().toISOString(), sealed = await seal({ given_at: at, ...fact });
  if (sealed.sealed.length > MOST) throw id;
  const write = () => ask((all) => {
    all.put(sealed, `out|${id}`);
    const asked = all.get(name || "");
    asked.onsuccess = () => {
      const before = asked.result || {}, isOlder = before.count > shown?.count;
      if (name && before.id !== id) all.delete(`out|${isOlder ? id : before.id}`);
      if (name && !isOlder) all.put({ ...shown, id, at }, name);
    };
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
    if (tried.has(id) || facts.length === 50 || (size && size + fact.sealed.length > 4e4)) continue;
    size += fact.sealed.length;
    facts.push({ id, ...fact });
    tried.add(id);
  }
  if (!facts.length) return;
  const stop = new AbortController(), timer = setTimeout(() => stop.abort(), 15e3 + size);
  const reply = await fetch("/sin-conexion/entregar/", {
    method: "POST", credentials: "omit", signal: stop.signal,
    body: JSON.stringify({ sent_at: new Date().toISOString(), facts }),
  });
  const told = (await reply.json()).facts.filter(({ state }) => state !== "retry");
  clearTimeout(timer);
  await done(told.map(({ id }) => id));
  const own = JSON.stringify(await list("own|"));
  // `held`, or what could not be taken: `refused`, `unreadable`.
  for (const { id, state } of told) if (!/ok|again/.test(state) && own.includes(id)) await put(state === "held" ? "own|held" : "own|refused", {});
  return sendAll(tried);
}

// A kept page as the device serves it; `why` says why this one.
async function copyOf(path, why = "copy") {
  const kept = await caches.match(path, { ignoreVary: true }), me = kept && (await person()), [, attempt] = ATTEMPT.exec(path) || [];
  if (!kept || (attempt && !me)) return;
  const to = kept.headers.get("Location");
  if (to) return (await copyOf(to)) && go(to);
  const filled = { OWNER: me?.owner, LOOK: me?.look, IDLE: me?.idle, WHY: why };
  const html = (await kept.text()).replace(/__([A-Z]+)__/g, (all, name) => (name in filled ? filled[name] || "" : all));
  return new Response(html, kept);
}
const home = (path) => `${/\/en\//.test(path) ? "/en" : "/es"}/sin-conexion/`;
const ownPage = (path, why) => copyOf(home(path), why);

async function page(request, path) {
  const copy = await copyOf(path);
  if (copy && Date.now() - down < 1e4) return copy;
  try {
    // What waits goes first, so that the page knows of it.
    const reply = await within(deliver().catch(() => {}).then(() => fetch(request)), copy ? PATIENCE : LONG);
    return copy && reply.status > 501 ? copy : reply;
  } catch {
    down = Date.now();
    return (await copyOf(path)) || ownPage(path, ATTEMPT.test(path) ? "needs-line" : "missed");
  }
}

// A form that a page posts. It is kept first and sent then: the same again is the same. It is credited to whose page it
// was, whoever is here.
async function post(request, path) {
  const [, lesson] = /\/leccion\/(.{36})\/leida\/$/.exec(path) || [], [, attempt, number, isLast] = ATTEMPT.exec(path) || [];
  if (!lesson && !attempt) return fetch(request).catch(async () => (await copyOf(path)) || ownPage(path, "not-sent"));
  const form = new URLSearchParams(await request.clone().text()), fields = Object.fromEntries(form), { owner } = fields;
  const isMine = owner && (await get("own|person"))?.owner === owner, name = `own|sent|${attempt}`, start = path.replace(/[^/]+\/$/, "");
  const isKept = await caches.match(`${start}resumen/`), patience = lesson || isKept ? PATIENCE : LONG;
  let ids = [], why = "", sent;
  try {
    if (number && owner) {
      if (fields.number || fields.page) ids = [await answered(attempt, owner, form, fields, isMine)];
      // The script of the page does not run: only the site can tell whether anything is said.
      else if (!fields.client) why = "not-sent";
    } else if (isLast && isMine && fields.by !== "clock") ids = [await finished(attempt, owner, name)], await dropCaches(new RegExp(attempt));
    else if (isLast) why = "not-sent";
    else if (lesson && owner) ids = [await keep(crypto.randomUUID(), { kind: "read", owner, lesson }, isMine && `own|read|${lesson}`)];
  } catch {
    why = "full";
  }
  const send = () => fetch(path, { method: "POST", body: form, headers: { "X-Kept": 1 }, referrer: request.referrer });
  if (fields.copia) sent = ids.length && deliver();
  // Sent with its answers first, then led on by the form.
  else sent = (isLast ? deliver().then(send) : send()).then(async (reply) => {
    // The site says where it was noted; where a sign-in or a first step comes before, it stays here.
    if (reply.headers.has("X-Done") || /400|409/.test(reply.status)) await done(ids);
    if (isLast && reply.status < 500) await ask((all) => all.delete(name));
    return reply;
  });
  const reply = await within(sent, patience).catch(() => (down = Date.now())), to = reply?.headers?.get("X-To");
  if (to) return go(to);
  if (reply?.status < 500) return reply;
  if (why) return ownPage(path, why);
  if (lesson) return go(fields.luego || home(path));
  const next = { next: +number + 1, previous: number - 1, finish: 0 }[fields.go] ?? (+fields.go || +number);
  return go(isLast ? home(path) : start + (next && (!isKept || next === +number || (await caches.match(`${start}${next}/`))) ? next : "resumen") + "/");
}

// Keeps what a question's form says; on a device of one's own also so that it is shown again.
function answered(attempt, owner, form, { question, client, number }, isMine) {
  const fields = new URLSearchParams([...form].filter(([name]) => !/^(csrf\w+|owner|copia|go)$/.test(name))).toString();
  const id = number ? `${client}.${number}` : crypto.randomUUID(), name = number ? question : id;
  return keep(id, { kind: "answer", owner, attempt, form: fields }, isMine && `own|answer|${attempt}|${name}`, { form: fields, count: +number });
}

// Sending carries what the site may lack, so that it waits for nothing else.
async function finished(attempt, owner, name) {
  const answers = [];
  for (const [, { form, at, id }] of await list(`own|answer|${attempt}|`)) if (await get(`out|${id}`)) answers.push({ form, given_at: at });
  return keep(`~${crypto.randomUUID()}`, { kind: "submit", owner, attempt, answers }, name);
}

// What a question's script sends of each answer, as it is given.
async function answers(request, path) {
  const [, attempt] = ATTEMPT.exec(path), owner = request.headers.get("X-Owner"), ids = [];
  const isMine = (await get("own|person"))?.owner === owner, { answers: rows } = await request.clone().json();
  let status = 507;
  try {
    for (const row of rows) if (row.form) ids.push(await answered(attempt, owner, new URLSearchParams(row.form), row, isMine));
    if (ids.length === rows.length) status = 200;
  } catch {}
  const send = () => fetch(request).then(async (reply) => (reply.ok && /json/.test(reply.headers.get("Content-Type")) && (await done(ids)), reply));
  const reply = await within(request.headers.get("X-CSRFToken") ? send() : deliver()).catch(() => {});
  return reply?.status < 500 ? reply : new Response('{"kept":1}', { status });
}

// Without a line the page that follows, or the one that asked, sets the cookie that ends the session later (person.js).
async function signOut(request) {
  const isCopy = /copia/.test(await request.clone().text()), reply = !isCopy && (await within(fetch(request)).catch(() => {}));
  if (reply?.status >= 400 && reply.status < 500) return reply;
  await forget();
  if (reply?.status < 400) return reply;
  return request.mode === "navigate" ? go(`${home(request.referrer)}#salio`) : new Response("", { status: 503 });
}

async function serve(request, path) {
  const kept = path.endsWith("/sin-conexion/") ? await copyOf(path, "own") : /^\/static\/|\/imagen\//.test(path) && (await caches.match(request, { ignoreVary: true }));
  if (kept) return kept;
  const isPost = request.method === "POST";
  if (isPost && path === "/accounts/logout/") return signOut(request);
  if (request.mode === "navigate") return (isPost ? post : page)(request, path);
  if (isPost && ATTEMPT.exec(path)?.[4]) return answers(request, path);
  return fetch(request);
}

addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (SITE.off || origin !== location.origin || /^\/(cms|sin-conexion)\//.test(pathname)) return;
  // What another site's page posts goes its own way, without what this site's would have.
  if (request.method === "POST" && !request.referrer.startsWith(`${origin}/`)) return;
  event.respondWith(serve(request, pathname).catch(() => fetch(request)));
});

// The page about all this and what it needs, made for nobody.
addEventListener("install", (event) => {
  skipWaiting();
  if (!SITE.off) event.waitUntil(caches.open(SITE.version).then(async (shell) => {
    for (const path of [home("/es/"), home("/en/")]) {
      const reply = await fetch(path, { credentials: "omit" });
      if (!reply.ok) throw reply;
      await shell.put(path, reply.clone());
      await shell.addAll([...new Set((await reply.text()).match(/\/static\/[^"]+/g))]);
    }
  }));
});

addEventListener("activate", (event) => event.waitUntil(dropCaches(SITE.off ? /./ : new RegExp(`^(?!/|${SITE.version})`))));

// A page that came from the site says whose it is; every page is told what waits here, and what was done.
async function hear({ isOfSite, deliver: now, told = [] }, page) {
  // Not as soon as the worker begins: a page that is on its way then is never taken over, in some browsers for good.
  clients.claim();
  await ask((all) => told.forEach((name) => all.delete(`own|${name}`))).catch(() => {});
  const seen = isOfSite && (await whose(page).catch(() => {}));
  if (seen) {
    const { owner, look, idle } = seen;
    if (+idle || (await get("own|person"))?.owner !== owner) await forget();
    if (!+idle && /^[\w:=-]+\|[\w -]*$/.test(`${owner}|${look}`)) await put("own|person", { owner, look }).catch(() => {});
  }
  if (now) await deliver().then(() => (down = 0)).catch(() => {});
  const own = await list("own|"), out = (await list("out|")).map(([id]) => id);
  return { own, out };
}
addEventListener("message", (event) => event.waitUntil(hear(event.data, event.source).then((state) => event.ports[0]?.postMessage(state))));
