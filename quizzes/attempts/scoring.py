"""Scoring: pure arithmetic on a paper and its responses, exact until it is stored."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from quizzes.kinds import kind_of

PLACES = 5


@dataclass(frozen=True)
class Score:
    """What a set of responses earns: `fractions` by question key, `points` of `total`, all of them exact.

    `pending` holds the keys that a person has to mark: they have no fraction, and until they do, there is no grade.
    """

    fractions: dict
    points: Fraction
    total: int
    pending: frozenset = frozenset()

    @property
    def grade(self):
        """Per cent, not rounded; None while something waits for a marker."""
        if self.pending:
            return None
        return self.points * 100 / self.total if self.total else Fraction(0)


def score_snapshot(snapshot, responses, known=None):
    """Return the Mark of `responses`, {question key: response}; a question without a response earns 0.

    `known`, {question key: fraction}, are those that a person marked, or that stand from before.
    """
    fractions, pending, points, total = {}, set(), Fraction(0), 0
    for item in scored_items(snapshot):
        total += item["marks"]
        fraction = score_item(item, responses, known or {})
        if fraction is None:
            pending.add(item["key"])
            continue
        fractions[item["key"]] = fraction
        points += fraction * item["marks"]
    return Score(fractions, points, total, frozenset(pending))


def score_item(item, responses, known):
    """Return the exact fraction of a question's points, or None while it waits for a marker."""
    if item["key"] in known:
        return known[item["key"]]
    kind = kind_of(item)
    response = responses.get(item["key"], kind.nothing)
    # Nothing needs no marker to be worth nothing.
    return Fraction(0) if response == kind.nothing else kind.score(item, response)


def passes(grade, pass_mark):
    """Say whether a grade reaches the pass mark: the unrounded one, so that 79.999 never passes as 80."""
    return grade >= pass_mark


def scored_items(snapshot):
    """Return the items that count; reflections do not."""
    return [item for item in snapshot["questions"] if item["marks"]]


def round_down(number, places=PLACES):
    """Return an exact number as a Decimal of so many places, rounded down: nobody is shown more than they earned."""
    scale = 10**places
    return Decimal(int(Fraction(number) * scale)) / scale


def unrounded(stored):
    """Return the fraction that a stored one (rounded down to five places) was: 0.33333 is a third again."""
    near = Fraction(stored).limit_denominator(100)
    return near if round_down(near) == stored else Fraction(stored)


def round_half_up(number, places=PLACES):
    """Return an exact number as a Decimal of so many places, to the nearest: of what a person decided."""
    return round_down(Fraction(number) + Fraction(1, 2 * 10**places), places)


def points_text(points):
    """Return points as they are written, to two places and without zeros at the end: `2`, `2.5`, `0.33`."""
    return f"{round_half_up(points, 2).normalize():f}"


def points_of(grade, total):
    """Return the points, of `total`, that a stored grade stands for, to two places, rounded down.

    The stored grade was rounded down to five places, so 2 of 3 comes back as 1.9999998: the fourth place heals that.
    """
    return round_down(round(Fraction(grade) * total / 100, 4), 2)
