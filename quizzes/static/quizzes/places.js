// In the form of a question: sets where an option is by a click on the image. Without it the numbers are written.

class PlacePicker extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.which = this.querySelector("select");
    this.picture = this.querySelector("img");
    this.marks = this.querySelector("svg");
    this.picture.addEventListener("click", (event) => this.place(event));
    // Where the large image can't be made, the small one that was chosen serves too.
    this.picture.addEventListener("error", () => {
      if (this.small) this.picture.src = this.small;
    });
    this.which.addEventListener("change", (event) => event.stopPropagation());
    for (const event of ["input", "change", "focusin"]) this.form.addEventListener(event, () => this.show());
    this.addEventListener("pointerenter", () => this.show());
    this.show();
  }

  get rows() {
    return [...this.form.querySelectorAll("[name^='choices-'][name$='-x']")]
      .map((x) => {
        const field = (name) => this.form.elements[x.name.replace(/x$/, name)];
        return { x, y: field("y"), text: field("text"), gone: field("DELETE") };
      })
      .filter(({ gone }) => !gone?.value);
  }

  show() {
    const chosen = this.form.querySelector("[name=image]")?.value;
    this.hidden = !chosen;
    if (chosen !== this.chosen) {
      this.chosen = chosen;
      this.small = this.form.querySelector("#id_image-chooser [data-chooser-image]")?.src;
      if (chosen) this.picture.src = this.dataset.preview.replace("/0/", `/${chosen}/`);
    }
    const rows = this.rows;
    const names = rows.map(({ text }, n) => `${n + 1}. ${text.value.slice(0, 50)}`);
    if (names.join("\n") !== this.names) {
      this.names = names.join("\n");
      const at = this.which.selectedIndex;
      this.which.replaceChildren(...names.map((name, n) => new Option(name, n)));
      this.which.selectedIndex = Math.min(Math.max(at, 0), names.length - 1);
    }
    this.marks.replaceChildren(
      ...rows.flatMap(({ x, y }, n) => (x.value && y.value ? [this.mark(x.value, y.value, n + 1)] : [])),
    );
  }

  mark(x, y, number) {
    const make = (name, attributes) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      return element;
    };
    const spot = make("svg", { x: `${x}%`, y: `${y}%`, overflow: "visible" });
    const text = make("text", { dy: ".35em" });
    text.textContent = number;
    spot.append(make("circle", { r: 13 }), text);
    return spot;
  }

  place({ clientX, clientY }) {
    const row = this.rows[this.which.selectedIndex];
    if (!row) return;
    const box = this.picture.getBoundingClientRect();
    const share = (part, whole) => Math.min(Math.max((100 * part) / whole, 0), 100).toFixed(1);
    row.x.value = share(clientX - box.left, box.width);
    row.y.value = share(clientY - box.top, box.height);
    for (const field of [row.x, row.y])
      for (const event of ["input", "change"]) field.dispatchEvent(new Event(event, { bubbles: true }));
    const next = this.rows.findIndex(({ x }) => !x.value);
    if (next >= 0) this.which.selectedIndex = next;
  }
}

// Where the script comes before the form, an element would begin before what is in it has been read.
const begin = () => customElements.define("place-picker", PlacePicker);
if (document.readyState === "loading") addEventListener("DOMContentLoaded", begin);
else begin();
