// Saves each answer as it is given. Nothing needs it: without it the form's own buttons save.
// Where pages are kept on the device, what the server does not have yet waits sealed in the worker's outbox; elsewhere in
// sessionStorage, and is sent again by itself, as often as the server says.
// A reflection's box has no name and is never read.

const AGAIN = 15, AT_ONCE = 20;

class AnswerSaver extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.state = this.querySelector("[role=status]");
    this.store = `attempt-${this.dataset.attempt}`;
    this.client = Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("-");
    this.number = 0;
    // Empty but for the client: the script runs, and nothing was given yet.
    for (const { dataset: { prefix } } of this.querySelectorAll("[data-question]")) this.form.elements[`${prefix}client`].value = this.client;
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
    if (navigator.serviceWorker?.controller) this.recall();
  }

  // One client a device and attempt, its numbers never lower than before: what is given later stands, in whichever tab,
  // and whatever the clock does. Without storage, a client a page.
  count() {
    let known;
    try {
      const all = JSON.parse(localStorage.getItem("numbers")) || {};
      known = all[this.dataset.attempt] ||= { client: this.client, number: 0 };
      known.number = Math.max(Date.now() * 1000 + Math.floor(Math.random() * 1000), known.number + 1);
      localStorage.setItem("numbers", JSON.stringify(all));
    } catch {
      known = { client: this.client, number: this.number + 1 };
    }
    return ({ client: this.client, number: this.number } = known);
  }

  // What the site does not have yet is shown again; on a page that was kept, all that was answered here.
  async recall() {
    const script = document.querySelector("offline-state")?.dataset.script, attempt = this.dataset.attempt;
    if (!script) return;
    const { own, out } = await (await import(script)).ask({}), isCopy = "why" in document.documentElement.dataset;
    for (const [name, { form, id }] of own) {
      const block = this.querySelector(`[data-question="${name.replace(`answer|${attempt}|`, "")}"]`);
      if (block && !this.said[block.dataset.question] && (isCopy || out.includes(id))) this.fill(block, new URLSearchParams(form));
    }
  }

  fill(block, form) {
    for (const field of block.querySelectorAll("[name]:not([type=hidden])")) {
      if (/radio|checkbox/.test(field.type)) field.checked = form.getAll(field.name).includes(field.value);
      else field.value = form.get(field.name) || "";
    }
    block.dispatchEvent(new Event("recalled", { bubbles: true }));
  }

  // The block's fields as its form would post them, for the worker to seal.
  fields(block) {
    const names = new Set(Array.from(block.querySelectorAll("[name]"), ({ name }) => name)).add("page");
    return new URLSearchParams([...new FormData(this.form)].filter(([name]) => names.has(name))).toString();
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
      const { client, number } = this.count();
      elements[`${prefix}client`].value = client;
      elements[`${prefix}number`].value = number;
      this.waiting[question] = { question, client, number, response, certainty, given_at: new Date().toISOString(), form: this.fields(block), mark: document.documentElement.dataset.person };
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
        headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": this.form.elements.csrfmiddlewaretoken?.value || "", "X-Owner": document.querySelector("meta[name=owner]")?.content || "" },
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
        const { held = [], refused = [], problems = {} } = reply.ok ? told : { refused: answers };
        const [late] = held.filter(({ kept_for }) => kept_for === "late");
        answers.forEach(({ question, number, client }) => {
          const now = this.waiting[question];
          if (now.number === number && now.client === client) delete this.waiting[question];
        });
        more = Object.keys(this.waiting).length;
        // What came late is kept for the trainer, what is too long was not: the server says so.
        const said = held.length + refused.length ? this.dataset.refused : [this.dataset.saved, ...Object.values(problems)].join(". ");
        this.tell(told.kept ? this.dataset.kept : late?.reason || refused[0]?.reason || said);
        if (told.kept) this.dispatchEvent(new Event("kept", { bubbles: true }));
      }
    } catch (failed) {
      // A site that is stopped or refuses is not a line that is down, and no event tells when it is back.
      this.tell(failed.status === 507 ? this.dataset.full : failed.status ? this.dataset.down : this.dataset.waiting);
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
