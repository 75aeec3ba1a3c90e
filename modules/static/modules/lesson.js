// Needed by no page: tries a scene again, keeps a thought and the place, reads aloud, leaves without a trace.

// A button that goes back one choice; the place stays in view, and a way that one left is not open when one returns.
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
    const { top } = this.getBoundingClientRect();
    if (top < 0 || top > innerHeight / 2) this.scrollIntoView();
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

// Reads the lesson aloud with a Spanish voice of the device itself: the voice of a service would send it the text.
const SPOKEN = "h1, h2, h3, h4, p, li, dt, dd, td > div, figcaption, summary, label";
const UNSPOKEN = ".if-open, .cites, .also .term, .again, [aria-hidden], button:not(.term), textarea, svg, input";
const ACCENTS = ["es-gt", "es-mx", "es-us", "es-419"];

class ListenAloud extends HTMLElement {
  connectedCallback() {
    this.speech = window.speechSynthesis;
    if (!this.speech) return;
    [this.main, this.stopper] = this.querySelectorAll("button");
    this.listen = this.main.textContent;
    this.slower = this.querySelector("input");
    this.main.addEventListener("click", () => (this.playing ? this.pause() : this.play(this.current)));
    this.stopper.addEventListener("click", () => this.stop());
    this.slower.addEventListener("change", () => this.playing && this.play(this.current));
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.stop());
    this.speech.addEventListener?.("voiceschanged", () => this.choose());
    addEventListener("pagehide", () => this.stop());
    this.choose();
  }

  choose() {
    const code = (voice) => voice.lang.toLowerCase().replace("_", "-");
    const rank = (voice) => ACCENTS.indexOf(code(voice)) >>> 0; // Of another accent: last.
    const voices = this.speech.getVoices().filter((voice) => voice.localService && /^es\b/.test(code(voice)));
    this.voice = voices.sort((one, other) => rank(one) - rank(other))[0];
    this.hidden = !this.voice;
  }

  pieces() {
    return [...document.querySelectorAll("main h1, .lesson-body *")].filter(
      (element) => element.matches(SPOKEN) && isOpen(element) && textOf(element),
    );
  }

  play(from) {
    const pieces = this.pieces();
    this.current = pieces.includes(from) ? from : pieces[0];
    this.show(true);
    this.current.scrollIntoView({ block: "nearest" });
    const words = new SpeechSynthesisUtterance(textOf(this.current));
    words.voice = this.voice;
    words.lang = this.voice.lang;
    words.rate = this.slower.checked ? 0.8 : 1;
    this.words = words; // Nothing follows a piece that was cut short.
    words.onend = () => this.words === words && this.goOn();
    this.speech.cancel();
    this.speech.speak(words);
  }

  goOn() {
    const pieces = this.pieces();
    const next = pieces[pieces.indexOf(this.current) + 1];
    if (next) this.play(next);
    else this.stop();
  }

  // Telephones cannot pause: the piece is read again from its beginning.
  pause() {
    this.words = null;
    this.speech.cancel();
    this.show(false);
  }

  stop() {
    if (!this.current) return;
    this.current.classList.remove("spoken");
    this.current = null;
    this.pause();
    this.main.focus();
  }

  show(playing) {
    this.playing = playing;
    document.querySelector(".spoken")?.classList.remove("spoken");
    this.current?.classList.add("spoken");
    this.main.textContent = playing ? this.main.dataset.pause : this.current ? this.main.dataset.goOn : this.listen;
    this.stopper.hidden = !this.current;
    this.classList.toggle("listening", !this.stopper.hidden);
  }
}

// Whether no closed branch hides the element, nor an open one that takes its place.
function isOpen(element) {
  if (element.checkVisibility?.() === false) return false;
  for (let box = element.closest("details"); box; box = box.parentElement.closest("details")) {
    if (!box.open && element.closest("summary")?.parentElement !== box) return false;
  }
  return true;
}

function textOf(element) {
  if (element.closest("[aria-hidden]")) return "";
  const copy = element.cloneNode(true);
  for (const inner of copy.querySelectorAll(`${SPOKEN}, ${UNSPOKEN}`)) inner.remove();
  for (const mark of copy.querySelectorAll(".unverified")) mark.prepend(", ");
  const text = copy.textContent.replace(/\s+/g, " ").trim();
  const label = element.parentElement.dataset.label;
  return text && label ? `${label}: ${text}` : text;
}
customElements.define("listen-aloud", ListenAloud);

// Older browsers do not open what a link leads into.
const linked = location.hash && document.getElementById(location.hash.slice(1))?.closest("details:not([open])");
if (linked) (linked.open = true) && linked.scrollIntoView();
