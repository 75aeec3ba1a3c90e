"""Who began and who finished the course, for thousands of people at once: only whoever read everything is looked at."""

from django.db.models import Count

from quizzes.models import Attempt
from quizzes.outcomes import quiz_outcomes

from .attendance import attended_modules
from .models import LessonRead
from .outline import course_outline
from .progress import progress_in


def learners_who_began(learners):
    """Return the pks (a set) of those of the people (a QuerySet) with a lesson read or an attempt, in two queries.

    A session attended counts where the course says so.
    """
    read = LessonRead.objects.filter(learner__in=learners).order_by().values_list("learner_id", flat=True).distinct()
    tried = Attempt.objects.filter(learner__in=learners).order_by().values_list("learner_id", flat=True).distinct()
    return {*read, *tried, *attended_modules(learners, course_outline())}


def learners_who_finished(learners):
    """Return the pks (a set) of those of the people (a QuerySet) who finished every module, as `progress` says it."""
    outlines = course_outline()
    if not outlines or not all(outline.lessons or outline.quiz_key for outline in outlines):
        return set()
    lessons = {lesson.key for outline in outlines for lesson in outline.lessons}
    quizzes = {outline.quiz_key for outline in outlines if outline.quiz_key}
    read_all = _who_read_all(learners, lessons)
    outcomes = quiz_outcomes(read_all, quizzes) if quizzes else {}
    passed = {pair for pair, outcome in outcomes.items() if outcome.passed}
    finished = {pk for pk in read_all.values_list("pk", flat=True) if all((pk, quiz) in passed for quiz in quizzes)}
    return finished | _who_finished_by_attending(learners, outlines)


def _who_finished_by_attending(learners, outlines):
    """Return the pks of those who attended a session that counts and finished; they are few."""
    attended = attended_modules(learners, outlines)
    people = learners.filter(pk__in=attended) if attended else []
    return {pk for pk, progress in progress_in(outlines, people).items() if progress.finished}


def _who_read_all(learners, lessons):
    """Return those of the people who read all of the lessons: each is kept once for a person."""
    if not lessons:
        return learners
    read = LessonRead.objects.filter(learner__in=learners, lesson_key__in=lessons).order_by().values("learner_id")
    return learners.filter(pk__in=read.annotate(count=Count("pk")).filter(count=len(lessons)).values("learner_id"))
