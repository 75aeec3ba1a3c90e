"""Warnings about indispensable questions without a spare for the second chance."""

from django.utils.translation import gettext as _

from quizzes.attempts.selection import can_be_spare
from quizzes.base.choices import FeedbackTime
from quizzes.models import Question
from quizzes.models.pools import ASKABLE, QuestionFacts, get_draw_units


def tell_asked_twice(quiz, questions, draws):
    facts = [QuestionFacts.from_question(question) for question in questions]
    facts += [one for units in get_draw_units(quiz.locale_id, draws) for unit in units for one in unit]
    acts = {one.act for one in facts if one.is_indispensable} - {None}
    others = Question.objects.filter(ASKABLE, case=None, locale=quiz.locale_id, act__in=acts).select_related("act")
    if quiz.questions_drawn is None:
        others = others.exclude(pk__in=[question.pk for question in questions])
    yield from _tell(quiz, facts, list(map(QuestionFacts.from_question, others)))


def tell_asked_twice_of_pools(quiz, pools, audience):
    facts = [one for pool in pools for unit in pool.units for one in unit]
    others = [unit[0] for pool in pools for unit in (*pool.units, *pool.others) if len(unit) == 1]
    yield from _tell(quiz, facts, others, audience)


def _tell(quiz, facts, others, audience=None):
    marked = {one for one in facts if one.is_indispensable}
    alone = [one.pk for one in marked if not any(_stands_in(other, one, audience) for other in others)]
    if not alone:
        return
    identifiers = Question.objects.filter(pk__in=alone).order_by("identifier").values_list("identifier", flat=True)
    sentence = _(
        "Indispensable, with no other question of its act to ask again with: %(questions)s. "
        "Whoever misses it is asked the same one once more."
    )
    if quiz.feedback_time == FeedbackTime.NOW:
        sentence = _(
            "Indispensable, with no other question of its act to ask again with: %(questions)s. "
            "Whoever misses it is asked the same one once more, and has read by then what is right."
        )
    yield sentence % {"questions": ", ".join(identifiers)}


def _stands_in(other, one, audience):
    whom = one.audiences or [""] if audience is None else [audience]
    of_its_act = other.pk != one.pk and other.act == one.act is not None
    return of_its_act and all(can_be_spare(other, each) for each in whom)
