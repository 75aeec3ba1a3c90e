"""Number of learners affected when a question, case or quiz is published."""

from typing import NamedTuple

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quizzes.models import Attempt, Question, Quiz, Stimulus

from .usage import find_uses_now

_BEGUN = Count("learner", distinct=True, filter=Q(abandoned_at=None))
_UNDER_WAY = Count("learner", distinct=True, filter=Q(abandoned_at=None, submitted_at=None))


class People(NamedTuple):
    """Learners who have started, and those with an open attempt; each learner counts once."""

    begun: int = 0
    under_way: int = 0

    @property
    def kept(self):
        return self.begun - self.under_way

    def __str__(self):
        if not self.begun:
            return _("Nobody")
        people = ngettext("%(count)d person", "%(count)d people", self.begun) % {"count": self.begun}
        parts = []
        if self.kept:
            parts.append(
                ngettext("%(count)d keeps the result", "%(count)d keep their result", self.kept) % {"count": self.kept}
            )
        if self.under_way:
            parts.append(
                ngettext(
                    "%(count)d in progress finishes with the version from before",
                    "%(count)d in progress finish with the version from before",
                    self.under_way,
                )
                % {"count": self.under_way}
            )
        return f"{people}: {', '.join(parts)}"


class AskedIn(NamedTuple):
    quiz: Quiz
    people: People
    by_chance: bool


class Effects(NamedTuple):
    people: People
    quizzes: list[AskedIn]


def effects_of(thing):
    """Return the Effects of publishing a Question, Case or Quiz, in a constant number of queries."""
    if isinstance(thing, Quiz):
        return Effects(people_of([thing]), [])
    asked_in = quizzes_that_ask(thing)
    by_quiz, people = _count_people([quiz.translation_key for quiz, _by_chance in asked_in])
    return Effects(
        people, [AskedIn(quiz, by_quiz.get(quiz.translation_key, People()), by_chance) for quiz, by_chance in asked_in]
    )


def people_of(quizzes):
    return _count_people([quiz.translation_key for quiz in quizzes])[1]


def quizzes_that_ask(thing):
    """Return [(quiz, by chance)] of the published quizzes that ask, or may ask, a question or a case."""
    if isinstance(thing, Stimulus):
        concerned = Q(case=thing.pk)
    else:
        concerned = Q(pk=thing.pk) | Q(case=thing.case_id, case__live=True, live=True)
    asked_in = {}
    for uses in find_uses_now(list(Question.objects.filter(concerned))).values():
        for use in uses:
            asked_in[use.quiz] = asked_in.get(use.quiz, True) and use.by_chance
    return sorted(asked_in.items(), key=lambda pair: pair[0].title)


def _count_people(quiz_keys):
    attempts = Attempt.objects.filter(quiz_key__in=quiz_keys).order_by()
    rows = attempts.values("quiz_key").annotate(begun=_BEGUN, under_way=_UNDER_WAY)
    by_quiz = {row["quiz_key"]: People(row["begun"], row["under_way"]) for row in rows}
    if len(by_quiz) < 2:
        return by_quiz, next(iter(by_quiz.values()), People())
    return by_quiz, People(**attempts.aggregate(begun=_BEGUN, under_way=_UNDER_WAY))
