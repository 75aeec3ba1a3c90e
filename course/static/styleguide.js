// On the style guide alone, and not needed by it: shows the states that only a pointer, a focus or a tap would bring.

// The rules for :hover and :focus-visible, once more for the classes is-hover and is-focus-visible.
for (const sheet of document.styleSheets) {
  for (const rule of [...sheet.cssRules]) {
    if (!rule.selectorText || !/:(hover|focus-visible)/.test(rule.selectorText)) continue;
    const shown = rule.cssText.replace(/:(hover|focus-visible)/g, ".is-$1");
    sheet.insertRule(shown, sheet.cssRules.length);
  }
}

for (const part of document.querySelectorAll("[data-open]")) {
  // A group of one's own: the same scene stands closed beside it.
  for (const choice of part.querySelectorAll("details[name]")) choice.setAttribute("name", `${choice.getAttribute("name")}-open`);
  for (const choice of part.querySelectorAll(":scope details:first-of-type")) choice.open = true;
  part.querySelector("[popover]")?.removeAttribute("popover");
}
