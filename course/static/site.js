// On every page, and needed by none: shows the choices of how pages look at once, leads the focus, stops a double tap.

// The link «Aa» becomes a panel whose form is fetched when it is first opened.
class ComfortPanel extends HTMLElement {
  connectedCallback() {
    const link = this.querySelector("a");
    if (!link) return;
    const panel = document.createElement("details");
    const label = document.createElement("summary");
    label.append(...link.childNodes);
    panel.append(label);
    panel.addEventListener("toggle", () => panel.open && this.fill(panel, link.href));
    document.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape" || !panel.open) return;
      panel.open = false;
      label.focus();
    });
    for (const going of ["pointerdown", "focusin"]) {
      document.addEventListener(going, ({ target }) => this.contains(target) || (panel.open = false));
    }
    link.replaceWith(panel);
  }

  async fill(panel, address) {
    if (panel.querySelector("form")) return;
    const page = await fetch(address).then((answer) => answer.text()).catch(() => "");
    const form = new DOMParser().parseFromString(page, "text/html").querySelector("form.comfort");
    if (!form) return location.assign(address);
    form.classList.add("panel");
    panel.append(form);
  }
}
customElements.define("comfort-panel", ComfortPanel);

// Escape or going elsewhere closes the menu.
const menu = document.querySelector(".more");
const leave = ({ target }) => target.closest?.(".more, .site-menu") || (menu.open = false);
if (menu) for (const going of ["pointerdown", "focusin"]) document.addEventListener(going, leave);
addEventListener("keydown", ({ key }) => key === "Escape" && menu?.open && (menu.open = false, menu.firstElementChild.focus()));

// Not every browser unfolds what a link points at.
document.addEventListener("click", ({ target }) => {
  const hash = target.closest?.("a[href^='#']")?.hash;
  if (hash) document.querySelector(hash)?.closest("details")?.setAttribute("open", "");
});

// What was refused or done stands first on the page. Where the browser did not bring the focus there by itself, as with
// a place in the address, it comes now.
document.querySelector("[data-said]")?.focus();

// Offers to read the page aloud where the device has a Spanish voice of its own.
const ACCENTS = ["es-gt", "es-mx", "es-us", "es-419"];

class ListenAloud extends HTMLElement {
  connectedCallback() {
    this.speech = window.speechSynthesis;
    this.querySelector("button").addEventListener("click", async () => {
      this.reader ||= new (await import(this.dataset.script)).Reader(this);
      this.reader.press();
    });
    this.speech?.addEventListener?.("voiceschanged", () => this.choose());
    this.choose();
    // Some browsers take a moment to know their voices.
    setTimeout(() => this.choose(true), 3000);
  }

  choose(isSure) {
    // The page may have been covered meanwhile.
    if (!this.isConnected) return;
    const code = (voice) => voice.lang.toLowerCase().replace("_", "-");
    const rank = (voice) => ACCENTS.indexOf(code(voice)) >>> 0; // Of another accent: last.
    const voices = this.speech?.getVoices().filter((voice) => voice.localService && /^es\b/.test(code(voice))) || [];
    this.voice = voices.sort((one, other) => rank(one) - rank(other))[0];
    this.hidden = !this.voice;
    document.querySelector("[data-no-voice]").hidden = !isSure || !this.hidden;
  }
}
customElements.define("listen-aloud", ListenAloud);

// Says what waits on this device, and keeps pages on it. None of it is asked for before the page stands.
class OfflineState extends HTMLElement {
  connectedCallback() {
    if (!navigator.serviceWorker) return;
    const begin = async () => (await import(this.dataset.script)).begin(this).catch(() => {});
    document.readyState === "complete" ? begin() : addEventListener("load", begin);
  }
}
customElements.define("offline-state", OfflineState);

document.addEventListener("change", (event) => {
  const form = event.target.closest("form.comfort");
  if (!form) return;
  const chosen = new FormData(form);
  const theme = chosen.get("theme");
  document.documentElement.className = [
    `size-${chosen.get("size")}`, theme && `theme-${theme}`, chosen.has("contrast") && "contrast", chosen.has("still") && "still",
  ].filter(Boolean).join(" ");
  fetch(form.getAttribute("action"), { method: "POST", headers: { Accept: "application/json" }, body: chosen }).catch(() => {});
});

// How many answers of whoever is here wait in this tab alone: where nothing is kept on the device, they go with it.
function unsent() {
  try {
    const kept = Object.keys(sessionStorage).filter((name) => name.startsWith("attempt-"));
    const rows = kept.flatMap((name) => Object.values(JSON.parse(sessionStorage[name])));
    return rows.filter(({ mark }) => mark === document.documentElement.dataset.person).length;
  } catch {
    return 0;
  }
}

function askFirst(form) {
  const dialog = document.querySelector("#unsent").content.firstElementChild.cloneNode(true), count = dialog.querySelector("[data-count]");
  count.textContent = unsent() > 1 ? count.dataset.count.replace("{n}", unsent()) : count.textContent;
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue === "go") form.submit();
  });
  document.body.append(dialog);
  dialog.showModal();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("form.leaves") && unsent()) return event.preventDefault(askFirst(form));
  // Attributes, because a button called «method» hides the property of that name.
  if (form.getAttribute("method") !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
});
addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => delete form.dataset.sent));
