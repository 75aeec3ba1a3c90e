"""All letters of the site have one of five sizes, which the style sheet names once."""

import re
from pathlib import Path

import pytest
import tinycss2

SHEETS = [
    "course/static/site.css",
    "course/static/desk.css",
    "course/static/styleguide.css",
    "modules/static/modules/practice.css",
    "modules/static/modules/woven.css",
    "quizzes/static/quizzes/analysis.css",
]
SIZES = ["small", "text", "large", "title", "display"]
# How large one rem is: as the browser has it, and as a person chose.
ROOT = {"html", ".size-115", ".size-130", ".size-150"}
# Letters of a drawing, in the drawing's own units.
DRAWN = {".spot text"}


def declared(rules, *, on_paper=False):
    """Yield (selector, property, its value, whether it holds on paper alone) of every declaration."""
    for rule in rules:
        if rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            asked = tinycss2.serialize(rule.prelude).strip()
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            yield from declared(inner, on_paper=on_paper or asked == "print")
        elif rule.type == "qualified-rule":
            selector = tinycss2.serialize(rule.prelude).strip()
            for one in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
                if one.type == "declaration":
                    yield selector, one.name, tinycss2.serialize(one.value).strip(), on_paper


def declarations(sheet):
    text = Path(sheet).read_text(encoding="utf-8")
    return list(declared(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)))


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_letter_has_one_of_the_five_sizes(sheet):
    named = {f"var(--{size})" for size in SIZES}
    odd = []
    for selector, name, value, on_paper in declarations(sheet):
        if name not in ("font", "font-size") or value == "inherit" or selector in ROOT | DRAWN:
            continue
        size = value if name == "font-size" else re.sub(r"^(\d00 )?([^ /]+).*", r"\2", value)
        if size not in named and not (on_paper and size.endswith("pt")):
            odd.append((selector, value))
    assert odd == []


@pytest.mark.parametrize("sheet", SHEETS)
def test_no_glyph_is_spoken(sheet):
    contents = {}
    for selector, name, value, on_paper in declarations(sheet):
        if name == "content" and not on_paper:
            contents.setdefault(selector, []).append(value)
    glyphs = {selector: said for selector, said in contents.items() if any(value.strip("\"' ·:") for value in said)}
    words = ("attr(data-label)", "none")
    loud = {
        selector
        for selector, said in glyphs.items()
        if not said[-1].endswith('/ ""') and not said[-1].startswith(words)
    }
    assert loud == set()


def test_the_five_sizes_are_named_once_and_grow_and_the_smallest_is_legible_on_a_telephone():
    said = declarations(SHEETS[0])
    sizes = [(name[2:], value) for selector, name, value, _paper in said if selector == ":root" and name[2:] in SIZES]
    # On a telephone the title of a page is a little smaller.
    assert [name for name, _value in sizes] == [*SIZES, "title"]
    letters = [float(value.removesuffix("rem")) for _name, value in sizes]
    assert letters[:5] == sorted(letters[:5])
    assert letters[2] < letters[5] < letters[3]
    assert letters[0] * 16 * 1.125 >= 15
