// On the trainer's pages: offers the print button; without JavaScript the hint beside it says which keys to press.

class PrintReport extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    button.hidden = false;
    this.querySelector(".hint").hidden = true;
    button.addEventListener("click", () => print());
  }
}
customElements.define("print-report", PrintReport);

// Copies the text beside it; where the browser does not let us, the text is there to be selected.
class CopyText extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!navigator.clipboard) return;
    const words = button.textContent;
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(this.querySelector("textarea").value);
      button.textContent = button.dataset.done;
      setTimeout(() => (button.textContent = words), 3000);
    });
  }
}
customElements.define("copy-text", CopyText);
