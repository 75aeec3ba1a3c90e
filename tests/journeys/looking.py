"""What must hold on every page, asked in one look that costs a few milliseconds; and the closer look at each kind."""

from .conftest import axe_violations
from .hands import missed_by_tab

LOOK = """() => {
  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
  const has = (selector) => document.querySelector(selector) !== null;
  const question = () => has("#question textarea") ? "reflection" : has("#question .place") ? "ordering"
    : has("#question select") ? "matching" : has("#question [type=checkbox]") ? "multiple" : "single";
  return {
    title: document.title,
    headings: all("h1").length,
    primary: all(".button").length,
    goOn: all("main a, main button").filter((e) => e.textContent.trim().startsWith("Continuar")).length,
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    kind: has("#question") ? question() : has(".scene") ? "scenes" : has("body.lesson") ? "lesson"
      : location.pathname.replace(/[0-9a-f-]{36}|m\\d+/, "…"),
  };
}"""
LOUD = ("sexual", "estigma", "vih", "explotación", "violencia", "prostitución")


def oddities(page):
    """Return (kind of page, what is not as it should be on it)."""
    look = page.evaluate(LOOK)
    title = look["title"].casefold()
    found = {
        "title": title.endswith(" · trato digno") and not any(word in title for word in LOUD),
        "one h1": look["headings"] == 1,
        "one primary button": look["primary"] == 1,
        "Continuar once at most": look["goOn"] <= 1,
        "no sideways scroll": look["sideways"] == 0,
    }
    return look["kind"], [f"{page.url}: not «{rule}» {look}" for rule, holds in found.items() if not holds]


def check_with_axe(page):
    return [f"{page.url}: {violation}" for violation in axe_violations(page)]


def check_with_tab(page):
    return [f"{page.url}: Tab never came to {stop}" for stop in missed_by_tab(page)]


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
