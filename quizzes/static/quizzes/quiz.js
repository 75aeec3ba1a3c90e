// Saves each answer as it is given. Nothing needs it: without it the form's own buttons save.
// What the server does not have yet waits in sessionStorage, and is sent again by itself, as often as the server says.
// A reflection's box has no name and is never read.

const AGAIN = 15, AT_ONCE = 20;

class AnswerSaver extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.state = this.querySelector("[role=status]");
    this.store = `attempt-${this.dataset.attempt}`;
    // One client a page, not a session: a duplicated tab copies the session's storage and would number alike.
    this.client = Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("-");
    this.number = 0;
    this.waiting = {};
    this.said = {};
    try {
      this.waiting = JSON.parse(sessionStorage.getItem(this.store)) || {};
    } catch { /* no storage: what waits lives as long as the page */ }
    this.form.addEventListener("change", ({ target }) => this.give(target));
    // What is typed is kept at every letter and sent at a pause: a longer one for a long text.
    this.form.addEventListener("input", ({ target }) => {
      if (target.matches("textarea, [type=text]")) this.give(target, target.matches("textarea") ? 6000 : 1500);
    });
    addEventListener("online", () => this.save());
    // Both ways: who comes back may have a connection again, who leaves may have typed a moment ago.
    document.addEventListener("visibilitychange", () => this.save());
    this.save();
  }

  // Said anew is not said twice: what is read aloud is read once.
  tell(words) {
    if (this.state.textContent !== words) this.state.textContent = words;
  }

  // The page was covered, for somebody else sits there: what waits says whose it is, and goes to them.
  disconnectedCallback() {
    this.save();
  }

  keep() {
    try {
      if (Object.keys(this.waiting).length) sessionStorage.setItem(this.store, JSON.stringify(this.waiting));
      else sessionStorage.removeItem(this.store);
    } catch { /* as above */ }
  }

  response(block) {
    const keyed = [...block.querySelectorAll("[data-key]")];
    if (keyed.length) return Object.fromEntries(keyed.filter((field) => field.value).map((field) => [field.dataset.key, field.value]));
    const typed = block.querySelector("[name$=text]");
    if (typed) return typed.value;
    const chosen = [...block.querySelectorAll("[name$=choice]:checked")].map((input) => input.value);
    return block.querySelector("[type=checkbox]") ? chosen : chosen[0] || "";
  }

  give(target, pause = 0) {
    const block = target.closest("[data-question]");
    if (!block || !target.name) return;
    const { question, prefix } = block.dataset;
    const response = this.response(block), certainty = +block.querySelector("[name$=certainty]:checked")?.value || null;
    const said = JSON.stringify([response, certainty]);
    // Leaving a box says what typing in it said already.
    if (this.said[question] !== said) {
      this.said[question] = said;
      const { elements } = this.form;
      // The form carries the same number: sent by its buttons too, it is the same write and not another one.
      elements[`${prefix}client`].value = this.client;
      elements[`${prefix}number`].value = this.number += 1;
      this.waiting[question] = { question, client: this.client, number: this.number, response, certainty, given_at: new Date().toISOString() };
      this.keep();
    }
    clearTimeout(this.pause);
    if (pause) this.pause = setTimeout(() => this.save(), pause);
    else this.save();
  }

  leave({ is_kept, error }) {
    if (is_kept) this.waiting = {};
    this.keep();
    document.querySelector("main").replaceChildren(this.state);
    this.state.textContent = error;
  }

  async save() {
    // Some at a time, so that no request grows too large to be taken; what is left follows at once.
    const answers = Object.values(this.waiting).slice(0, AT_ONCE);
    if (!answers.length || this.busy) return;
    this.busy = true;
    clearTimeout(this.again);
    let more = false;
    try {
      const sent_at = new Date().toISOString();
      const reply = await fetch(this.dataset.url, {
        method: "POST",
        headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value, "X-Owner": document.querySelector("meta[name=owner]")?.content || "" },
        body: JSON.stringify({ answers: answers.map((answer) => ({ ...answer, sent_at })) }),
      });
      if (reply.status >= 500) throw reply;
      const told = reply.ok || reply.status === 409 ? await reply.json() : {};
      // Somebody else signed in: the server kept it for its owner, and nothing of this page is sent on.
      if (told.of_another) return this.leave(told);
      if (reply.status === 409) this.waiting = {};
      if (reply.redirected || [401, 403, 409].includes(reply.status)) {
        // The form's own way asks for sign-in with the answer in hand, or leads to the review.
        if (this.number) this.form.submit();
      } else {
        const { held, refused, problems = {} } = reply.ok ? told : { held: [], refused: answers };
        const [late] = held.filter(({ kept_for }) => kept_for === "late");
        answers.forEach(({ question, number, client }) => {
          const now = this.waiting[question];
          if (now.number === number && now.client === client) delete this.waiting[question];
        });
        more = Object.keys(this.waiting).length;
        // What came late is kept for the trainer, what is too long was not: the server says so.
        const said = held.length + refused.length ? this.dataset.refused : [this.dataset.saved, ...Object.values(problems)].join(". ");
        this.tell(late?.reason || refused[0]?.reason || said);
      }
    } catch (failed) {
      // A site that is stopped or refuses is not a line that is down, and no event tells when it is back.
      this.tell(failed.status ? this.dataset.down : this.dataset.waiting);
      const seconds = Number(failed.headers?.get("Retry-After")) || AGAIN;
      if (this.isConnected) this.again = setTimeout(() => this.save(), seconds * 1000);
    }
    this.busy = false;
    this.keep();
    if (more) this.save();
  }
}

customElements.define("answer-saver", AnswerSaver);

// The number block stands open where there is room for it.
const numbers = document.querySelector(".numbers");
if (numbers && matchMedia("(min-width: 48rem)").matches) numbers.open = true;
