"""Asking for reminders: one row a person, however often, by whomever and in whichever group it is asked for."""

from collections import defaultdict

from django.db import transaction

from course.models import Reminder
from course.people.audit import audit_log

from .reachability import lock_person, reachability_of
from .tasks import send_reminders


def request_reminders(due, *, by, now):
    """Have those of these people reminded who may be, and return them; `due` are `course.groups.calling.DueCall`.

    `by` is who asks, None for the site itself. The worker sends, one short transaction a person.
    """
    groups, asked = defaultdict(list), []
    for one in due:
        groups[one.cohort].append(one)
    for cohort, ones in groups.items():
        asked += _ask_group(cohort, ones, by=by, now=now)
    if asked:
        transaction.on_commit(send_reminders.enqueue)
    return asked


@transaction.atomic
def _ask_group(cohort, due, *, by, now):
    # In one order, so that two who ask for the same people at once wait for each other.
    asked = [one for one in sorted(due, key=lambda one: one.learner.pk) if _ask(one.learner, cohort, by=by, now=now)]
    if asked:
        about = [asked[0].learner] if len(asked) == 1 else []
        audit_log("reminders_asked", by=by, cohort=cohort, about=about, people=len(asked), now=now)
    return asked


def _ask(learner, cohort, *, by, now):
    learner = lock_person(learner.pk)
    reachability = learner and reachability_of([learner], now=now)[learner.pk]
    if not reachability or not (reachability.may_be_reminded if by else reachability.may_be_reminded_unasked):
        return False
    Reminder.objects.create(learner=learner, cohort=cohort, requested_by=by, requested_at=now, next_try_at=now)
    return True
