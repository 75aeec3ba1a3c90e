"""The review of an attempt: what was chosen, what is right and why, read from the paper alone."""

from dataclasses import dataclass, replace
from fractions import Fraction

from quizzes.attempts.grading import hand_fraction
from quizzes.attempts.scoring import round_down, scored_elsewhere
from quizzes.kinds import kind_of
from quizzes.kinds.base import LEFT, NEARLY, RIGHT, WRITTEN, WRONG
from quizzes.models import Certainty

# Rows that wait behind a click: neither chosen nor what was right.
HIDDEN = (LEFT, NEARLY)


@dataclass(frozen=True)
class ReviewedItem:
    """A question of the review. `fraction` is None for a reflection and for what a person still has to mark."""

    number: int
    item: dict
    rows: list
    answered: bool
    fraction: Fraction | None
    # What whoever marked it by hand wrote to the person.
    comment: str = ""
    # How sure the person was (one of Certainty), if the quiz asked.
    certainty: int | None = None

    @property
    def verdict(self):
        """Return `right`, `partly`, `wrong`, `missed` (not answered), `pending` or `reflection`."""
        if not self.item["marks"]:
            return "reflection"
        if self.fraction is None:
            return "pending"
        if self.fraction == 1:
            return "right"
        if self.fraction > 0:
            return "partly"
        return "wrong" if self.answered else "missed"

    @property
    def whole(self):
        """Return what the question says to whoever was right, partly right or not; an open one was not."""
        verdict = WRONG if self.verdict == "missed" else self.verdict
        return self.item.get("wholes", {}).get(verdict, "")

    @property
    def asked_template(self):
        return kind_of(self.item).asked_template

    @property
    def picture_template(self):
        return kind_of(self.item).picture_template

    @property
    def surprise(self):
        """Return `sure` of someone who was very sure and not right, `unsure` of one who was not sure and right."""
        if self.certainty == Certainty.HIGH and self.verdict == "wrong":
            return "sure"
        return "unsure" if self.certainty == Certainty.LOW and self.verdict == "right" else ""

    @property
    def points(self):
        return None if self.fraction is None else round_down(self.fraction * self.item["marks"], 2)

    @property
    def told(self):
        """The rows to show at once: what the person did, and what was right; the rest waits behind a click."""
        return [row for row in self.rows if row.verdict not in HIDDEN]

    @property
    def others(self):
        return [row for row in self.rows if row.verdict in HIDDEN]


def review_paper(paper, responses, hand_marks=None, certainties=None):
    """Return the ReviewedItems of a paper with `responses`, {question key: response}.

    `hand_marks`, {question key: HandMark}, are what a person gave; `certainties`, {question key: one of Certainty}.
    """
    return [
        review_item(number, item, responses, hand_marks, certainties)
        for number, item in enumerate(paper["questions"], start=1)
    ]


def review_item(number, item, responses, hand_marks=None, certainties=None):
    kind = kind_of(item)
    response = responses.get(item["key"], kind.nothing)
    reviewed = ReviewedItem(
        number=number,
        item=item,
        rows=kind.review(item, response),
        answered=response != kind.nothing,
        fraction=kind.score(item, response) if item["marks"] else None,
        certainty=(certainties or {}).get(item["key"]),
    )
    if mark := (hand_marks or {}).get(item["key"]):
        return replace(_decide(reviewed, hand_fraction(mark, item)), comment=mark.comment)
    scored = scored_elsewhere(item)
    return reviewed if scored is None else _decide(reviewed, scored)


def _decide(reviewed, fraction):
    """Return the review of an item with the fraction that it got; what was written has been read by now."""
    verdict = RIGHT if fraction == 1 else "partly" if fraction else WRONG
    rows = [replace(row, verdict=verdict) if row.verdict == WRITTEN else row for row in reviewed.rows]
    return replace(reviewed, fraction=fraction, rows=rows)


@dataclass(frozen=True)
class ItemState:
    """Where a question of an open attempt stands, for the number block and the summary.

    `state` is `answered`, `partly` (begun or contradictory: `problem` says which), `open` or `reflection`.
    """

    number: int
    item: dict
    state: str
    problem: str = ""


def item_states(paper, responses, hidden=()):
    """Return the ItemStates of a paper's questions; of answers that are `hidden`, their keys, no problem is told."""
    states = []
    for number, item in enumerate(paper["questions"], start=1):
        kind = kind_of(item)
        response = responses.get(item["key"], kind.nothing)
        if not item["marks"]:
            state = "reflection"
        elif kind.is_answered(item, response):
            state = "answered"
        else:
            state = "partly" if response != kind.nothing else "open"
        problem = "" if item["key"] in hidden else kind.problem(item, response)
        states.append(ItemState(number, item, state, problem))
    return states
