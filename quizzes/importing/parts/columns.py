"""Columns of a spreadsheet of questions (docs/how-to/move-a-question-bank.md)."""

import re
import unicodedata

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from quizzes.base.choices import Difficulty
from quizzes.kinds import KINDS

BEFORE_OPTIONS = {"identifier": _("Identifier"), "kind": _("Kind"), "topic": _("Topic"), "text": _("Question")}
AFTER_OPTIONS = {
    "feedback": _("General feedback"),
    "right_feedback": _("Feedback if right"),
    "partly_feedback": _("Feedback if partly right"),
    "wrong_feedback": _("Feedback if wrong"),
    "marks": _("Points"),
    "difficulty": _("Difficulty"),
    "tags": _("Tags"),
    "unit": _("Unit"),
    "forgives_case": _("Capitals don’t matter"),
    "forgives_accents": _("Accents don’t matter"),
    "marking_guide": _("Guide for marking"),
    "image_text": _("What the image shows"),
    "published": _("Published"),
}
OF_OPTION = {
    "text": _("Option %(number)d"),
    "percent": _("Option %(number)d: correct"),
    "feedback": _("Option %(number)d: feedback"),
    "match": _("Option %(number)d: goes with"),
    "tolerance": _("Option %(number)d: tolerance"),
    "gap": _("Option %(number)d: gap"),
    "x": _("Option %(number)d: from the left"),
    "y": _("Option %(number)d: from above"),
    "radius": _("Option %(number)d: radius"),
}
# Columns that a sheet has only if a question uses them.
RARE = ("gap", "x", "y", "radius")
MOST_OPTIONS = 30
YES, NO = _("yes"), _("no")
_YES = {"yes", "true", "verdadero", "x", "correct", "correcta", "correcto", "si"}
_NO = {"no", "false", "falso", "incorrect", "incorrecta", "incorrecto"}


def list_columns(options, rare=RARE):
    """Return [(key, heading)]; of an option the key is (part, number), and `rare` limits the RARE parts."""
    return [
        *BEFORE_OPTIONS.items(),
        *(
            ((part, number), str(heading) % {"number": number})
            for number in range(1, options + 1)
            for part, heading in OF_OPTION.items()
            if part not in RARE or part in rare
        ),
        *AFTER_OPTIONS.items(),
    ]


def find_columns(cells):
    """Return {place: key} of the cells that are known headings in any language."""
    known = _known_headings()
    return {place: known[name] for place, cell in enumerate(cells) if (name := fold(cell)) in known}


def read_kind(word):
    """Return the kind by its name or its label in any language, or nothing."""
    return _in_every_language({name: kind.label for name, kind in KINDS.items()}).get(fold(word), "")


def read_difficulty(word):
    return _in_every_language(dict(Difficulty.choices)).get(fold(word), "")


def read_yes_and_percent(words):
    """Return «50» of «sí 50», or nothing."""
    word, _space, percent = words.strip().partition(" ")
    return percent if read_yes_or_no(word) and re.match(r"[\d.,]", percent) else ""


def read_yes_or_no(word):
    word = fold(word)
    return True if word in _YES else False if word in _NO else None


def fold(word):
    """Return a heading for comparison: lower case, no accents, only letters and digits."""
    letters = unicodedata.normalize("NFKD", str(word or "").casefold())
    return re.sub(r"[^a-z0-9]+", " ", "".join(c for c in letters if not unicodedata.combining(c))).strip()


def _known_headings():
    plain = {fold(key): key for key in (*BEFORE_OPTIONS, *AFTER_OPTIONS)}
    for number in range(1, MOST_OPTIONS + 1):
        plain[f"option {number}"] = ("text", number)
        plain |= {f"option {number} {part}": (part, number) for part in OF_OPTION}
    for language, _name in settings.INTERFACE_LANGUAGES:
        with translation.override(language):
            plain |= {fold(heading): key for key, heading in list_columns(MOST_OPTIONS)}
    return plain


def _in_every_language(labels):
    words = {fold(name): name for name in labels}
    for language, _name in settings.INTERFACE_LANGUAGES:
        with translation.override(language):
            words |= {fold(label): name for name, label in labels.items()}
    return words
