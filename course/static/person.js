// On every page, the editors' too. A page carries the mark of its person, and a cookie that of whoever is signed in.

// Signed out without a line: with this cookie the site ends the session before it answers.
if (location.hash === "#salio" && document.referrer.startsWith(`${location.origin}/`)) {
  document.cookie = "person=; path=/; max-age=0";
  document.cookie = "salir=1; path=/; max-age=2592000; samesite=lax";
  location.replace(location.pathname);
}

const marked = () => /(?:^|; )person=(\w+)/.exec(document.cookie)?.[1] || "";
// The editors' pages carry none: they were made just now, for whoever is signed in.
const mine = document.documentElement.dataset.person ?? marked();
const tabs = new BroadcastChannel("person");
let seenAt = Date.now(), toldTabs = 0, covered = false;

// What pages kept for a person goes with them, but for answers that wait to be sent: only their owner's page sends them.
function settle(person) {
  for (const name of ["sessionStorage", "localStorage"]) {
    try {
      const store = window[name];
      if ((store.getItem("person") || "") === person) continue;
      for (const key of Object.keys(store)) if (!key.startsWith("attempt-")) store.removeItem(key);
      if (person) store.setItem("person", person);
    } catch { /* storage is switched off */ }
  }
}

function cover() {
  if (covered) return;
  covered = true;
  document.title = "Trato digno";
  document.body.replaceChildren(document.querySelector("#gone").content);
  document.querySelector("main").focus();
  settle(marked());
}

function look() {
  if (mine && mine !== marked()) cover();
}

function tellTabs() {
  toldTabs = Date.now();
  tabs.postMessage("here");
}

function hear() {
  seenAt = Date.now();
  look();
}
tabs.addEventListener("message", hear);
addEventListener("pageshow", ({ persisted }) => persisted && hear());
addEventListener("pagehide", () => document.querySelectorAll("[type=password]").forEach((box) => (box.value = "")));
document.addEventListener("visibilitychange", look);
settle(marked());
look();
tellTabs();

// The worker asks whose page it is: on a shared computer it writes nothing down.
navigator.serviceWorker?.addEventListener("message", ({ ports: [port] }) => port.postMessage(mine === marked() && !covered && {
  owner: document.querySelector("meta[name=owner]")?.content || "",
  look: document.documentElement.className,
  idle: document.querySelector("idle-lock:not([data-waits])")?.dataset.seconds || "",
}));

// Warns before it closes the session on a shared computer.
class IdleLock extends HTMLElement {
  connectedCallback() {
    this.seconds = Number(this.dataset.seconds);
    if (!this.seconds) return;
    this.hidden = false;
    this.dialog = this.querySelector("dialog");
    this.dialog.addEventListener("close", () => this.goOn());
    // Typing counts as being there, in any tab; the server hears of it at most once in a quarter of the time.
    for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, () => this.touch(), { passive: true });
    document.addEventListener("visibilitychange", () => this.look());
    this.toldAt = Date.now();
    this.timer = setInterval(() => this.look(), 5000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  touch() {
    if (covered || this.dialog.open) return;
    seenAt = Date.now();
    if (seenAt - toldTabs > 5000) tellTabs();
    if (seenAt - this.toldAt > this.seconds * 250) this.tell();
  }

  look() {
    if (covered) return;
    const idle = (Date.now() - seenAt) / 1000, warn = idle >= this.seconds - 60;
    // On a device of one's own the page stays, with what is written in it: the server closes the session.
    if (idle >= this.seconds && !("waits" in this.dataset)) leave(this.querySelector(".close-session"));
    else if (warn && !this.dialog.open) this.dialog.showModal();
    else if (!warn && this.dialog.open) this.dialog.close();
  }

  goOn() {
    seenAt = Date.now();
    tellTabs();
    this.tell();
  }

  tell() {
    this.toldAt = Date.now();
    const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
    fetch(this.dataset.url, { method: "POST", headers: { "X-CSRFToken": token } })
      .then((answer) => { if (answer.status === 401) location.reload(); })
      .catch(() => {}); // No line: the server decides at the next page.
  }
}
customElements.define("idle-lock", IdleLock);

// Nobody is there: the page is covered at once.
async function leave(form) {
  cover();
  if (mine !== marked()) return;
  const body = new FormData(form);
  try {
    const { status } = await fetch(form.action, { method: "POST", body });
    const isDown = status === 503 && navigator.serviceWorker?.controller;
    location.replace(isDown ? `/${document.documentElement.lang}/sin-conexion/#salio` : body.get("next"));
  } catch {
    setTimeout(leave, 5000, form);
  }
}

// A telephone that does not say so by itself is most likely the person's own.
const question = document.querySelector("[data-unless-phone]");
if (question && matchMedia("(pointer: coarse) and (max-width: 40rem)").matches) question.checked = false;
