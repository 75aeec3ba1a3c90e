// Saves each answer as it is given. Nothing needs it: without it the form's own buttons save.
// What the server does not have yet waits in sessionStorage. A reflection's box has no name and is never read.

class AnswerSaver extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.state = this.querySelector("[role=status]");
    this.store = `attempt-${this.dataset.attempt}`;
    // One client a page, not a session: a duplicated tab copies the session's storage and would number alike.
    this.client = Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("-");
    this.number = 0;
    this.waiting = {};
    try {
      this.waiting = JSON.parse(sessionStorage.getItem(this.store)) || {};
    } catch { /* no storage: what waits lives as long as the page */ }
    this.form.addEventListener("change", () => this.give());
    addEventListener("online", () => this.save());
    document.addEventListener("visibilitychange", () => document.hidden || this.save());
    this.save();
  }

  keep() {
    try {
      if (Object.keys(this.waiting).length) sessionStorage.setItem(this.store, JSON.stringify(this.waiting));
      else sessionStorage.removeItem(this.store);
    } catch { /* as above */ }
  }

  response() {
    const selects = [...this.form.querySelectorAll("select[data-key]")];
    if (selects.length) return Object.fromEntries(selects.filter((s) => s.value).map((s) => [s.dataset.key, s.value]));
    const chosen = [...this.form.querySelectorAll("[name=choice]:checked")].map((input) => input.value);
    return this.form.querySelector("[type=checkbox]") ? chosen : chosen[0] || "";
  }

  give() {
    const { question, client, number } = this.form.elements;
    // The form carries the same number: sent by its buttons too, it is the same write and not another one.
    client.value = this.client;
    number.value = this.number += 1;
    this.waiting[question.value] = {
      question: question.value, client: this.client, number: this.number,
      response: this.response(), given_at: new Date().toISOString(),
    };
    this.keep();
    this.save();
  }

  async save() {
    const answers = Object.values(this.waiting);
    if (!answers.length || this.busy) return;
    this.busy = true;
    let more = false;
    try {
      const sent_at = new Date().toISOString();
      const reply = await fetch(this.dataset.url, {
        method: "POST",
        headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value },
        body: JSON.stringify({ answers: answers.map((answer) => ({ ...answer, sent_at })) }),
      });
      if (reply.status >= 500) throw reply;
      if (reply.status === 409) this.waiting = {};
      if (reply.redirected || [401, 403, 409].includes(reply.status)) {
        // The form's own way asks for sign-in with the answer in hand, or leads to the review.
        if (this.number) this.form.submit();
      } else {
        const { held, refused } = reply.ok ? await reply.json() : { held: [], refused: answers };
        const [late] = held.filter(({ kept_for }) => kept_for === "late");
        answers.forEach(({ question, number, client }) => {
          const now = this.waiting[question];
          if (now.number === number && now.client === client) delete this.waiting[question];
        });
        more = Object.keys(this.waiting).length;
        // What came late is kept for the trainer: the server says so. Anything else has to be answered again.
        this.state.textContent = late ? late.reason : held.length + refused.length ? this.dataset.refused : this.dataset.saved;
      }
    } catch {
      this.state.textContent = this.dataset.waiting;
    }
    this.busy = false;
    this.keep();
    if (more) this.save();
  }
}

customElements.define("answer-saver", AnswerSaver);

// The number block stands open where there is room for it.
if (matchMedia("(min-width: 48rem)").matches) document.querySelector(".numbers").open = true;
