"""What an option gives: other systems write it for every option, and here it stands only where it is not the usual."""

from decimal import Decimal

from django.utils.translation import gettext as _

from .reading import Skipped

# Moodle rounds a third to 33.33333.
_NEAR = Decimal("0.001")


def usual_percents(rights):
    """Return what each option of a multiple response gives by its rule; `rights` says of each whether it is right."""
    right, wrong = sum(rights) or 1, len(rights) - sum(rights) or 1
    return [Decimal(100) / right if is_right else Decimal(-100) / wrong for is_right in rights]


def forget_usual_percents(question):
    """Leave the fractions of a ReadQuestion empty where its kind gives the same without them.

    Raises Skipped for a single choice with several options that earn everything: which one is meant, nobody knows.
    """
    choices = question.choices
    if question.kind == "multiple":
        usual = usual_percents([choice.is_correct for choice in choices])
        # It is scored by its rule or by fractions, never by half of each.
        if all(abs(choice.fraction - percent) < _NEAR for choice, percent in zip(choices, usual, strict=True)):
            _forget(choices)
    elif question.kind == "single":
        if sum(choice.fraction >= 100 for choice in choices) > 1:
            raise Skipped(_("Several options earn all the points, and a single choice has one right option."))
        for choice in choices:
            choice.is_correct = choice.fraction >= 100
        _forget([choice for choice in choices if choice.is_correct or not choice.fraction])
    else:
        for choice in choices:
            choice.is_correct = False  # an accepted answer has a per cent and nothing else
        _forget([choice for choice in choices if choice.fraction == 100])


def _forget(choices):
    for choice in choices:
        choice.fraction = None
