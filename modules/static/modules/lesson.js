// Needed by no page: tries a scene again, keeps a thought and the place, leaves without a trace.

// A button that goes back one choice. Who chose sees the place, and who goes back what is asked and the choice that was
// left; a way that one left is not open when one returns.
class ScenePlay extends HTMLElement {
  connectedCallback() {
    // It does not bubble.
    this.addEventListener("toggle", (event) => event.target.name && this.turn(event.target), true);
    for (const hint of this.querySelectorAll(".again")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button-quiet again-button";
      button.textContent = this.dataset.again;
      button.addEventListener("click", () => this.goBack(button.closest("details[name]")));
      hint.replaceWith(button);
    }
  }

  turn(branch) {
    if (!branch.open) for (const inner of branch.querySelectorAll("[name][open]")) inner.open = false;
    const choices = this.querySelector(".choices");
    // A warning above them may be as long as the screen is high.
    const isFar = choices.getBoundingClientRect().top - this.getBoundingClientRect().top > innerHeight / 2;
    const shown = !branch.open ? branch.parentElement.previousElementSibling : isFar ? choices : this;
    const { top } = shown.getBoundingClientRect();
    if (top < 0 || top > innerHeight / 2) shown.scrollIntoView();
    if (!branch.open) branch.firstElementChild.scrollIntoView({ block: "nearest" });
  }

  goBack(branch) {
    branch.open = false;
    branch.querySelector("summary").focus();
  }
}
customElements.define("scene-play", ScenePlay);

// The text has no name and no form. It stays in this tab until the person changes: `person.js` clears it then.

class ReflectionBox extends HTMLElement {
  connectedCallback() {
    const lesson = this.closest("[data-lesson]");
    const box = this.querySelector("textarea");
    if (!lesson || !box) return;
    const place = [...lesson.querySelectorAll("reflection-box")].indexOf(this);
    const key = `thought:${lesson.dataset.lesson}:${place}`;
    try {
      box.value = sessionStorage.getItem(key) || "";
      box.addEventListener("input", () => sessionStorage.setItem(key, box.value));
    } catch {
      // Storage is switched off: the text lives as long as the page.
    }
  }
}
customElements.define("reflection-box", ReflectionBox);

for (const printer of document.querySelectorAll("print-page")) {
  printer.hidden = false;
  printer.addEventListener("click", () => print());
}

// Takes the place of this page in the history: Back does not lead here.
class QuickExit extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (!link) return;
      event.preventDefault();
      location.replace(link.href);
    });
  }
}
customElements.define("quick-exit", QuickExit);

// Keeps the block at the top of the screen, never what is open in a scene; in this tab on a shared computer, else on the
// device until the person changes.
class ResumePlace extends HTMLElement {
  connectedCallback() {
    this.body = document.querySelector("[data-lesson]");
    this.marks = [...this.body.querySelectorAll(".place")];
    const kept = document.getElementById(this.places()[this.body.dataset.lesson]);
    if (kept && !location.hash && this.marks.indexOf(kept) > 0) {
      this.firstElementChild.hash = kept.id;
      this.hidden = false;
      this.addEventListener("click", () => (this.hidden = true));
    }
    addEventListener("scroll", () => {
      clearTimeout(this.timer);
      if (!this.done) this.timer = setTimeout(() => this.look(), 300);
    }, { passive: true });
    // Finished: it keeps no place.
    document.addEventListener("submit", (event) => (this.done = event.target.action.includes("/leccion/")) && this.keep(""));
  }

  look() {
    const passed = this.marks.filter((mark) => isOpen(mark) && mark.getBoundingClientRect().top < innerHeight / 3);
    if (passed.length) this.keep(passed.at(-1).id);
  }

  places() {
    try {
      this.store = document.querySelector("idle-lock") ? sessionStorage : localStorage;
      return JSON.parse(this.store.getItem("places")).lessons;
    } catch {
      return {};
    }
  }

  keep(place) {
    clearTimeout(this.timer);
    const lessons = { ...this.places(), [this.body.dataset.lesson]: place };
    try {
      this.store.setItem("places", JSON.stringify({ lessons }));
    } catch {}
  }
}
customElements.define("resume-place", ResumePlace);

// Whether no closed branch hides the element, nor an open one that takes its place.
function isOpen(element) {
  if (element.checkVisibility?.() === false) return false;
  for (let box = element.closest("details"); box; box = box.parentElement.closest("details")) {
    if (!box.open && element.closest("summary")?.parentElement !== box) return false;
  }
  return true;
}

// Older browsers do not open what a link leads into.
const linked = location.hash && document.getElementById(location.hash.slice(1))?.closest("details:not([open])");
if (linked) (linked.open = true) && linked.scrollIntoView();
