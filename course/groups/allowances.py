"""What a person was given beyond the rules of quizzes: which quizzes have limits, and what stands and stood."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import get_language

from course.people.audit import note
from quizzes.attempts.closing import allowances_of, give_allowance
from quizzes.models import Allowance, Quiz


@dataclass(frozen=True)
class LimitedQuiz:
    """A quiz with a limit of attempts or time, and what a person was given beyond it, the one in force first."""

    quiz: Quiz
    given: list[Allowance]

    @property
    def in_force(self):
        return self.given[0] if self.given else None


def limited_quizzes(learner, *, quiz_key=None):
    """Return the LimitedQuiz of a person, by title, of all published quizzes or of one; in two queries."""
    limited = Q(attempts_allowed__isnull=False) | Q(time_limit__isnull=False) | Q(closes_at__isnull=False)
    quizzes = Quiz.objects.in_language(get_language()).filter(limited, live=True)
    if quiz_key:
        quizzes = quizzes.filter(translation_key=quiz_key)
    by_key = {}
    for quiz in quizzes:
        # The first is in the reader's language; what is given holds in every one.
        by_key.setdefault(quiz.translation_key, quiz)
    if not by_key:
        return []
    given = allowances_of(learner, list(by_key))
    return sorted(
        (LimitedQuiz(quiz, given.get(key, [])) for key, quiz in by_key.items()), key=lambda limited: limited.quiz.title
    )


@transaction.atomic
def allow_more(learner, quiz_key, *, cohort, by, now, **given):
    """Give one person of the group more time or attempts in a quiz: for `given` see `give_allowance`."""
    give_allowance(learner, quiz_key, by=by, now=now, **given)
    note("allowance_given", by=by, cohort=cohort, about=[learner], people=1, now=now)
