// The page of the survey is kept nowhere. Where there is no line it stays as it is, with what is marked, until there is one.
const kept = document.querySelector("#no-line"), said = kept.content.firstElementChild;

let goes = null;
addEventListener("submit", async (event) => {
  const form = event.target, button = event.submitter;
  // The second tap of two is stopped in site.js.
  if (event.defaultPrevented || goes === form || !form.matches("#contestar, #no-contestar")) return;
  event.preventDefault();
  try {
    // Nothing of the page is sent to ask.
    await fetch(kept.dataset.line, { method: "HEAD", cache: "no-store" });
  } catch {
    delete form.dataset.sent;
    kept.before(said);
    said.focus();
    return;
  }
  delete form.dataset.sent;
  goes = form;
  form.requestSubmit(button);
  goes = null;
});
