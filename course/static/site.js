// On every page, and needed by none: warns before a shared computer closes the session, and stops a double tap.

class IdleLock extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.seconds = Number(this.dataset.seconds);
    this.dialog = this.querySelector("dialog");
    this.dialog.addEventListener("close", () => this.goOn());
    // Typing counts as being there; the server hears of it at most once in a quarter of the time.
    for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, () => this.touch(), { passive: true });
    document.addEventListener("visibilitychange", () => this.look());
    this.seenAt = this.toldAt = Date.now();
    this.timer = setInterval(() => this.look(), 5000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  touch() {
    if (this.dialog.open) return;
    this.seenAt = Date.now();
    if (this.seenAt - this.toldAt > this.seconds * 250) this.tell();
  }

  look() {
    const idle = (Date.now() - this.seenAt) / 1000;
    if (idle >= this.seconds) this.querySelector(".close-session").requestSubmit();
    else if (idle >= this.seconds - 60 && !this.dialog.open) this.dialog.showModal();
  }

  goOn() {
    this.seenAt = Date.now();
    this.tell();
  }

  tell() {
    this.toldAt = Date.now();
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    fetch(this.dataset.url, { method: "POST", headers: { "X-CSRFToken": token } })
      .then((answer) => { if (answer.status === 401) location.reload(); })
      .catch(() => {}); // No line: the server decides at the next page.
  }
}
customElements.define("idle-lock", IdleLock);

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
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      panel.open = false;
      label.focus();
    });
    document.addEventListener("pointerdown", (event) => {
      if (!this.contains(event.target)) panel.open = false;
    });
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

document.addEventListener("submit", (event) => {
  const form = event.target;
  // What a person wrote for themselves is gone before the next one sits down. We read attributes, because a button
  // called «action» hides the property of that name.
  if ((form.getAttribute("action") || "").includes("/accounts/logout/")) [sessionStorage, localStorage].forEach((kept) => kept.clear());
  if (form.getAttribute("method") !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
});
addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => delete form.dataset.sent));
