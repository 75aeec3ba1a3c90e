"""Who began and who finished the course, for thousands of people at once: only whoever read everything is looked at."""

from django.contrib.auth import get_user_model
from django.db.models import Count

from modules.models import LessonRead
from quizzes.attempts.outcomes import quiz_outcomes
from quizzes.models import Attempt, CountingAttempt

from .attendance import attended_modules
from .outline import course_outline
from .states import progress_in


def learners_who_began(pks):
    """Return those of the people (a QuerySet of their pks, or these) with a lesson read or an attempt, as a set of pks.

    A session attended counts where the course says so. The number of queries is the same for any number of people.
    """
    began = set(attended_modules(pks, course_outline()))
    for facts in (LessonRead.objects.all(), Attempt.objects.all()):
        began.update(facts.filter(learner__in=pks).order_by().values_list("learner_id", flat=True).distinct())
    return began


def learners_who_finished(pks):
    """Return those of the people (as above) who finished every module, as `progress` says it, as a set of pks."""
    outlines = course_outline()
    if not outlines or not all(outline.lessons or outline.quiz_key for outline in outlines):
        return set()
    return {*_who_finished_by_reading(pks, outlines), *_who_finished_by_attending(pks, outlines)}


def _who_finished_by_reading(pks, outlines):
    lessons = {lesson.key for outline in outlines for lesson in outline.lessons}
    quizzes = {outline.quiz_key for outline in outlines if outline.quiz_key}
    read_all = _who_read_all(pks, lessons)
    return _who_passed_all(read_all, quizzes) if quizzes and read_all else read_all


def _who_passed_all(pks, quizzes):
    """Return those of the people who passed all of the quizzes, by the rule of each about which attempt counts."""
    attempts = Attempt.objects.filter(quiz_key__in=quizzes).order_by()
    passed = attempts.filter(learner__in=pks).passed().values("learner_id")
    passed = passed.annotate(count=Count("quiz_key", distinct=True)).filter(count=len(quizzes))
    passed = set(passed.values_list("learner_id", flat=True))
    # Where the best attempt counts, as nearly always, whoever passed once has passed.
    by_other_rules = attempts.filter(learner__in=passed).exclude(counting_attempt=CountingAttempt.BEST)
    unsure = set(by_other_rules.values_list("learner_id", flat=True))
    outcomes = quiz_outcomes(unsure, quizzes) if unsure else {}
    return (passed - unsure) | {pk for pk in unsure if all(outcomes[pk, quiz].passed for quiz in quizzes)}


def _who_finished_by_attending(pks, outlines):
    """Return the pks of those who attended a session that counts and finished; they are few."""
    attended = attended_modules(pks, outlines)
    people = get_user_model().objects.filter(pk__in=list(attended)) if attended else []
    return [pk for pk, progress in progress_in(outlines, people).items() if progress.finished]


def _who_read_all(pks, lessons):
    """Return those of the people who read all of the lessons: each is kept once for a person."""
    if not lessons:
        return list(pks)
    read = LessonRead.objects.filter(learner__in=pks, lesson_key__in=lessons).order_by().values("learner_id")
    return list(read.annotate(count=Count("pk")).filter(count=len(lessons)).values_list("learner_id", flat=True))
