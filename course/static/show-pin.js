// A PIN is hidden as it is written, from whoever stands behind; whoever is alone may look at it before sending.
class ShowPin extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector("input");
    const button = document.createElement("button");
    const show = (shown) => {
      field.type = shown ? "text" : "password";
      button.textContent = shown ? this.dataset.hide : this.dataset.show;
      button.setAttribute("aria-label", `${button.textContent}: ${field.labels[0].textContent}`);
    };
    button.type = "button";
    button.className = "link";
    button.setAttribute("aria-controls", field.id);
    button.addEventListener("click", () => show(field.type === "password"));
    // A browser keeps what it is sent in a field of text, and shows the page again as it was left.
    field.form.addEventListener("submit", () => show(false));
    addEventListener("pagehide", () => show(false));
    show(false);
    this.append(button);
  }
}
customElements.define("show-pin", ShowPin);
