// Progress of a background job; a tick chooses «the people ticked».

class JobProgress extends HTMLElement {
  connectedCallback() {
    this.later(1000);
  }

  later(pause) {
    setTimeout(() => this.ask(), pause);
  }

  async ask() {
    let answer;
    try {
      answer = await fetch(this.dataset.url, { headers: { Accept: "application/json" } });
    } catch {
      // The line is down. What is made goes on being made.
      return this.later(3000);
    }
    // Whoever was signed out is asked to sign in again by the page itself.
    const state = answer.ok && !answer.redirected ? await answer.json() : { waits: false };
    if (!state.waits) return location.reload();
    this.querySelector("progress").value = state.done;
    this.querySelector("p").textContent = state.words;
    this.later(1000);
  }
}
customElements.define("job-progress", JobProgress);

class ChoosePeople extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", (event) => {
      if (event.target.type === "checkbox") this.querySelector("[value=elegidos]").checked = true;
    });
  }
}
customElements.define("choose-people", ChoosePeople);
