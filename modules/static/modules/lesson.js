// Needed by no page: tries a scene again, keeps the card where one is, leaves without a trace.

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

// Keeps the card of each lesson: in this tab on a shared computer, else on the device until the person changes.
const cards = document.querySelector("[data-lesson]");
if (cards) {
  const { lesson } = cards.dataset;
  const stored = read()[lesson];
  // Only a card without `#` in the address is a beginning, from which one goes on where one was.
  if (!location.hash && stored && document.getElementById(stored)) location.replace(`#${stored}`);
  addEventListener("hashchange", keep);
  document.addEventListener("submit", (event) => event.target.action.includes("/leccion/") && write(""));
  keep();

  function keep() {
    const card = /^#(c\d+)$/.exec(location.hash)?.[1];
    if (!card) return;
    write(card);
    document.querySelector("[data-back]").hash = card;
  }

  function read() {
    try {
      return JSON.parse(store().getItem("places")).lessons;
    } catch {
      return {};
    }
  }

  function write(card) {
    try {
      store().setItem("places", JSON.stringify({ lessons: { ...read(), [lesson]: card } }));
    } catch {
      // Storage is switched off: the address alone holds the card.
    }
  }

  function store() {
    return document.querySelector("idle-lock") ? sessionStorage : localStorage;
  }
}

// Older browsers do not open what a link leads into.
const linked = location.hash && document.getElementById(location.hash.slice(1))?.closest("details:not([open])");
if (linked) (linked.open = true) && linked.scrollIntoView();
