"""Questions of a page as form fields, grouped by case."""

from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from django.utils.translation import gettext as _

from quizzes.attempts.drawing import stimulus_of
from quizzes.attempts.responses import CurrentAnswer
from quizzes.attempts.rules import rules_of
from quizzes.kinds import get_kind
from quizzes.models import Certainty

from .feedback import ReviewedItem, get_item_states, review_item
from .forms import PrefixedForm, field_prefix, question_anchor


@dataclass(frozen=True)
class QuestionField:
    """`prefix` is that of its names and ids; `reviewed` replaces the fields once the answer was checked."""

    item: dict
    response: object
    number: int = 1
    prefix: str = ""
    problem: str = ""
    error: object = ""
    certainty: int | None = None
    asks_certainty: bool = False
    reviewed: ReviewedItem | None = None
    initial: object = None
    # Hidden in this visit; `is_closed` if it is final.
    is_hidden: bool = False
    is_closed: bool = False

    @property
    def template(self):
        return get_kind(self.item).template

    @property
    def prompt(self):
        return get_kind(self.item).prompt(self.item)

    @property
    def picture_template(self):
        return get_kind(self.item).picture_template

    @property
    def certainty_levels(self):
        return Certainty.choices

    @property
    def error_message(self):
        return str(self.error or self.problem)

    @property
    def focus_id(self):
        if self.reviewed or self.is_closed:
            return self.anchor if self.prefix else ""
        return self.prefix + get_kind(self.item).first_control(self.item)

    @property
    def anchor(self):
        return question_anchor(self.item)


def blank_field(item, *, prefix="", **options):
    nothing = get_kind(item).empty_response
    return QuestionField(item, options.pop("response", nothing), prefix=prefix, initial=nothing, **options)


def build_fields(snapshot, answers, *, only=None, form=None, errors=None, needs_answer=False):
    """Return (all ItemStates, QuestionFields of the page); with `needs_answer` an open question says so."""
    states = states_from_answers(snapshot, answers)
    page_states = states if only is None else states[only - 1 : only]
    options = {"is_only": only is not None, "form": form, "errors": errors or {}, "needs_answer": needs_answer}
    fields = [_build_field(snapshot, state, answers.get(state.item["key"]), **options) for state in page_states]
    return states, fields


def states_from_answers(snapshot, answers):
    hidden = {key for key, answer in answers.items() if answer.is_hidden}
    return get_item_states(snapshot, {key: answer.response for key, answer in answers.items()}, hidden)


def _build_field(snapshot, state, answer, *, is_only, form, errors, needs_answer):
    item, key, kind, rules = state.item, state.item["key"], get_kind(state.item), rules_of(snapshot)
    answer = answer or CurrentAnswer(kind.empty_response)
    saved = answer
    if answer.is_hidden:
        answer = CurrentAnswer(kind.empty_response)
    prefix = "" if is_only else field_prefix(item)
    error = errors.get(key, "")
    draft = kind.draft(PrefixedForm(form, prefix)) if error and form is not None else None
    problem = state.problem
    if needs_answer and not problem and state.state != "answered":
        problem = _("Answer this question first.")
    return QuestionField(
        item=item,
        response=answer.response if draft is None else draft,
        number=state.number,
        prefix=prefix,
        problem=problem,
        error=error,
        certainty=answer.certainty,
        asks_certainty=rules.asks_certainty and bool(item["marks"]),
        reviewed=review_item(state.number, item, {key: answer.response}, certainties={key: answer.certainty})
        if answer.is_final
        else None,
        initial=answer.response,
        is_hidden=saved.is_hidden and saved.response != kind.empty_response,
        is_closed=saved.is_hidden and saved.is_final,
    )


@dataclass(frozen=True)
class CasePart:
    """A case of a snapshot with the numbers of its questions, `first` to `last` of `total`."""

    key: str
    case: dict
    first: int
    last: int
    total: int

    @property
    def count(self):
        return self.last - self.first + 1


class CaseGroup(NamedTuple):
    """Consecutive entries of a page: those of a case, or with `part` None those without one."""

    part: CasePart | None
    entries: list


def find_case_part(snapshot, item):
    case = stimulus_of(snapshot, item)
    if case is None:
        return None
    numbers = [n for n, other in enumerate(snapshot["questions"], start=1) if other["case"] == item["case"]]
    return CasePart(item["case"], case, numbers[0], numbers[-1], len(snapshot["questions"]))


def group_by_case(snapshot, entries):
    groups = []
    for key, same in groupby(entries, key=lambda entry: entry.item["case"]):
        same = list(same)
        groups.append(CaseGroup(find_case_part(snapshot, same[0].item) if key else None, same))
    return groups
