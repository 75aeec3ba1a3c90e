// On lessons and the directory, and needed by neither: tries a scene again, keeps a thought while one reads on,
// leaves without a trace in the history.

// A button that closes the open branch and leads back to the choices. It remembers nothing.
class ScenePlay extends HTMLElement {
  connectedCallback() {
    for (const hint of this.querySelectorAll(".again")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button-quiet again-button";
      button.textContent = this.dataset.again;
      button.addEventListener("click", () => this.closeBranch(button.closest("details.choice")));
      hint.replaceWith(button);
    }
  }

  closeBranch(branch) {
    for (const open of branch.querySelectorAll("details.choice[open]")) open.open = false;
    branch.open = false;
    branch.parentElement.querySelector("summary").focus();
  }
}
customElements.define("scene-play", ScenePlay);

// The text has no name and no form. It stays in this tab, so that a look at another lesson does not lose it, and goes
// when the person signs out or when somebody else has signed in.
const THOUGHT = "thought:";
const OWNER = "thoughts-of";

function forgetThoughts() {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(THOUGHT) || key === OWNER) sessionStorage.removeItem(key);
  }
}

class ReflectionBox extends HTMLElement {
  connectedCallback() {
    const lesson = this.closest("[data-lesson]");
    const box = this.querySelector("textarea");
    if (!lesson || !box) return;
    const place = [...lesson.querySelectorAll("reflection-box")].indexOf(this);
    const key = `${THOUGHT}${lesson.dataset.lesson}:${place}`;
    try {
      if (sessionStorage.getItem(OWNER) !== lesson.dataset.owner) forgetThoughts();
      sessionStorage.setItem(OWNER, lesson.dataset.owner);
      box.value = sessionStorage.getItem(key) || "";
      box.addEventListener("input", () => sessionStorage.setItem(key, box.value));
    } catch {
      // Storage is switched off: the text lives as long as the page.
    }
  }
}
customElements.define("reflection-box", ReflectionBox);

class PrintPage extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.addEventListener("click", () => print());
  }
}
customElements.define("print-page", PrintPage);

// Takes the place of this page in the history, so that Back does not lead here.
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

document.addEventListener("submit", (event) => {
  if (event.target.action.includes("logout")) forgetThoughts();
});
