"""How many of a group did the case of each week: only of so many that nobody is told apart."""

from typing import NamedTuple

from course.models import SpacedCase
from course.models.spaced import WEEKS
from modules.models import TrainingRecord

from .weeks import due_weeks

LEAST_PEOPLE = 10


class Done(NamedTuple):
    """So many did the case of a week, of so many people for whom it is there."""

    week: int
    done: int
    people: int


def done_in(learners, *, now):
    """Return the `Done` of each week whose case is there for ten of these people or more, in two queries."""
    records = TrainingRecord.objects.standing().of_the_course()
    records = records.filter(learner__in=learners, registration__ended_at=None)
    finished = dict(records.values_list("key", "finished_at"))
    done = set(SpacedCase.objects.filter(learner__in=learners).values_list("finish_key", "week"))
    found = []
    for week in WEEKS:
        keys = [key for key, finished_at in finished.items() if week in due_weeks(finished_at, now=now)]
        if len(keys) >= LEAST_PEOPLE:
            found.append(Done(week, sum((key, week) in done for key in keys), len(keys)))
    return found
