"""Asking for reminders: one row a person, however often, by whomever and in whichever group it is asked for."""

from collections import defaultdict

from django.db import transaction

from course.models import Reminder
from course.people.audit import note

from .standing import lock_person, standings
from .tasks import send_reminders


def request_reminders(due, *, by, now):
    """Have those of these people reminded who may be, and return them; `due` are `course.groups.calling.Due`.

    `by` is who asks, None for the site itself. The worker sends, one short transaction a person.
    """
    asked = [one for one in due if _ask(one.learner, one.cohort, by=by, now=now)]
    groups = defaultdict(list)
    for one in asked:
        groups[one.cohort].append(one.learner)
    for cohort, people in groups.items():
        subject = people[0] if len(people) == 1 else ""
        note("reminders_asked", by=by, cohort=cohort, subject=subject, people=len(people), now=now)
    if asked:
        transaction.on_commit(send_reminders.enqueue)
    return asked


@transaction.atomic
def _ask(learner, cohort, *, by, now):
    learner = lock_person(learner.pk)
    standing = learner and standings([learner], now=now)[learner.pk]
    if not standing or not (standing.may_be_reminded if by else standing.may_be_reminded_unasked):
        return False
    Reminder.objects.create(learner=learner, cohort=cohort, requested_by=by, requested_at=now, next_try_at=now)
    return True
