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
