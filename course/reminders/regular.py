"""Reminders without being asked: in the groups whose trainers turned that on, by the rules of each."""

from django.utils import timezone

from course.groups.calling import call_list
from course.groups.grid import cohort_grid
from course.models import Cohort
from course.people.cohorts import help_rule, learners_of

from .asking import request_reminders
from .reachability import reachability_of


def groups_to_remind(*, now):
    """Return the groups that are open today and have their people reminded."""
    return Cohort.objects.filter(sends_reminders=True).open_on(timezone.localdate(now)).order_by("pk")


def due_in(cohort, *, now):
    """Return the `Due` of those people of a group who would be reminded now."""
    due = call_list({cohort: cohort_grid(learners_of(cohort), now=now, rule=help_rule(cohort))}, by=None, now=now).due
    reachability = reachability_of([one.learner for one in due], now=now)
    return [one for one in due if reachability[one.learner.pk].may_be_reminded_unasked]


def remind_group(cohort, *, now):
    """Have the people of a group reminded, and return whom."""
    return request_reminders(due_in(cohort, now=now), by=None, now=now)
