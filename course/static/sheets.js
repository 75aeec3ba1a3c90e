// The pile of answer sheets: a box that is full, or Enter, goes to the next; Enter in the last one saves the sheet.

const BOXES = "input:not([type=hidden]), textarea";

class SheetPile extends HTMLElement {
  connectedCallback() {
    this.querySelector("[data-goes-on]").hidden = false;
    this.addEventListener("keydown", (event) => this.go(event));
    this.addEventListener("input", (event) => this.goOnIfFull(event));
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save(event.target);
    });
  }

  go(event) {
    const box = event.target;
    // In a long answer Enter is a new line; Ctrl + Enter goes on.
    const isLong = box.matches("textarea") && !event.ctrlKey;
    if (event.key !== "Enter" || event.isComposing || isLong || !box.matches(BOXES)) return;
    event.preventDefault();
    const next = this.after(box);
    // Whoever types Enter after every letter is in the next box already.
    if (box === this.cameBySelf && !box.value) this.cameBySelf = null;
    else if (next) next.focus();
    else box.form.requestSubmit();
  }

  goOnIfFull({ target: box, inputType }) {
    const next = this.after(box);
    const isFull = box.dataset.full && box.value.trim().length === Number(box.dataset.full);
    if (!isFull || !next || !inputType?.startsWith("insert")) return;
    this.cameBySelf = next;
    next.focus();
  }

  after(box) {
    const boxes = [...box.form.querySelectorAll(BOXES)];
    return boxes[boxes.indexOf(box) + 1];
  }

  async save(form) {
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    let answer;
    try {
      answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
      });
    } catch {
      // The line is down: the browser's own way shows what is the matter, and Back gives the boxes back.
      return form.submit();
    }
    form.ariaBusy = "false";
    if (answer.redirected || ![200, 422].includes(answer.status)) return form.submit();
    const told = await answer.json();
    if (answer.ok) this.done(form, told.saved);
    else this.complain(form, told);
  }

  done(form, words) {
    const line = document.createElement("p");
    line.className = "saved-line";
    line.setAttribute("role", "status");
    line.textContent = words;
    const next = form.nextElementSibling?.closest("form") ?? this.querySelector(`form:not(#${form.id})`);
    // Nothing of what was typed stays in the page.
    form.replaceWith(line);
    const share = document.getElementById("sheets-done");
    const done = share.dataset.total - this.querySelectorAll("form").length;
    share.textContent = share.textContent.replace(/^\d+/, done);
    if (!next) return location.reload();
    // An Enter too many, pressed while the sheet was being saved, is one out of habit too.
    this.cameBySelf = next.querySelector(BOXES);
    this.cameBySelf.focus();
  }

  complain(form, { message, errors }) {
    const sentence = form.querySelector("[data-message]");
    sentence.textContent = message;
    sentence.hidden = !message;
    for (const place of form.querySelectorAll("[data-error]")) {
      place.textContent = errors[place.dataset.error] ?? "";
      place.hidden = !place.textContent;
      for (const box of place.parentElement.querySelectorAll(BOXES)) {
        box.toggleAttribute("aria-invalid", !place.hidden);
        if (!place.hidden) box.setAttribute("aria-invalid", "true");
      }
    }
    form.querySelector('[aria-invalid="true"]')?.focus();
  }
}
customElements.define("sheet-pile", SheetPile);
