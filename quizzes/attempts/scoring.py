"""Scores of responses: exact fractions, rounded only when they are stored. Pure functions."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from quizzes.kinds import get_kind

PLACES = 5


@dataclass(frozen=True)
class Score:
    """Points of a set of responses, exact: `fractions` by question key, `points` of `total`.

    `pending` are the keys of answers that wait for a marker; there is no grade until they have a fraction.
    """

    fractions: dict
    points: Fraction
    total: int
    pending: frozenset = frozenset()

    @property
    def grade(self):
        """Per cent, not rounded; None while an answer is pending."""
        if self.pending:
            return None
        return self.points * 100 / self.total if self.total else Fraction(0)


def score_snapshot(snapshot, responses, known=None):
    """Return the Score of `responses`, {question key: response}; a question without a response earns 0.

    `known`, {question key: fraction}, replaces the automatic fraction: manual marks, and earlier scores that must not
    change.
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
    kind = get_kind(item)
    response = responses.get(item["key"], kind.empty_response)
    # An empty response is worth 0 without a marker.
    return Fraction(0) if response == kind.empty_response else kind.score(item, response)


def passes(grade, pass_mark):
    """Return whether the unrounded grade reaches the pass mark: 79.999 does not pass as 80."""
    return grade >= pass_mark


def scored_items(snapshot):
    """Return the items that are scored: all but reflections."""
    return [item for item in snapshot["questions"] if item["marks"]]


def round_down(number, places=PLACES):
    """Return an exact number as a Decimal, rounded down: nobody sees more points than they earned."""
    scale = 10**places
    return Decimal(int(Fraction(number) * scale)) / scale


def unrounded(stored):
    """Return the fraction of which a stored one is the rounding: 0.33333 becomes a third."""
    near = Fraction(stored).limit_denominator(100)
    return near if round_down(near) == stored else Fraction(stored)


def round_half_up(number, places=PLACES):
    """Return an exact number as a Decimal, rounded to the nearest: for values that a person entered."""
    return round_down(Fraction(number) + Fraction(1, 2 * 10**places), places)


def points_text(points):
    """Return points to two places without trailing zeros: `2`, `2.5`, `0.33`."""
    return f"{round_half_up(points, 2).normalize():f}"


def points_of(grade, total):
    """Return the points, of `total`, of a stored grade: to two places, rounded down.

    The grade was rounded down to five places, so 2 of 3 comes back as 1.9999998; rounding to four places first repairs
    that.
    """
    return round_down(round(Fraction(grade) * total / 100, 4), 2)
