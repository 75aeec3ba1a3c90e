// Only on pages of a paper that were kept on the device: counts again what is answered, by what was answered here.

const lists = document.querySelectorAll("li[data-item]"), words = JSON.parse(document.querySelector("[data-words]")?.innerHTML || "{}");
const attempt = /intento\/([^/]+)/.exec(location.pathname)[1];

// As quizzes/kinds/typed.py reads what people write.
const PLAIN = /^[+-]?(?:\p{Nd}{1,30}(?:\.\p{Nd}{0,30})?|\.\p{Nd}{1,30})(?:e[+-]?\p{Nd}{1,2})?$/u;
const THOUSANDS = /^(?:[+-]?[1-9]\p{Nd}{0,2}(?:,\p{Nd}{3})+(?:\.\p{Nd}+)?|[+-]?[1-9]\p{Nd}{0,2}(?: \p{Nd}{3})+(?:[.,]\p{Nd}+)?)$/u;
const POINTS = /^[+-]?[1-9]\p{Nd}{0,2}(?:(?:\.\p{Nd}{3}){2,}(?:,\p{Nd}+)?|\.\p{Nd}{3},\p{Nd}+)$/u;
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();

export function isNumber(typed, unit = "") {
  let text = fold(typed);
  for (const mark of [fold(unit), unit ? "" : "%"].filter(Boolean)) {
    if (text.endsWith(mark)) text = text.slice(0, -mark.length);
    else if (text.startsWith(mark)) text = text.slice(mark.length);
  }
  text = text.replaceAll("−", "-").trim().replace(/^([+-]) (.*)/, "$1$2");
  if (THOUSANDS.test(text)) text = / /.test(text) && /,/.test(text) ? text.replaceAll(" ", "").replaceAll(",", ".") : text.replaceAll(" ", "").replaceAll(",", "");
  else if (POINTS.test(text)) text = text.replaceAll(".", "").replaceAll(",", ".");
  else text = text.replace(",", ".");
  return PLAIN.test(text);
}

// `answered`, `partly` or `open`, as ItemState in quizzes/question_forms/feedback.py; `parts` is how many fields a question has.
export function stateOf({ kind, parts, unit }, form) {
  const given = [...form].filter(([name, value]) => /(^|-)(choice|text|match-|place-|gap-)/.test(name) && value.trim());
  const values = given.map(([, value]) => value);
  if (!values.length) return "open";
  if (kind === "number") return isNumber(values[0], unit) ? "answered" : "partly";
  if (kind === "ordering" && new Set(values).size < values.length) return "partly";
  return !+parts || values.length >= +parts ? "answered" : "partly";
}

function say(row, state) {
  const { item } = row.dataset, button = row.querySelector("button"), told = row.querySelector(".state") || row.querySelector("button > :last-child");
  row.dataset.state = state;
  if (button && !button.hasAttribute("aria-current")) {
    button.className = `numbered numbered-${state}`;
    told.textContent = `, ${words[state]}`;
  } else if (!button) {
    told.className = `state ${{ answered: "state-done", partly: "state-help", open: "state-todo" }[state]}`;
    told.textContent = words[state];
    row.querySelector(".problem")?.remove();
  }
  return item;
}

function count() {
  const lead = document.querySelector("[data-answered]"), notice = document.querySelector("[data-many]:not(offline-state)");
  if (!lead) return;
  const scored = [...lists].filter((row) => row.dataset.kind !== "reflection");
  // What was not answered here stands as the site had it.
  const open = scored.filter((row) => !row.querySelector(".state-done"));
  lead.textContent = lead.dataset.answered.replace("{answered}", scored.length - open.length).replace("{scored}", scored.length);
  notice.hidden = !open.length;
  notice.textContent = notice.dataset[open.length > 1 ? "many" : "one"].replace("{count}", open.length);
}

const { ask } = await import(document.querySelector("offline-state").dataset.script);
async function recount() {
  const own = new Map((await ask({})).own);
  for (const row of lists) {
    const known = own.get(`answer|${attempt}|${row.dataset.item}`);
    if (known) say(row, stateOf(row.dataset, new URLSearchParams(known.form)));
  }
  count();
}
document.addEventListener("kept", recount);
recount();
