"""When a case is due and whether it was done, in days of the site's place."""

from datetime import timedelta

from django.utils import timezone

from course.models import SpacedCase
from course.models.spaced import WEEKS
from modules.models import TrainingRecord


class NotDue(ValueError):
    """The person has no case of that week to do; the course was not finished, or not so long ago."""


def finishing_of(learner):
    """Return (key, moment) of the record that the person finished what they take now, or (None, None)."""
    records = TrainingRecord.objects.standing().of_the_course().filter(learner=learner, registration__ended_at=None)
    return records.order_by("finished_at", "pk").values_list("key", "finished_at").first() or (None, None)


def day_of(finished_at, week):
    """Return the day from which on the case of a week is there."""
    return timezone.localdate(finished_at) + timedelta(weeks=week)


def due_weeks(finished_at, *, now):
    """Return the weeks whose case is there by now, the newest first."""
    return [week for week in reversed(WEEKS) if day_of(finished_at, week) <= timezone.localdate(now)]


def offered_week(learner, finish_key, finished_at, *, now):
    """Return the newest week whose case is there and not done, or None; before the first, without a query."""
    due = due_weeks(finished_at, now=now) if finish_key else []
    done = _done(learner, finish_key) if due else set()
    return next((week for week in due if week not in done), None)


def next_day(finished_at, *, now):
    """Return the day on which the next case is there, or None after the last."""
    days = [day_of(finished_at, week) for week in WEEKS]
    return next((day for day in days if day > timezone.localdate(now)), None)


def is_done(learner, finish_key, week):
    return week in _done(learner, finish_key)


def mark_done(learner, week, *, now):
    """Keep that the person did the case of a week; twice is once. Raises `NotDue`."""
    finish_key, finished_at = finishing_of(learner)
    if finish_key is None or week not in due_weeks(finished_at, now=now):
        raise NotDue
    SpacedCase.objects.get_or_create(learner=learner, finish_key=finish_key, week=week)


def _done(learner, finish_key):
    return set(SpacedCase.objects.filter(learner=learner, finish_key=finish_key).values_list("week", flat=True))
