"""What a learner did: lesson read, modules restarted; and what becomes of it with the account."""

from datetime import datetime, time

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from modules.models import LessonRead, Registration, TrainingRecord
from quizzes.models import Attempt

from .deriving import sessions_attended
from .editions import asked_of, edition_in_force, registrations_of
from .outline import course_structure
from .training_record import record_finished, registered


def mark_lesson_read(learner, lesson, *, read_at=None, now):
    """Keep the fact that `learner` read, or skipped, the lesson (a page or an outline), and what that finished.

    The first time stays. Whoever began the course anew reads it once more, beside the first time. `read_at` is before
    `now` where it is told later.
    """
    read_at = read_at or now
    key = getattr(lesson, "translation_key", None) or lesson.key
    registration = registrations_of([learner]).get(learner.pk)
    fact = LessonRead(learner=learner, lesson_key=key, read_at=read_at)
    since = registration.counts_from if registration else None
    if (
        since
        and since <= read_at
        and LessonRead.objects.filter(learner=learner, lesson_key=key, read_at__lt=since).exists()
    ):
        fact.again_for = registration
    LessonRead.objects.bulk_create([fact], ignore_conflicts=True)
    asked = asked_of(registration, course_structure())
    together = [{other.key for other in outline.lessons} for outline in asked]
    together = next((keys for keys in together if key in keys), set())
    read = LessonRead.objects.filter(learner=learner, lesson_key__in=together).values("lesson_key").distinct()
    # Only the last lesson of a module can finish it.
    if together and read.count() == len(together):
        record_finished([learner], now=now)


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


def hand_over_reading(old, learner):
    """Give `learner` what `old`, an account of the same person, read; of a lesson read in both the first time stays.

    What was read once more, by whoever began the course anew, goes along beside it. Call it after `hand_over_records`.
    """
    read = {row.lesson_key: row for row in LessonRead.objects.filter(learner=learner, again_for=None)}
    LessonRead.objects.filter(learner=old).exclude(again_for=None).update(learner=learner)
    registration = registrations_of([learner]).get(learner.pk)
    for row in LessonRead.objects.filter(learner=old):
        known = read.get(row.lesson_key)
        if known is not None:
            first, later = sorted([row, known], key=lambda one: one.read_at)
            _leave(later, first, registration)
            first.learner = learner
            first.save(update_fields=["learner"])
            continue
        row.learner = learner
        row.save(update_fields=["learner"])


def _leave(later, first, registration):
    """Keep the second time that a lesson was read where it counts, and the first does not; else it goes."""
    since = registration.counts_from if registration else None
    known = LessonRead.objects.filter(again_for=registration, lesson_key=later.lesson_key)
    if since and first.read_at < since <= later.read_at and not known.exists():
        later.learner_id, later.again_for = registration.learner_id, registration
        later.save(update_fields=["learner", "again_for"])
    else:
        later.delete()


def delete_reading_of(learner):
    """Delete what a person read."""
    LessonRead.objects.filter(learner=learner).delete()
