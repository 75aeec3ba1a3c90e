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

document.addEventListener("submit", (event) => {
  const form = event.target;
  // What a person wrote for themselves is gone before the next one sits down. We read attributes, because a button
  // called «action» hides the property of that name.
  if ((form.getAttribute("action") || "").includes("/accounts/logout/")) sessionStorage.clear();
  if (form.getAttribute("method") !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
});
addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => delete form.dataset.sent));
