// The page of the survey is kept nowhere. Where there is no line it stays as it is, with what is marked, until there is one.
const said = document.querySelector("#no-line");

let goes = null;
addEventListener("submit", async (event) => {
  const form = event.target, button = event.submitter;
  // The second tap of two is stopped in site.js.
  if (event.defaultPrevented || goes === form || !form.matches("#contestar, #no-contestar")) return;
  event.preventDefault();
  try {
    // Nothing of the page is sent to ask.
    await fetch(said.dataset.line, { method: "HEAD", cache: "no-store" });
  } catch {
    delete form.dataset.sent;
    said.hidden = false;
    said.focus();
    return;
  }
  delete form.dataset.sent;
  goes = form;
  form.requestSubmit(button);
  goes = null;
});
