"""Who began and who finished the course, for thousands of people at once: only whoever read everything is looked at."""

from itertools import batched

from django.contrib.auth import get_user_model
from django.db.models import Count

from quizzes.models import Attempt
from quizzes.outcomes import quiz_outcomes

from .attendance import attended_modules
from .models import LessonRead
from .outline import course_outline
from .progress import progress_in

# A database finds so many people by their keys, and does not read everybody's facts for them.
_AT_ONCE = 5000


def learners_who_began(learner_pks):
    """Return those of the people (pks, as a set) with a lesson read or an attempt.

    A session attended counts where the course says so. The number of queries is the same for up to 5,000 people.
    """
    began, outlines = set(), course_outline()
    for pks in batched(learner_pks, _AT_ONCE):
        for facts in (LessonRead.objects.all(), Attempt.objects.all()):
            began.update(facts.filter(learner__in=pks).order_by().values_list("learner_id", flat=True).distinct())
        began.update(attended_modules(pks, outlines))
    return began


def learners_who_finished(learner_pks):
    """Return those of the people (pks, as a set) who finished every module, as `progress` says it."""
    outlines = course_outline()
    if not outlines or not all(outline.lessons or outline.quiz_key for outline in outlines):
        return set()
    finished = set()
    for pks in batched(learner_pks, _AT_ONCE):
        finished.update(_who_finished_by_reading(pks, outlines), _who_finished_by_attending(pks, outlines))
    return finished


def _who_finished_by_reading(pks, outlines):
    lessons = {lesson.key for outline in outlines for lesson in outline.lessons}
    quizzes = {outline.quiz_key for outline in outlines if outline.quiz_key}
    read_all = _who_read_all(pks, lessons)
    outcomes = quiz_outcomes(read_all, quizzes) if quizzes and read_all else {}
    passed = {pair for pair, outcome in outcomes.items() if outcome.passed}
    return [pk for pk in read_all if all((pk, quiz) in passed for quiz in quizzes)]


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
