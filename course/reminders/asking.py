"""Requests for reminders, by trainers and timers: one row per person."""

from collections import defaultdict
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from course.groups.calling import call_list
from course.groups.grid import cohort_grid
from course.models import Cohort, Enrolment, RefresherCase, Reminder, User
from course.models.reminders import WEEKS
from course.people.audit import audit_log
from course.people.cohorts import help_rule, learners_of
from course.refresher_cases import due_day
from modules.models import TrainingRecord

from .reachability import is_address, lock_person, reachability_of
from .tasks import send_reminders


def request_reminders(due, *, by, now):
    """Queue reminders for those of `due` (DueCall) who may get one, and return them."""
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
    # Sorted, so that concurrent requests lock people in the same order.
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


def groups_to_remind(*, now):
    return Cohort.objects.filter(sends_reminders=True).open_on(timezone.localdate(now)).order_by("pk")


def due_in(cohort, *, now):
    due = call_list({cohort: cohort_grid(learners_of(cohort), now=now, rule=help_rule(cohort))}, by=None, now=now).due
    reachability = reachability_of([one.learner for one in due], now=now)
    return [one for one in due if reachability[one.learner.pk].may_be_reminded_unasked]


def remind_group(cohort, *, now):
    return request_reminders(due_in(cohort, now=now), by=None, now=now)


WRITTEN_FOR = timedelta(days=7)


def takes_letters(person):
    if not (settings.MAIL_GOES_OUT and person.has_confirmed_address and is_address(person.email)):
        return False
    return _in_groups_that_write().filter(pk=person.pk).exists()


def due_for_letters(*, now):
    """Return [(learner pk, key of the record, week)] of cases due since less than a week.

    The learners have a confirmed address, want reminders, are in a group with reminders, have not done the case and
    got no letter for it. In a constant number of queries.
    """
    today = timezone.localdate(now)
    reachable = {one.pk for one in _in_groups_that_write() if one.has_confirmed_address and is_address(one.email)}
    earliest = now - timedelta(weeks=max(WEEKS)) - WRITTEN_FOR - timedelta(days=1)
    records = (
        TrainingRecord.objects.valid().of_the_course().filter(registration__ended_at=None, finished_at__gte=earliest)
    )
    due = [
        (learner, key, week)
        for learner, key, finished_at in records.order_by("pk").values_list("learner_id", "key", "finished_at")
        for week in WEEKS
        if learner in reachable and timedelta() <= today - due_day(finished_at, week) < WRITTEN_FOR
    ]
    concerned = {learner for learner, _key, _week in due}
    settled = set(RefresherCase.objects.filter(learner__in=concerned).values_list("learner_id", "finish_key", "week"))
    settled |= set(
        Reminder.objects.filter(learner__in=concerned, week__isnull=False).values_list(
            "learner_id", "finish_key", "week"
        )
    )
    return [one for one in due if one not in settled]


def request_case_letters(*, now):
    """Queue letters for these people and return them; idempotent."""
    asked = [one for one in due_for_letters(now=now) if _request_letter(*one, now=now)]
    if asked:
        transaction.on_commit(send_reminders.enqueue)
    return asked


def _in_groups_that_write():
    groups = Cohort.objects.filter(sends_reminders=True)
    members = Enrolment.objects.current().filter(cohort__in=groups).values("learner")
    return User.objects.filter(is_active=True, reminders_stopped_at=None, pk__in=members)


@transaction.atomic
def _request_letter(learner, finish_key, week, *, now):
    if lock_person(learner) is None:
        return False
    _letter, is_new = Reminder.objects.get_or_create(
        learner_id=learner, finish_key=finish_key, week=week, defaults={"requested_at": now, "next_try_at": now}
    )
    return is_new
