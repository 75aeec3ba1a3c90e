"""Beginning the course anew: from a day on, some modules are asked for again; what was done before stays on record."""

from datetime import datetime, time

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from modules.models import LessonRead, Registration, TrainingRecord
from quizzes.models import Attempt

from .attendance import sessions_attended
from .editions import edition_in_force, registrations_of
from .records import record_finished, registered
from .structure import course_structure


class CannotBeginAnew(ValueError):
    """The course cannot be begun anew like this; the message says why."""


def check_day(since, *, now):
    """Raise `CannotBeginAnew` for a day that is still to come."""
    if since > timezone.localdate(now):
        raise CannotBeginAnew(_("The day is still to come: choose today or an earlier one."))


def counts_from(since):
    """Return the moment from which what is done counts: the beginning of a local day."""
    return timezone.make_aware(datetime.combine(since, time.min))


@transaction.atomic
def begin_anew(learners, modules, *, since, name, by=None, now):
    """Let those of these people who took the course before that day begin it anew, and return them.

    `modules` are the stable keys of those that count again: in them only what is done from the day `since` on counts.
    The others count as before. Whoever did nothing before that day is left alone, and twice is once; with other modules
    or another day it is begun anew once more, and that holds. Raises `CannotBeginAnew`.
    """
    check_day(since, now=now)
    edition, again = edition_in_force(course_structure()), sorted(map(str, modules))
    # In one order, so that two who begin anew with the same people wait for each other.
    people = get_user_model().objects.filter(pk__in=[learner.pk for learner in learners])
    people = list(people.select_for_update(no_key=True).order_by("pk"))
    whom = who_would_begin_anew(people, again, since=since)
    if edition is None or not whom:
        return []
    # Of before, as it was asked before.
    record_finished(whom, now=now)
    current = registered(whom, now=now)
    Registration.objects.filter(pk__in=[current[learner.pk].pk for learner in whom]).update(ended_at=now)
    Registration.objects.bulk_create(
        Registration(
            learner=learner,
            edition=edition,
            registered_at=now,
            counts_from=counts_from(since),
            again=again,
            name=name,
            begun_by=by,
        )
        for learner in whom
    )
    # What was done since that day may have finished something already.
    record_finished(whom, now=now)
    return whom


def who_would_begin_anew(learners, modules, *, since):
    """Return those of these people whom `begin_anew` with the same arguments would not leave alone."""
    moment, again = counts_from(since), sorted(map(str, modules))
    learners = list(learners)
    registrations, took_it = registrations_of(learners), who_took_it_before(learners, moment)
    return [
        learner for learner in learners if _would(registrations.get(learner.pk), learner.pk in took_it, moment, again)
    ]


def _would(registration, took_it, moment, again):
    if registration is None or registration.counts_from is None:
        return took_it
    return (registration.counts_from, sorted(registration.again)) != (moment, again)


def who_took_it_before(learners, moment):
    """Return the pks of those of these people who did something of the course before a moment, in constant queries."""
    learners = list(learners)
    facts = [
        LessonRead.objects.filter(learner__in=learners, read_at__lt=moment),
        Attempt.objects.filter(learner__in=learners, started_at__lt=moment),
        TrainingRecord.objects.filter(learner__in=learners, finished_at__lt=moment),
    ]
    found = {pk for of_kind in facts for pk in of_kind.order_by().values_list("learner_id", flat=True).distinct()}
    attended = sessions_attended(learners).items()
    return found | {pk for pk, sessions in attended if any(one.first_held < moment for one in sessions.values())}
