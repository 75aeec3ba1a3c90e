"""Where a question or a topic is used: in quizzes, cases, draws and drafts."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from quizzes.models import Answer, Question, Quiz, QuizDraw, QuizQuestion
from quizzes.models.pools import ASKABLE, get_pools, get_subtopics, pool_condition


@dataclass(frozen=True)
class Use:
    """`how` is `asked`, `case`, `drawn` or `draft`; `some`: each attempt draws some of the quiz's own questions."""

    quiz: Quiz
    how: str
    topic: str = ""
    case: str = ""
    some: bool = False

    @property
    def by_chance(self):
        return self.how == "drawn" or self.some or self.quiz.questions_drawn is not None

    @property
    def sentence(self):
        if self.how == "drawn":
            return _("Drawn by chance from the topic “%(topic)s”") % {"topic": self.topic}
        if self.how == "case" and self.by_chance:
            return _("With its case “%(case)s”, which each attempt draws or not") % {"case": self.case}
        if self.how == "case":
            return _("In every attempt, with its case “%(case)s”") % {"case": self.case}
        if self.how == "draft":
            return _("In changes that are not published yet")
        if self.by_chance:
            return _("One of its own, of which each attempt draws some")
        return _("Asked in every attempt")


def find_uses(questions):
    """Return {pk: [Use]}, drafts of quizzes included, in a constant number of queries."""
    uses = find_uses_now(questions)
    drafts = list(_read_drafts())
    for question in questions:
        own = uses[question.pk]
        seen = {use.quiz.pk for use in own}
        own += [Use(quiz, "draft") for quiz, asked, _topics in drafts if question.pk in asked and quiz.pk not in seen]
    return uses


def find_uses_now(questions):
    """Return {pk: [Use]} in published quizzes; those that draw the question come last."""
    uses = {question.pk: [] for question in questions}
    cases = {question.case_id for question in questions} - {None}
    entries = QuizQuestion.objects.filter(Q(question__in=uses) | Q(question__live=True, question__case__in=cases))
    entries = list(entries.select_related("quiz", "question__case").order_by("quiz__identifier", "sort_order", "pk"))
    draws = _read_draws()
    pooled = {draw.quiz_id for draw in draws if draw.topic_id is None}
    draws = [draw for draw in draws if draw.topic_id]
    pools, of_case = _pools_of(draws), {}
    for entry in entries:
        if entry.question_id in uses:
            uses[entry.question_id].append(Use(entry.quiz, "asked", some=entry.quiz_id in pooled))
        of_case.setdefault(entry.question.case_id, []).append(entry)
    for question in questions:
        own = {use.quiz: use for use in uses[question.pk]}
        for entry in of_case.get(question.case_id, []):
            if _brings(entry.question, question):
                use = Use(entry.quiz, "case", case=entry.question.case.title, some=entry.quiz_id in pooled)
                own.setdefault(entry.quiz, use)
        drawn = [Use(draw.quiz, "drawn", draw.topic.name) for draw in draws if question.pk in pools[draw.pk]]
        uses[question.pk] = [*own.values(), *drawn]
    return uses


def _brings(entered, question):
    case = entered.case
    return (
        case is not None
        and case.pk == question.case_id
        and case.live
        and question.live
        and case.locale_id == entered.locale_id == question.locale_id
    )


def find_uses_of_cases(cases):
    """Return ({pk: [Use]}, {pk: number of questions}) in a constant number of queries, each quiz once."""
    questions = list(Question.objects.filter(case__in=[case.pk for case in cases]).order_by("case_place", "pk"))
    uses = find_uses(questions)
    by_quiz, counts = {case.pk: {} for case in cases}, Counter(question.case_id for question in questions)
    for question in questions:
        for use in uses[question.pk]:
            by_quiz[question.case_id].setdefault(use.quiz, use)
    return {pk: list(found.values()) for pk, found in by_quiz.items()}, counts


def is_used():
    """Return a Q that matches the questions for which `find_uses` finds a quiz."""
    with_case = QuizQuestion.objects.filter(question__in=Question.objects.filter(ASKABLE, case__isnull=False))
    condition = Q(pk__in=QuizQuestion.objects.values("question"))
    condition |= ASKABLE & Q(case__in=with_case.values("question__case"))
    draws = [draw for draw in _read_draws() if draw.topic_id]
    below = {locale: get_subtopics(locale) for locale in {draw.quiz.locale_id for draw in draws}}
    for draw in draws:
        condition |= pool_condition(draw, draw.quiz.locale_id, below[draw.quiz.locale_id])
    return condition | Q(pk__in={pk for _quiz, asked, _topics in _read_drafts() for pk in asked})


def quizzes_with_topic(topic):
    """Return the quizzes about a topic or with a draw from it, in the published version or a draft."""
    found = Quiz.objects.filter(Q(topic=topic) | Q(draws__topic=topic)).order_by("identifier").distinct()
    drafts = [quiz for quiz, _asked, topics in _read_drafts() if topic.pk in topics]
    return list(dict.fromkeys([*found, *drafts]))


def count_answered(question):
    return Answer.objects.filter(question_key=question.translation_key).count()


def _read_draws():
    return list(QuizDraw.objects.select_related("quiz", "topic").order_by("quiz__identifier", "pk"))


def _pools_of(draws):
    pools, by_locale = {}, {}
    for draw in draws:
        by_locale.setdefault(draw.quiz.locale_id, []).append(draw)
    for locale, of_locale in by_locale.items():
        for draw, units in zip(of_locale, get_pools(locale, of_locale), strict=True):
            pools[draw.pk] = set().union(*units)
    return pools


def _read_drafts():
    for quiz in Quiz.objects.filter(has_unpublished_changes=True).select_related("latest_revision"):
        content = quiz.latest_revision.content if quiz.latest_revision else {}
        asked = {entry["question"] for entry in content.get("entries", [])}
        yield quiz, asked, {content.get("topic"), *(draw["topic"] for draw in content.get("draws", []))}
