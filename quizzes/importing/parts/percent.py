"""Per cent of each option in files of other systems."""

from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from .html import words_of

# Percentages this near to a weight of Moodle are that weight, such as 33.333.
_NEAR = Decimal("0.001")
_WEIGHTS = [Decimal(whole) for whole in (0, 5, 10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90, 100)] + [
    Decimal(part) for part in ("11.11111", "12.5", "14.28571", "16.66667", "33.33333", "66.66667", "83.33333")
]
EITHER = ("single", "short_text")


def usual_percents(rights):
    """Return what each option of a multiple response earns by default; `rights` has a boolean for each."""
    right, wrong = sum(rights) or 1, len(rights) - sum(rights) or 1
    return [Decimal(100) / right if is_right else Decimal(-100) / wrong for is_right in rights]


def find_weight(percent):
    """Return the weight of Moodle nearest to a per cent, with its sign, or None if none is near."""
    near = next((weight for weight in _WEIGHTS if abs(abs(percent) - weight) < _NEAR), None)
    return near.copy_sign(percent) if near else near


def exact_percent(percent):
    """Return a per cent as Moodle takes it: 33.333 is a third; 33.33 is itself."""
    weight = find_weight(percent)
    return percent if weight is None else weight


def forget_usual_percents(question):
    """Clear fractions that equal the default of the kind; return sentences about what was changed."""
    for choice in question.choices:
        choice.fraction = exact_percent(choice.fraction)
    if question.kind == "single":
        return _read_single(question)
    if question.kind == "multiple":
        _forget_rule(question.choices)
        return []
    for choice in question.choices:
        choice.is_correct = False  # an accepted answer has a per cent and nothing else
    _forget([choice for choice in question.choices if choice.fraction == 100])
    return []


def _read_single(question):
    choices, sentences = question.choices, []
    for choice in choices:
        choice.is_correct = choice.fraction >= 100
    if below := [choice for choice in choices if choice.fraction < 0]:
        _forget(below)
        sentences.append(_("In a single choice no option takes points away: what was below zero earns nothing."))
    if sum(choice.is_correct for choice in choices) > 1:
        question.kind, question.either = "multiple", EITHER
        parts = [choice for choice in choices if not choice.is_correct and choice.fraction]
        _forget(choices)
        sentences.append(_("Several options are right on their own, so it is read as a multiple response."))
        if parts:
            sentences.append(_("The per cents of its other options were left out."))
        return sentences
    _forget([choice for choice in choices if choice.is_correct or not choice.fraction])
    return sentences


def _forget_rule(choices):
    usual = usual_percents([choice.is_correct for choice in choices])
    if all(abs(choice.fraction - percent) < _NEAR for choice, percent in zip(choices, usual, strict=True)):
        _forget(choices)


def _forget(choices):
    for choice in choices:
        choice.fraction = None


def read_as(question, kind):
    """Convert a ReadQuestion with several right options to another kind of its `either`."""
    rights = [choice for choice in question.choices if choice.is_correct]
    if kind == "single":
        question.choices = [replace(choice, is_correct=choice is rights[0]) for choice in question.choices]
    else:
        question.choices = [replace(choice, text=words_of(str(choice.text)), is_correct=False) for choice in rights]
    question.kind = kind
