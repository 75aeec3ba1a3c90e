"""Orderings in GIFT, as Moodle's plugin writes them: `{>4 ALL VERTICAL ABSOLUTE_POSITION SHOW none`, then the steps."""

import re

from .grading import say_other_grading
from .reading import ReadChoice

# Words that may stand behind the number, in this order; each is whole, so that «Hablar» is no «H».
_WORDS = (
    ("select", r"ALL|EXACT|RANDOM|CONTIGUOUS"),
    ("layout", r"HORIZONTAL|HORI|H|VERTICAL|VERT|V"),
    ("grading", r"(?:ABSOLUTE|RELATIVE|LONGEST|ALL_OR)(?:_[A-Z]+)+|ABSOLUTE|RELATIVE|ABS|REL"),
    ("shown", r"SHOW|HIDE|YES|NO|TRUE|FALSE"),
    ("numbering", r"none|123|abc|ABCD|ABC|iii|IIII|III"),
)


def read_order(question, answers, texts):
    """Fill in the steps of a question from what stands behind the sign `>`."""
    question.kind = "ordering"
    head, _end, rest = answers.partition("\n")
    number, head = re.fullmatch(r"\s*(\d*)(.*)", head).groups()
    said = {}
    for name, words in _WORDS if number else ():
        if match := re.match(rf"\s+({words})(?=\s|$)", head):
            said[name], head = match.group(1), head[match.end() :]
    lines = [line for line in (head, *rest.split("\n")) if line.strip()]
    question.choices = [ReadChoice(texts.read(line, line=True)) for line in lines]
    some = int(number) if number and said.get("select", "RANDOM") != "ALL" else 0
    texts.warnings += say_other_grading(said.get("grading", ""), some, len(lines))
