// Compares a PDF by its SHA-256 in the browser, so that the file is sent nowhere. Without a certificate to compare it
// with, only the SHA-256 is sent. Where a browser computes none (plain HTTP), the form sends the file, which is not kept.

class FileCheck extends HTMLElement {
  connectedCallback() {
    if (!globalThis.crypto?.subtle) return;
    this.form = this.querySelector("form");
    this.chosen = this.querySelector("[type=file]");
    const hint = this.querySelector("[data-here]");
    hint.textContent = hint.dataset.here;
    this.classList.add("drop");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.check(this.chosen.files[0]);
    });
    // To compare changes nothing but the answer below; to find a certificate leaves the page, so that waits for the button.
    if (this.dataset.sha256) this.chosen.addEventListener("change", () => this.check(this.chosen.files[0]));
    for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
      this.addEventListener(kind, (event) => {
        event.preventDefault();
        this.classList.toggle("over", kind === "dragenter" || kind === "dragover");
        if (kind === "drop") this.check(event.dataTransfer.files[0]);
      });
    }
  }

  async check(file) {
    if (!file) return this.say("none");
    let digest;
    try {
      digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    } catch {
      return this.say("unread");
    }
    const inHex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (this.dataset.sha256) return this.say(inHex === this.dataset.sha256 ? "same" : "different");
    this.form.elements.sha256.value = inHex;
    this.chosen.value = "";
    this.form.submit();
  }

  // A file that was changed leads the page, above how the certificate stands; that it is the same is said below that.
  // What went wrong stays beside the form.
  say(result) {
    const words = this.querySelector(`[data-result=${result}]`).content.cloneNode(true);
    const place = document.getElementById({ different: "file-verdict", same: "file-confirmed" }[result]);
    for (const told of document.querySelectorAll("#file-verdict, #file-confirmed")) told.replaceChildren();
    document.getElementById("what-stands")?.classList.toggle("after-other-file", result === "different");
    this.querySelector("[role=status]").replaceChildren(place ? "" : words);
    if (!place) return;
    place.replaceChildren(words);
    place.focus();
    place.scrollIntoView({ block: "start" });
  }
}
customElements.define("file-check", FileCheck);
