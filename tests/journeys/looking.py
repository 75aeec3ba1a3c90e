"""What must hold on every page, asked in one look that costs a few milliseconds; and the closer look at each kind."""

import re

from .conftest import axe_violations, sideways
from .hands import go_round

LOOK = """() => {
  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
  const has = (selector) => document.querySelector(selector) !== null;
  const question = () => has("#question textarea") ? "reflection" : has("#question .place") ? "ordering"
    : has("#question .gap-text") ? "gaps" : has("#question .places") ? "places"
    : has("#question select") ? "matching" : has("#question [type=checkbox]") ? "multiple" : "single";
  return {
    title: document.title,
    headings: all("h1").length,
    primary: all(".button").length,
    even: has(".even"),
    goOn: all("main a, main button").filter((e) => e.textContent.trim().startsWith("Continuar")).length,
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    kind: has("#question") ? question() : has(".scene") ? "scenes" : has("body.lesson") ? "lesson"
      : location.pathname.replace(/[0-9a-f-]{36}|m\\d+|\\d+(?=\\/$)/, "…"),
  };
}"""
# What the page says in its own language: not what is marked as being in another, such as the titles of the course.
OWN_WORDS = """() => {
  const own = (element) => element.closest("[lang]").lang === document.documentElement.lang;
  const said = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const around = walker.currentNode.parentElement;
    if (!around.closest("script, style") && own(around)) said.push(walker.currentNode.data);
  }
  for (const name of ["aria-label", "alt", "placeholder", "title"])
    for (const element of document.querySelectorAll(`[${name}]`))
      if (own(element)) said.push(element.getAttribute(name));
  return said.map((text) => text.replace(/\\s+/g, " ").trim()).filter((text) => text);
}"""
# Words that hardly a sentence does without, and that no name of ours has.
WORDS_OF = {
    "es": "que|para|con|una|sin|por|esta|cada|quien|está|se|su|sus|ya|todavía|también|módulo|cuestionario|personas?"
    "|grupo|sesión|guardar|hojas?|imprimir|asistencia|respuestas",
    "en": "the|of|and|with|for|is|are|this|that|who|not|you|to|it|nothing|yet|each|people|group|session|save|sheets?"
    "|print|attendance|answers",
}
LOUD = ("sexual", "estigma", "vih", "explotación", "violencia", "prostitución")


def oddities(page):
    look = page.evaluate(LOOK)
    title = look["title"].casefold()
    found = {
        "title": title.endswith(" · trato digno") and not any(word in title for word in LOUD),
        "one h1": look["headings"] == 1,
        # Where two ways on are of one weight there is none.
        "one primary button": look["primary"] == (0 if look["even"] else 1) or look["kind"] == "scenes",
        "Continuar once at most": look["goOn"] <= 1,
        "no sideways scroll": look["sideways"] == 0,
    }
    return look["kind"], [f"{page.url}: not «{rule}» {look}" for rule, holds in found.items() if not holds]


def foreign_sentences(page):
    language = page.locator("html").get_attribute("lang")
    [other] = WORDS_OF.keys() - {language}
    words = re.compile(rf"\b(?:{WORDS_OF[other]})\b", re.IGNORECASE)
    return [text for text in page.evaluate(OWN_WORDS) if words.search(text)]


def looks_right(page, language=None):
    assert axe_violations(page) == []
    assert sideways(page) == 0
    if language:
        assert page.locator("html").get_attribute("lang") == language
        assert foreign_sentences(page) == [], foreign_sentences(page)


def check_with_axe(page):
    return [f"{page.url}: {violation}" for violation in axe_violations(page)]


def check_with_tab(page):
    return [f"{page.url}: {how} by Tab: {stop}" for how, stops in go_round(page).items() for stop in stops]


class Looks:
    """Looks at each page of a walk, and with `closely` at the first of each kind; `at` returns the kind."""

    def __init__(self, closely=None):
        self.closely = closely
        self.kinds = set()
        self.complaints = []

    def at(self, page):
        kind, odd = oddities(page)
        self.complaints += odd
        if self.closely and kind not in self.kinds:
            self.complaints += self.closely(page)
        self.kinds.add(kind)
        return kind
