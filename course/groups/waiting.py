"""How much waits for a trainer, in one query: the figures of the desk's menu."""

from typing import NamedTuple

from django.db.models import Count, Subquery, Value
from django.db.models.functions import Coalesce

from course.models import Enrolment, User
from course.people.cohorts import cohorts_of
from quizzes.attempts.grading import answers_to_mark, exams_to_release
from quizzes.attempts.late_answers import undecided_late_answers

from .corrections import requests_of


class Waiting(NamedTuple):
    """Answers to mark and exams to release together, answers that came too late or nowhere, and corrections."""

    to_mark: int = 0
    to_review: int = 0
    # Corrections of names, posts and clinics that people asked for.
    to_confirm: int = 0


def waiting_for(user):
    """Return what waits in the groups of a trainer; one's own attempts wait for somebody else."""
    learners = learners_marked_by(user)
    counts = (
        User.objects.filter(pk=user.pk)
        .annotate(
            answers=_count(answers_to_mark(learners)),
            exams=_count(exams_to_release(learners)),
            held=_count(undecided_late_answers(learners)),
            corrections=_count(requests_of(user).open()),
        )
        .values_list("answers", "exams", "held", "corrections")
    )
    return next((Waiting(answers + exams, *rest) for answers, exams, *rest in counts), Waiting())


def learners_marked_by(user, cohorts=None):
    """Return the people (a QuerySet) whose answers this person marks: those in the own groups now, but for oneself."""
    current = Enrolment.objects.current().filter(
        cohort__in=(cohorts_of(user) if cohorts is None else cohorts).values("pk")
    )
    return User.objects.filter(pk__in=current.values("learner")).exclude(pk=user.pk)


def _count(rows):
    counted = rows.order_by().annotate(everything=Value(1)).values("everything").annotate(count=Count("pk"))
    return Coalesce(Subquery(counted.values("count")), 0)
