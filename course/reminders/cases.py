"""Letters for the cases after finishing: to whom a timer writes, in the week in which a case is there."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from course.models import Cohort, Enrolment, RefresherCase, Reminder, User
from course.models.reminders import WEEKS
from course.refresher_cases import due_day
from modules.models import TrainingRecord

from .reachability import is_address, lock_person
from .tasks import send_reminders

# Who finished long before is not written to for every week at once.
WRITTEN_FOR = timedelta(days=7)


def takes_letters(person):
    """Whether a timer writes to the person for the cases to come, as things stand; one query at most."""
    if not (settings.MAIL_GOES_OUT and person.has_confirmed_address and is_address(person.email)):
        return False
    return _in_groups_that_write().filter(pk=person.pk).exists()


def due_for_letters(*, now):
    """Return [(learner's pk, key of the record, week)] of those whose case is there since less than a week.

    They have confirmed an address, want reminders, are in a group that has its people reminded, have not done the case
    and got no letter for it. In a fixed number of queries.
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
    """Have these people written to, and return them; the worker sends. Twice is once."""
    asked = [one for one in due_for_letters(now=now) if _ask(*one, now=now)]
    if asked:
        transaction.on_commit(send_reminders.enqueue)
    return asked


def _in_groups_that_write():
    groups = Cohort.objects.filter(sends_reminders=True)
    members = Enrolment.objects.current().filter(cohort__in=groups).values("learner")
    return User.objects.filter(is_active=True, reminders_stopped_at=None, pk__in=members)


@transaction.atomic
def _ask(learner, finish_key, week, *, now):
    if lock_person(learner) is None:
        return False
    _letter, is_new = Reminder.objects.get_or_create(
        learner_id=learner,
        finish_key=finish_key,
        week=week,
        defaults={"requested_at": now, "next_try_at": now},
    )
    return is_new
