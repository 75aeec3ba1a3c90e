"""Options and lessons in the form that flaw detection reads. Pure."""

from dataclasses import dataclass
from functools import lru_cache

from quizzes.base.markup import strip_markup

from .words import stems_of, words_of

MANY = "multiple"
ONE = "single"
MEASURED_KINDS = (ONE, MANY, "gaps")
IN_A_ROW = 5


@dataclass(frozen=True)
class Lesson:
    """A lesson that teaches the subject: its name, such as `M1-L2`, and its plain text."""

    name: str
    text: str
    language: str = "es"

    def repeats(self, text):
        """Return whether five words of a text occur here in the same order."""
        return not _rows_of(text).isdisjoint(_rows_of(self.text))


@lru_cache(maxsize=256)
def _rows_of(text):
    words = words_of(text)
    return frozenset(zip(*(words[start:] for start in range(IN_A_ROW)), strict=False))


@dataclass(frozen=True)
class Item:
    """A question, or a list in one of its gaps; `right` has a boolean for each option."""

    kind: str
    text: str
    options: tuple[str, ...]
    right: tuple[bool, ...]
    lessons: tuple[Lesson, ...] = ()
    language: str = "es"

    @property
    def stems(self):
        return [stems_of(option, self.language) for option in self.options]

    @property
    def stems_of_text(self):
        return stems_of(self.text, self.language)


def parts_of(kind, choices):
    """Return {"": choices} of a question, or {" [[1]]": choices} of each list in its gaps, if complete."""
    if kind not in MEASURED_KINDS:
        return {}
    parts = {"": choices}
    if kind == "gaps":
        gaps = sorted({choice.gap or 0 for choice in choices})
        parts = {f" [[{gap}]]": [choice for choice in choices if choice.gap == gap] for gap in gaps}
    return {name: part for name, part in parts.items() if {choice.is_correct for choice in part} == {True, False}}


def fields_of(kind, text, part):
    return {
        "kind": MANY if kind == MANY else ONE,
        "text": strip_markup(text),
        "options": tuple(strip_markup(choice.text) for choice in part),
        "right": tuple(choice.is_correct for choice in part),
    }
