// Counts down to the end of an attempt and sends it then. Nothing needs it: the page says when the attempt ends, and
// the server closes it. Seconds are shown in the last minute only; 5 minutes and 1 minute are announced, once each.

class QuizTimer extends HTMLElement {
  connectedCallback() {
    if (!this.dataset.left) return;
    this.shown = this.querySelector("[role=timer]");
    this.status = this.querySelector("[role=status]");
    this.button = this.querySelector("button");
    this.left = Number(this.dataset.left);
    // The clock of a device may be set anew and the other one sleeps with it: whichever ran further is right.
    this.began = [Date.now(), performance.now()];
    this.store = `timer-${this.dataset.attempt}`;
    this.kept = { hidden: false, told: 9999 };
    try {
      Object.assign(this.kept, JSON.parse(sessionStorage.getItem(this.store)));
    } catch { /* no storage: it is kept as long as the page */ }
    if (this.button) {
      this.button.hidden = false;
      this.button.addEventListener("click", () => this.keep({ hidden: !this.kept.hidden }));
      this.show();
    }
    addEventListener("online", () => this.over && this.send());
    this.tick();
    this.ticking = setInterval(() => this.tick(), 1000);
  }

  disconnectedCallback() {
    clearInterval(this.ticking);
  }

  keep(changed) {
    Object.assign(this.kept, changed);
    try {
      sessionStorage.setItem(this.store, JSON.stringify(this.kept));
    } catch { /* as above */ }
    if (this.button) this.show();
  }

  show() {
    this.shown.hidden = this.kept.hidden;
    this.button.textContent = this.kept.hidden ? this.dataset.show : this.dataset.hide;
  }

  words(left) {
    const [number, one, many] = left > 60 ? [Math.floor(left / 60), "minute", "minutes"] : [left, "second", "seconds"];
    return number === 1 ? this.dataset[one] : this.dataset[many].replace("#", number);
  }

  tick() {
    const ran = Math.max(Date.now() - this.began[0], performance.now() - this.began[1]);
    const left = Math.max(0, Math.ceil(this.left - ran / 1000));
    if (this.shown && this.shown.textContent !== this.words(left)) this.shown.textContent = this.words(left);
    const mark = [60, 300].find((seconds) => left <= seconds);
    if (left && mark && mark < this.kept.told) {
      this.status.textContent = this.words(left);
      this.keep({ told: mark });
    }
    if (!left && !this.over) {
      this.over = true;
      clearInterval(this.ticking);
      this.send();
    }
  }

  async send() {
    this.status.textContent = this.dataset[navigator.onLine ? "over" : "waiting"];
    this.status.classList.remove("visually-hidden");
    if (!navigator.onLine) return;
    // What was typed last is given when its field is left; what waits for the connection goes first.
    if (document.activeElement) document.activeElement.blur();
    const saver = document.querySelector("answer-saver");
    if (saver && saver.save) await saver.save();
    const question = document.querySelector("form#question");
    if (!question) return this.querySelector("form").submit();
    const go = document.createElement("input");
    Object.assign(go, { type: "hidden", name: "go", value: "clock" });
    question.append(go);
    question.submit();
  }
}

customElements.define("quiz-timer", QuizTimer);
