"""Scoring: pure arithmetic on a paper and its responses, exact until it is stored."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .kinds import kind_of

PLACES = 5


@dataclass(frozen=True)
class Mark:
    """What a set of responses earns: `fractions` by question key, `points` of `total`, all of them exact."""

    fractions: dict
    points: Fraction
    total: int

    @property
    def grade(self):
        """Per cent, not rounded."""
        return self.points * 100 / self.total if self.total else Fraction(0)


def mark_paper(paper, responses):
    """Return the Mark of `responses`, {question key: response}; a question without a response earns 0."""
    fractions, points = {}, Fraction(0)
    for item in scored_items(paper):
        kind = kind_of(item)
        fraction = kind.score(item, responses.get(item["key"], kind.nothing))
        fractions[item["key"]] = fraction
        points += fraction * item["marks"]
    return Mark(fractions, points, sum(item["marks"] for item in scored_items(paper)))


def passes(grade, pass_mark):
    """Say whether a grade reaches the pass mark: the unrounded one, so that 79.999 never passes as 80."""
    return grade >= pass_mark


def scored_items(paper):
    """Return the items that count; reflections do not."""
    return [item for item in paper["questions"] if item["marks"]]


def round_down(number, places=PLACES):
    """Return an exact number as a Decimal of so many places, rounded down: nobody is shown more than they earned."""
    scale = 10**places
    return Decimal(int(Fraction(number) * scale)) / scale


def points_of(grade, total):
    """Return the points, of `total`, that a stored grade stands for, to two places, rounded down.

    The stored grade was rounded down to five places, so 2 of 3 comes back as 1.9999998: the fourth place heals that.
    """
    return round_down(round(Fraction(grade) * total / 100, 4), 2)
