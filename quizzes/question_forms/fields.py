"""What a page of questions shows: each question with its fields, what stands, and what was wrong with it."""

from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple

from django.utils.translation import gettext as _

from quizzes.attempts.drawing import case_of
from quizzes.attempts.responses import CurrentAnswer
from quizzes.attempts.rules import rules_of
from quizzes.kinds import kind_of
from quizzes.models import Certainty

from .feedback import ItemState, ReviewedItem, item_states, review_item
from .forms import CHECKS, FieldsOf, anchor_of, prefix_of


@dataclass(frozen=True)
class QuestionField:
    """A question on a page. `prefix` stands before the names and ids of its fields where several are on the page.

    `reviewed` is there once the person asked what is right: then the review stands instead of the fields.
    """

    item: dict
    response: object
    number: int = 1
    prefix: str = ""
    problem: str = ""
    error: object = ""
    certainty: int | None = None
    asks_certainty: bool = False
    may_check: bool = False
    reviewed: ReviewedItem | None = None
    # What stood when the page was made, while `response` may be what was typed and could not be saved.
    shown: object = None
    # An answer stands that is not shown; `is_closed` when it was checked, and no other can take its place.
    is_hidden: bool = False
    is_closed: bool = False

    @property
    def template(self):
        return kind_of(self.item).template

    @property
    def asked(self):
        """What stands above the fields; nothing where they stand in the text itself."""
        return kind_of(self.item).asked(self.item)

    @property
    def picture_template(self):
        return kind_of(self.item).picture_template

    @property
    def complaint(self):
        """What there is to say about it: that it was not saved, or what contradicts itself."""
        return str(self.error or self.problem)

    @property
    def control(self):
        """The id of what to correct; of its whole place where nothing can be changed any more."""
        if self.reviewed or self.is_closed:
            return self.anchor if self.prefix else ""
        return self.prefix + kind_of(self.item).first_control(self.item)

    @property
    def anchor(self):
        return anchor_of(self.item)

    @property
    def check_value(self):
        return f"{CHECKS}-{self.number}" if self.prefix else CHECKS


def certainty_levels():
    """Return the pairs of (value, word) that a person chooses from."""
    return Certainty.choices


def blank_field(item, *, prefix="", **more):
    """Return a question as nobody has answered it yet, for previews."""
    nothing = kind_of(item).nothing
    return QuestionField(item, more.pop("response", nothing), prefix=prefix, shown=nothing, **more)


def fields_of(snapshot, answers, *, alone=None, form=None, errors=None, unanswered=None):
    """Return (the ItemStates of the paper, its QuestionFields), with `answers` {question key: CurrentAnswer}.

    `alone` is the number of the only question on the page; None where all of them are. What could not be saved is
    shown again out of its `form`, with its error of `errors`, {question key: error}. `unanswered` is the number of the
    question that was to be checked before it was answered.
    """
    states = states_of(snapshot, answers)
    wanted = states if alone is None else states[alone - 1 : alone]
    fields = [
        _field(snapshot, state, answers.get(state.item["key"]), alone is not None, form, errors or {}, unanswered)
        for state in wanted
    ]
    return states, fields


def name_open(field):
    """Return a question that was to be sent, with a complaint where it is not answered completely."""
    if field.complaint or kind_of(field.item).is_answered(field.item, field.response) or field.is_hidden:
        return field
    return replace(field, problem=_("Answer this question, and then send it."))


def states_of(snapshot, answers):
    """Return the ItemStates of a paper with `answers` {question key: CurrentAnswer}."""
    hidden = {key for key, answer in answers.items() if answer.is_hidden}
    return item_states(snapshot, {key: answer.response for key, answer in answers.items()}, hidden)


def _field(snapshot, state: ItemState, answer, is_alone, form, errors, unanswered):
    item, kind, rules = state.item, kind_of(state.item), rules_of(snapshot)
    answer = answer or CurrentAnswer(kind.nothing)
    stands = answer
    if answer.is_hidden:
        # What the page shows is what a form without changes says: then the answer stays as it is.
        answer = CurrentAnswer(kind.nothing)
    prefix = "" if is_alone else prefix_of(item)
    error = errors.get(item["key"], "")
    draft = kind.draft(FieldsOf(form, prefix)) if error and form is not None else None
    problem = state.problem
    if unanswered == state.number and not problem:
        problem = _("Answer this question first; then you can check it.")
    return QuestionField(
        item=item,
        response=answer.response if draft is None else draft,
        number=state.number,
        prefix=prefix,
        problem=problem,
        error=error,
        certainty=answer.certainty,
        asks_certainty=rules.asks_certainty and bool(item["marks"]),
        may_check=rules.checks_each and bool(item["marks"]),
        reviewed=_review(state, item, answer) if answer.is_final else None,
        shown=answer.response,
        is_hidden=stands.is_hidden and stands.response != kind.nothing,
        is_closed=stands.is_hidden and stands.is_final,
    )


def _review(state, item, answer):
    return review_item(state.number, item, {item["key"]: answer.response}, certainties={item["key"]: answer.certainty})


@dataclass(frozen=True)
class CasePart:
    """A case of a paper with the numbers of its questions, the first and the last of `total`."""

    key: str
    case: dict
    first: int
    last: int
    total: int

    @property
    def count(self):
        return self.last - self.first + 1


class Group(NamedTuple):
    """What follows one another on a page: the questions of a case, or with None as `part` those that stand alone."""

    part: CasePart | None
    things: list


def part_of(snapshot, item):
    """Return the CasePart of an item on a paper, or None."""
    case = case_of(snapshot, item)
    if case is None:
        return None
    numbers = [n for n, other in enumerate(snapshot["questions"], start=1) if other["case"] == item["case"]]
    return CasePart(item["case"], case, numbers[0], numbers[-1], len(snapshot["questions"]))


def group_by_case(snapshot, things):
    """Return the Groups of things with an `item` of the paper, in their order."""
    groups = []
    for key, same in groupby(things, key=lambda thing: thing.item["case"]):
        same = list(same)
        groups.append(Group(part_of(snapshot, same[0].item) if key else None, same))
    return groups
