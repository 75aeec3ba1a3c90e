// On the page of a sheet: a point of a checklist has one answer, and each group says how often it is the first one.
// Nothing is stored or sent; the boxes have no name.
class AnswerCount extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", (event) => {
      const box = event.target;
      if (box.checked) {
        for (const other of box.closest(".point").querySelectorAll("input")) other.checked = other === box;
      }
      this.count();
    });
    // A browser that goes back may bring ticks along.
    this.count();
  }

  count() {
    const talk = [];
    for (const group of this.querySelectorAll("section")) {
      const points = [...group.querySelectorAll(".point")];
      const first = points[0].querySelector("input").value;
      let agreed = 0;
      let answered = 0;
      for (const point of points) {
        const box = point.querySelector("input:checked");
        if (!box) continue;
        answered += 1;
        if (box.value === first) agreed += 1;
        else talk.push(`${point.dataset.number} (${box.value.toLocaleLowerCase()})`);
      }
      this.say(group.querySelector(".count"), answered ? `${first}: ${agreed} ${this.dataset.of} ${points.length}` : "");
    }
    this.say(this.querySelector(".talk"), talk.length ? `${this.dataset.talk}: ${talk.join(", ")}` : "");
  }

  // Said again only when it changed, so that a screen reader is not read the same thing twice.
  say(place, words) {
    if (place.textContent !== words) place.textContent = words;
  }
}
customElements.define("answer-count", AnswerCount);
