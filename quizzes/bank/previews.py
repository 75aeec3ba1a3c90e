"""Previews of questions, cases and quizzes."""

import random
from collections import Counter
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.models import Locale

from quizzes.attempts.drawing import (
    add_images,
    draw_from_pools,
    freeze_quiz,
    freeze_sources,
    freeze_stimuli,
    freeze_stimulus,
    gather_units,
    pools_for,
    stimuli_of,
)
from quizzes.attempts.scoring import scored_items
from quizzes.base.job_roles import Audience, audiences_label
from quizzes.base.view_registry import serves
from quizzes.kinds import KINDS
from quizzes.models import Competency, Question, Quiz, Stimulus
from quizzes.models.pools import ASKABLE
from quizzes.question_forms.feedback import review_item
from quizzes.question_forms.fields import CasePart, QuestionField, blank_field
from quizzes.question_forms.forms import field_prefix

from .cases import find_mistakes, questions_of


class PreviewField(NamedTuple):
    field: QuestionField
    is_draft: bool

    @property
    def item(self):
        return self.field.item


@serves(Question, "preview")
def preview_question(question, mode):
    """The mode `review` shows it answered rightly, with all feedback."""
    _give_language(question)
    [item], snapshot = _freeze([question], question.locale)
    return {
        "snapshot": snapshot,
        "field": blank_field(item),
        "language": question.locale.language_code,
        "reviewed": _answer_rightly(1, item) if mode == "review" else None,
        "sources": snapshot["sources"],
        "mistakes": list(
            KINDS[question.kind].check(
                list(question.choices.all()), text=question.text, has_image=bool(question.image_id)
            )
        ),
        "for_whom": audiences_label(question.audiences),
    }


@serves(Stimulus, "preview")
def preview_case(case, mode):
    _give_language(case)
    questions = questions_of(case)
    items, snapshot = _freeze(questions, case.locale, case)
    key = str(case.translation_key)
    return {
        "snapshot": snapshot,
        "part": CasePart(key, snapshot["cases"][key], 1, len(items), len(items)),
        "language": case.locale.language_code,
        "fields": _fields_of(items, questions),
        "reviewed": [_answer_rightly(n, item) for n, item in enumerate(items, start=1)] if mode == "review" else [],
        "sources": snapshot["sources"],
        "mistakes": list(find_mistakes(case, len(questions))),
    }


@serves(Quiz, "preview")
def preview_quiz(quiz, mode=""):
    """With the code of an audience as mode, show an example attempt of that audience."""
    _give_language(quiz)
    chance = random.Random(quiz.identifier)  # noqa: S311 - an order, not a secret
    if mode in Audience.values:
        questions, thin = _draw_for(quiz, mode, chance)
    else:
        questions, thin = [question for unit in _units_of(quiz) for question in unit], []
    snapshot = freeze_quiz(quiz, questions, chance=chance)
    fields = [
        field._replace(is_draft=field.is_draft or (question.case is not None and not question.case.live))
        for field, question in zip(_fields_of(snapshot["questions"], questions), questions, strict=True)
    ]
    return {
        "quiz": quiz,
        "snapshot": snapshot,
        "fields": fields,
        "question_count": len(scored_items(snapshot)),
        "thin": thin,
    }


def _draw_for(quiz, audience, chance):
    draws, own_keys = list(quiz.draws.all()), {entry.question_id for entry in quiz.entries.all()}
    for draw in draws:
        draw.quiz_id = quiz.pk
    questions, _spares = draw_from_pools(quiz, draws, audience=audience, seen={}, chance=chance, own_keys=own_keys)
    pools = pools_for(quiz, draws, audience, own_keys=own_keys)
    return questions, list(_find_thin(pools))


def _find_thin(pools):
    for pool in pools:
        there = sum(map(len, pool.units))
        if there < pool.count:
            sentence = _("Of their own job %(count)d are asked and %(there)d are there: the rest is for everyone.")
        else:
            sentence = _("%(there)d are there for %(count)d that are asked: another attempt meets some again.")
        if there < 2 * pool.count:
            yield sentence % {"there": there, "count": pool.count}
    core = Counter(facts.act for pool in pools for unit in pool.units for facts in unit if facts.act in pool.acts)
    if single := [act for act, number in core.items() if number == 1]:
        acts = Competency.objects.filter(pk__in=single).order_by("pk").values_list("identifier", flat=True)
        yield _("Only one question asks for: %(acts)s.") % {"acts": ", ".join(acts)}
    if not any(facts.is_indispensable for pool in pools for unit in pool.units for facts in unit):
        yield _("Nothing that is asked of them is indispensable.")


def _units_of(quiz):
    entered = [entry.question_id for entry in quiz.entries.all()]
    cases = Question.objects.filter(pk__in=entered, live=True).values("case")
    questions = Question.objects.filter(Q(pk__in=entered) | ASKABLE & Q(case__in=cases)).select_related("case", "act")
    asked = {question.pk: question for question in questions.prefetch_related("choices", "sources")}
    # Autosave leaves an entry twice until the page knows its id.
    first = [asked.pop(pk) for pk in entered if pk in asked]
    return gather_units([*first, *asked.values()])


def _freeze(questions, locale, case=None):
    chances = [random.Random(question.identifier) for question in questions]  # noqa: S311 - an order, not a secret
    items = [KINDS[q.kind].freeze(q, chance) for q, chance in zip(questions, chances, strict=True)]
    cases, shown = freeze_stimuli(items, questions), stimuli_of(questions)
    if case is not None:
        cases, shown = {str(case.translation_key): freeze_stimulus(case)}, [case]
    add_images([*items, *cases.values()], [*questions, *shown])
    sources = freeze_sources([*cases.values(), *items], locale.language_code)
    return items, {"questions": items, "cases": cases, "sources": sources}


def _fields_of(items, questions):
    return [
        PreviewField(blank_field(item, prefix=field_prefix(item), number=number), is_draft=not question.live)
        for number, (item, question) in enumerate(zip(items, questions, strict=True), start=1)
    ]


def _answer_rightly(number, item):
    return review_item(number, item, {item["key"]: KINDS[item["kind"]].right_response(item)})


def _give_language(thing):
    if thing.locale_id is None:
        thing.locale = Locale.get_default()
