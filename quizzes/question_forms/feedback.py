"""Review of an attempt and states of its questions, from the snapshot alone."""

from dataclasses import dataclass, replace
from fractions import Fraction

from quizzes.attempts.grading import manual_fraction
from quizzes.attempts.scoring import round_down
from quizzes.kinds import get_kind
from quizzes.kinds.base import LEFT, MISSED, NEARLY, PARTLY, RIGHT, WRITTEN, WRONG
from quizzes.models import Certainty

COLLAPSED_VERDICTS = (LEFT, NEARLY)


@dataclass(frozen=True)
class ReviewedItem:
    """`fraction` is None for a reflection and while marking is pending."""

    number: int
    item: dict
    rows: list
    answered: bool
    fraction: Fraction | None
    comment: str = ""
    certainty: Certainty | None = None
    lessons: tuple = ()

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
    def needs_review(self):
        return self.verdict in ("wrong", "partly", "missed")

    @property
    def overall_feedback(self):
        verdict = WRONG if self.verdict == "missed" else self.verdict
        return self.item.get("wholes", {}).get(verdict, "")

    @property
    def prompt_template(self):
        return get_kind(self.item).prompt_template

    @property
    def picture_template(self):
        return get_kind(self.item).picture_template

    @property
    def surprise(self):
        """Return `sure` for a wrong answer with high certainty, `unsure` for a right one with low certainty, or ""."""
        if self.certainty == Certainty.HIGH and self.verdict == "wrong":
            return "sure"
        return "unsure" if self.certainty == Certainty.LOW and self.verdict == "right" else ""

    @property
    def points(self):
        return None if self.fraction is None else round_down(self.fraction * self.item["marks"], 2)

    @property
    def is_chosen_of_options(self):
        """Return whether the rows are options, so that it is enough to tell what was chosen and what is best."""
        return self.item["kind"] in ("single", "multiple", "true_false")

    @property
    def chosen_rows(self):
        return [row for row in self.rows if row.verdict in (RIGHT, PARTLY, WRONG)]

    @property
    def best_rows(self):
        return [row for row in self.rows if row.verdict in (RIGHT, MISSED)]

    @property
    def why(self):
        return self.item["feedback"] or next((row.feedback for row in self.best_rows if row.feedback), "")

    @property
    def visible_rows(self):
        return [row for row in self.rows if row.verdict not in COLLAPSED_VERDICTS]

    @property
    def collapsed_rows(self):
        return [row for row in self.rows if row.verdict in COLLAPSED_VERDICTS]


def review_snapshot(snapshot, responses, manual_marks=None, certainties=None):
    """Return ReviewedItems; the arguments are dicts by question key."""
    return [
        review_item(number, item, responses, manual_marks, certainties)
        for number, item in enumerate(snapshot["questions"], start=1)
    ]


def review_item(number, item, responses, manual_marks=None, certainties=None):
    kind = get_kind(item)
    response = responses.get(item["key"], kind.empty_response)
    reviewed = ReviewedItem(
        number=number,
        item=item,
        rows=kind.review(item, response),
        answered=response != kind.empty_response,
        fraction=kind.score(item, response) if item["marks"] else None,
        certainty=(certainties or {}).get(item["key"]),
    )
    if mark := (manual_marks or {}).get(item["key"]):
        reviewed = _apply_manual_mark(reviewed, manual_fraction(mark, item), mark.comment)
    if reviewed.needs_review:
        reviewed = replace(reviewed, lessons=_find_lessons(item, kind.picks(item, response)))
    return reviewed


def _apply_manual_mark(reviewed, fraction, comment):
    verdict = RIGHT if fraction == 1 else "partly" if fraction else WRONG
    rows = [replace(row, verdict=verdict) if row.verdict == WRITTEN else row for row in reviewed.rows]
    return replace(reviewed, fraction=fraction, rows=rows, comment=comment)


def _find_lessons(item, picks):
    chosen = {part for pick in picks for part in pick.split(":")}
    named = [option["lesson"] for option in item["options"] if "lesson" in option and option["key"] in chosen]
    return tuple(dict.fromkeys(named or filter(None, [item.get("lesson")])))


@dataclass(frozen=True)
class ItemState:
    """`state` is `answered`, `partly` (incomplete or contradictory, see `problem`), `open` or `reflection`."""

    number: int
    item: dict
    state: str
    problem: str = ""


def get_item_states(snapshot, responses, hidden=()):
    """Return ItemStates; `hidden` are question keys whose problem stays empty."""
    states = []
    for number, item in enumerate(snapshot["questions"], start=1):
        kind = get_kind(item)
        response = responses.get(item["key"], kind.empty_response)
        if not item["marks"]:
            state = "reflection"
        elif kind.is_answered(item, response):
            state = "answered"
        else:
            state = "partly" if response != kind.empty_response else "open"
        problem = "" if item["key"] in hidden else kind.problem(item, response)
        states.append(ItemState(number, item, state, problem))
    return states
