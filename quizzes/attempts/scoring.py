"""Scores of responses: exact fractions, rounded only when stored. Pure functions."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from quizzes.kinds import get_kind

PLACES = 5


@dataclass(frozen=True)
class Score:
    """`fractions` by question key; `pending` are the keys of answers that wait for a marker."""

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
    """Score {question key: response}; `known`, {question key: fraction}, replaces automatic fractions."""
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
    return Fraction(0) if response == kind.empty_response else kind.score(item, response)


def passes(grade, pass_mark):
    return grade >= pass_mark


def scored_items(snapshot):
    return [item for item in snapshot["questions"] if item["marks"]]


def round_down(number, places=PLACES):
    """Return a Decimal, rounded down: nobody sees more points than they earned."""
    scale = 10**places
    return Decimal(int(Fraction(number) * scale)) / scale


def unrounded(stored):
    """Return the fraction of which a stored one is the rounding: 0.33333 becomes a third."""
    near = Fraction(stored).limit_denominator(100)
    return near if round_down(near) == stored else Fraction(stored)


def round_half_up(number, places=PLACES):
    return round_down(Fraction(number) + Fraction(1, 2 * 10**places), places)


def points_text(points):
    """Return points to two places without trailing zeros: `2`, `2.5`, `0.33`."""
    return f"{round_half_up(points, 2).normalize():f}"


def points_of(grade, total):
    """Return the points of a stored grade, rounded down to two places."""
    return round_down(round(Fraction(grade) * total / 100, 4), 2)
