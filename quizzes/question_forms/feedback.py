"""The review of an attempt: what was chosen, what is right and why, read from the paper alone."""

from dataclasses import dataclass, replace
from fractions import Fraction

from quizzes.attempts.grading import hand_fraction
from quizzes.attempts.scoring import round_down
from quizzes.base.markup import sources_in
from quizzes.kinds import kind_of
from quizzes.kinds.base import LEFT, MISSED, NEARLY, RIGHT, WRITTEN, WRONG
from quizzes.models import Certainty

# Rows that wait behind a click: neither chosen nor what was right.
HIDDEN = (LEFT, NEARLY)
NOT_CHOSEN = (*HIDDEN, MISSED)


@dataclass(frozen=True)
class ReviewedItem:
    """A question of the review. `fraction` is None for a reflection and for what a person still has to mark.

    `tells` is false while nobody may read here what is right: then its rows hold only what the person did.
    """

    number: int
    item: dict
    rows: list
    answered: bool
    fraction: Fraction | None
    # What whoever marked it by hand wrote to the person.
    comment: str = ""
    # How sure the person was (one of Certainty), if the quiz asked.
    certainty: int | None = None
    # Where what went wrong is taught: references such as `M1-L4#en-la-fila`.
    lessons: tuple = ()
    tells: bool = True

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
    def needs_another_look(self):
        return self.verdict in ("wrong", "partly", "missed")

    @property
    def whole(self):
        """Return what the question says to whoever was right, partly right or not; an open one was not."""
        verdict = WRONG if self.verdict == "missed" else self.verdict
        # What is said to whoever was partly right speaks of what is still missing.
        return self.item.get("wholes", {}).get(verdict, "") if self.tells or verdict in (RIGHT, WRONG) else ""

    @property
    def why(self):
        """Return what the question says to everybody, which tells what is right."""
        return self.item["feedback"] if self.tells or not self.needs_another_look else ""

    @property
    def sources(self):
        """Return the sources that what is shown of it rests on."""
        if self.tells or not self.needs_another_look:
            return self.item["sources"]
        texts = (self.item["text"], self.whole, *(part for row in self.rows for part in (row.text, row.feedback)))
        shown = {identifier for text in texts for identifier in sources_in(text)}
        return [identifier for identifier in self.item["sources"] if identifier in shown]

    @property
    def asked_template(self):
        return kind_of(self.item).asked_template

    @property
    def picture_template(self):
        return kind_of(self.item).picture_template

    @property
    def surprise(self):
        """Return `sure` of someone who was very sure and not right, `unsure` of one who was not sure and right."""
        if self.certainty == Certainty.HIGH and self.verdict == "wrong" and self.tells:
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


def review_snapshot(snapshot, responses, manual_marks=None, certainties=None, *, tells=True):
    """Return the ReviewedItems of a paper with `responses`, {question key: response}.

    `manual_marks`, {question key: ManualMark}, are what a person gave; `certainties`, {question key: one of Certainty}.
    Unless it `tells` what is right, each holds only what the person did, and how that went.
    """
    return [
        review_item(number, item, responses, manual_marks, certainties, tells=tells)
        for number, item in enumerate(snapshot["questions"], start=1)
    ]


def review_item(number, item, responses, manual_marks=None, certainties=None, *, tells=True):
    kind = kind_of(item)
    response = responses.get(item["key"], kind.nothing)
    reviewed = _review(number, item, responses, manual_marks or {}, certainties or {})
    if reviewed.needs_another_look:
        reviewed = replace(reviewed, lessons=_lessons_of(item, kind.picks(item, response)))
    return reviewed if tells else _without_key(reviewed, response)


def _review(number, item, responses, manual_marks, certainties):
    kind = kind_of(item)
    response = responses.get(item["key"], kind.nothing)
    reviewed = ReviewedItem(
        number=number,
        item=item,
        rows=kind.review(item, response),
        answered=response != kind.nothing,
        fraction=kind.score(item, response) if item["marks"] else None,
        certainty=certainties.get(item["key"]),
    )
    if mark := manual_marks.get(item["key"]):
        return _apply_mark(reviewed, hand_fraction(mark, item), mark.comment)
    return reviewed


def _apply_mark(reviewed, fraction, comment):
    """Return the review of an item with the fraction that a person gave; what was written has been read by now."""
    verdict = RIGHT if fraction == 1 else "partly" if fraction else WRONG
    rows = [replace(row, verdict=verdict) if row.verdict == WRITTEN else row for row in reviewed.rows]
    return replace(reviewed, fraction=fraction, rows=rows, comment=comment)


def what_went_well(reviewed):
    """Return (the acts of which every question was right, in words; the numbers of the other right questions)."""
    acts, numbers = {}, []
    for one in reviewed:
        act = one.item.get("act")
        if act and one.item["marks"]:
            acts[act["text"]] = acts.get(act["text"], True) and one.verdict == "right"
        elif one.verdict == "right":
            numbers.append(one.number)
    return [text for text, is_right in acts.items() if is_right], numbers


def _lessons_of(item, picks):
    """Return where an answer is taught: the lessons of the options chosen that have one, else that of the question."""
    chosen = {part for pick in picks for part in pick.split(":")}
    named = [option["lesson"] for option in item["options"] if "lesson" in option and option["key"] in chosen]
    return tuple(dict.fromkeys(named or filter(None, [item.get("lesson")])))


def _without_key(reviewed, response):
    """Return the review of an item as it is read before anybody may read what is right."""
    rows, kind = reviewed.rows, kind_of(reviewed.item)
    if not kind.marked_by_hand:
        if reviewed.verdict == "right":
            rows = [row for row in rows if row.verdict not in NOT_CHOSEN]
        else:
            rows = kind.review_chosen(reviewed.item, response)
    return replace(reviewed, rows=rows, tells=False)


@dataclass(frozen=True)
class ItemState:
    """Where a question of an open attempt stands, for the number block and the summary.

    `state` is `answered`, `partly` (begun or contradictory: `problem` says which), `open` or `reflection`.
    """

    number: int
    item: dict
    state: str
    problem: str = ""


def item_states(snapshot, responses, hidden=()):
    """Return the ItemStates of a paper's questions; of answers that are `hidden`, their keys, no problem is told."""
    states = []
    for number, item in enumerate(snapshot["questions"], start=1):
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
