"""What of a number may be said, by how many people stand behind it; pure.

`docs/reference/survey-figures.md` has every rule with its reason.
"""

from math import floor
from typing import NamedTuple

FEW, MANY = 20, 100
# In a sum of so many people one per cent is two people, who hide what each small lot in it holds.
MANY_OF_SMALL = 200


class Shown(NamedTuple):
    """A number from 0 to 100 as it may be said: itself (`end` 0), or so much or less (-1), or so much or more (1)."""

    value: int
    end: int = 0


def rounded(number, step=1):
    """Return the multiple of `step` that is nearest; of two, the one farther from 0."""
    sign = -1 if number < 0 else 1
    # What is a half but for the floating point is a half.
    return sign * step * floor(abs(number) / step + 0.5 + 1e-9)


def step_of(n, small=False):
    """Return to how many per cent a number about so many people is rounded; in `small` lots are fewer than twenty."""
    return 5 if n < (MANY_OF_SMALL if small else FEW) else 1


def end_of(n):
    """Return at which per cent the end of the scale begins, of which nothing more exact is said."""
    if n < FEW:
        return 10
    return 5 if n < MANY else 0


def show(percent, n, small=False):
    """Return a number from 0 to 100 about so many people, some of whom may be in `small` lots, as `Shown`."""
    end = end_of(n)
    if end and percent <= end:
        return Shown(end, -1)
    if end and percent >= 100 - end:
        return Shown(100 - end, 1)
    return Shown(rounded(min(max(percent, 0), 100), step_of(n, small)))


class Answered(NamedTuple):
    """How many people answered: so many, or (not `exact`) so many or more."""

    number: int
    exact: bool


def answered(n, people):
    """Return how many may be said to have answered, of so many `people` of their lots; None where these are not known.

    Beside the people of the lots, the exact number would tell of how few nothing was answered.
    """
    if n == people and people >= FEW:
        return Answered(n, True)
    most = n if people is None else min(n, people - 10)
    return Answered(max(10, most // 10 * 10), False)
