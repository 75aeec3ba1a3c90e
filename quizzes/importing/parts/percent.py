"""What an option gives: other systems write it for every option, and here it stands only where it is not the usual."""

from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from .html import words_of

# The weights of Moodle, in per cent: one that is nearer than this to one of them is that one, such as 33.333.
_NEAR = Decimal("0.001")
_WEIGHTS = [Decimal(whole) for whole in (0, 5, 10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90, 100)] + [
    Decimal(part) for part in ("11.11111", "12.5", "14.28571", "16.66667", "33.33333", "66.66667", "83.33333")
]
# Where a file calls several options of a single choice right: what an editor may make of it instead.
EITHER = ("single", "short_text")


def usual_percents(rights):
    """Return what each option of a multiple response gives by its rule; `rights` says of each whether it is right."""
    right, wrong = sum(rights) or 1, len(rights) - sum(rights) or 1
    return [Decimal(100) / right if is_right else Decimal(-100) / wrong for is_right in rights]


def find_weight(percent):
    """Return the weight of Moodle that a per cent is, above or below zero, or None: Moodle refuses it."""
    near = next((weight for weight in _WEIGHTS if abs(abs(percent) - weight) < _NEAR), None)
    return near.copy_sign(percent) if near else near


def exact_percent(percent):
    """Return a per cent as Moodle takes it: 33.333 is a third; 33.33 is itself."""
    weight = find_weight(percent)
    return percent if weight is None else weight


def forget_usual_percents(question):
    """Leave the fractions of a ReadQuestion empty where its kind gives the same without them.

    Return a sentence for each thing that is read otherwise than it stands.
    """
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
    """Make of a ReadQuestion, whose several right options made it a multiple response, another kind of its `either`.

    As a single choice the first of them is right; as a short text each of them is an accepted answer.
    """
    rights = [choice for choice in question.choices if choice.is_correct]
    if kind == "single":
        question.choices = [replace(choice, is_correct=choice is rights[0]) for choice in question.choices]
    else:
        question.choices = [replace(choice, text=words_of(str(choice.text)), is_correct=False) for choice in rights]
    question.kind = kind
