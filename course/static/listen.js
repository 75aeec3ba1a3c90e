// Reads a page aloud with a Spanish voice of the device itself: the voice of a service would send it the text.
// It comes when somebody first presses the button that `site.js` shows.

const SPOKEN = "h1, h2, h3, h4, legend, p, li, dt, dd, td > div, figcaption, summary, label, select";
const UNSPOKEN = ".if-open, .cites, .source, .also .term, .again, [aria-hidden], button:not(.term), textarea, svg, input";
// What is said in another language: a Spanish voice would spell it out.
const FOREIGN = ".recording [lang]:not([lang=es])";

export class Reader {
  constructor(bar) {
    this.bar = bar;
    this.speech = window.speechSynthesis;
    [this.main, this.stopper] = bar.querySelectorAll("button");
    this.listen = this.main.textContent;
    this.slower = bar.querySelector("input");
    this.stopper.addEventListener("click", () => this.stop());
    this.slower.addEventListener("change", () => this.playing && this.play(this.current));
    bar.addEventListener("keydown", (event) => event.key === "Escape" && this.stop());
    addEventListener("pagehide", () => this.stop());
    // The next card of a lesson.
    addEventListener("hashchange", () => this.playing && this.play());
  }

  press() {
    if (this.playing) this.pause();
    else this.play(this.current);
  }

  pieces() {
    return [...document.querySelectorAll(this.bar.dataset.reads)].filter(
      (element) => element.matches(SPOKEN) && !element.closest(FOREIGN) && isOpen(element) && textOf(element),
    );
  }

  play(from) {
    const pieces = this.pieces(), { voice } = this.bar;
    this.current = pieces.includes(from) ? from : pieces[0];
    this.show(true);
    this.current.scrollIntoView({ block: "nearest" });
    const words = new SpeechSynthesisUtterance(textOf(this.current));
    words.voice = voice;
    words.lang = voice.lang;
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
    this.bar.classList.toggle("listening", !this.stopper.hidden);
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
  if (element.matches("select")) return choicesOf(element);
  const copy = element.cloneNode(true);
  // Where something is to be filled in, one hears that something is missing.
  if (copy.matches(".gap-text")) for (const gap of copy.querySelectorAll("select, input")) gap.replaceWith(" … ");
  for (const inner of copy.querySelectorAll(`${SPOKEN}, ${UNSPOKEN}`)) inner.remove();
  for (const mark of copy.querySelectorAll(".unverified")) mark.prepend(", ");
  const text = copy.textContent.replace(/\s+/g, " ").trim();
  const label = element.parentElement.dataset.label;
  return text && label ? `${label}: ${text}` : text;
}

// What there is to choose from, once where every list has the same; places in an order are numbers, and need no voice.
function choicesOf(list) {
  const same = list.closest(".pairs") && list.closest("li").previousElementSibling;
  if (same || list.matches(".place")) return "";
  return [list.ariaLabel, [...list.options].filter((one) => one.value).map((one) => one.text).join(", ")].filter(Boolean).join(": ");
}
