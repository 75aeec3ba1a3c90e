"""Lessons read and course restarts."""

from datetime import datetime, time
from operator import attrgetter

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from modules.models import LessonRead, Registration, TrainingRecord
from quizzes.models import Attempt

from .deriving import summarize_sessions
from .editions import asked_of, edition_in_force, registrations_of
from .outline import get_course_structure
from .training_record import ensure_registrations, record_finished


def mark_lesson_read(learner, lesson, *, read_at=None, now):
    """Save the first time that the learner read or skipped the lesson, and record what that finished.
    `read_at` is earlier than `now` when an offline device delivers late.
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
        fact.reread_in = registration
    LessonRead.objects.bulk_create([fact], ignore_conflicts=True)
    keys = next(
        (own.lesson_keys for own in asked_of(registration, get_course_structure()) if key in own.lesson_keys), ()
    )
    read = LessonRead.objects.filter(learner=learner, lesson_key__in=keys).values("lesson_key").distinct()
    # Only the last lesson of a module can finish it.
    if keys and read.count() == len(keys):
        record_finished([learner], now=now)


class CannotRestart(ValueError):
    """The message is for the trainer."""


def check_start_day(since, *, now):
    if since > timezone.localdate(now):
        raise CannotRestart(_("This day is in the future. Choose today or an earlier day."))


def start_of_day(day):
    return timezone.make_aware(datetime.combine(day, time.min))


@transaction.atomic
def restart_course(learners, modules, *, since, name, by=None, now):
    """Restart `modules` (stable keys) for the learners active before the day `since`; idempotent.
    Only what is done from that day on counts in them. Returns the learners; raises `CannotRestart`.
    """
    check_start_day(since, now=now)
    edition = edition_in_force(get_course_structure())
    # In one order, so that two trainers who restart the same learners do not deadlock.
    learners = get_user_model().objects.filter(pk__in=[learner.pk for learner in learners])
    learners = list(learners.select_for_update(no_key=True).order_by("pk"))
    learners = get_learners_to_restart(learners, modules, since=since)
    if edition is None or not learners:
        return []
    # What they finished so far, by the old registration.
    record_finished(learners, now=now)
    current = ensure_registrations(learners, now=now)
    Registration.objects.filter(pk__in=[current[learner.pk].pk for learner in learners]).update(ended_at=now)
    Registration.objects.bulk_create(
        Registration(
            learner=learner,
            edition=edition,
            registered_at=now,
            counts_from=start_of_day(since),
            restarted_modules=sorted(map(str, modules)),
            name=name,
            restarted_by=by,
        )
        for learner in learners
    )
    # What was done since that day may already have finished something.
    record_finished(learners, now=now)
    return learners


def get_learners_to_restart(learners, modules, *, since):
    learners, moment, modules = list(learners), start_of_day(since), sorted(map(str, modules))
    registrations, active = registrations_of(learners), _active_before(learners, moment)

    def is_changed(learner):
        registration = registrations.get(learner.pk)
        if registration is None or registration.counts_from is None:
            return learner.pk in active
        return (registration.counts_from, sorted(registration.restarted_modules)) != (moment, modules)

    return [learner for learner in learners if is_changed(learner)]


def _active_before(learners, moment):
    querysets = [
        LessonRead.objects.filter(learner__in=learners, read_at__lt=moment),
        Attempt.objects.filter(learner__in=learners, started_at__lt=moment),
        TrainingRecord.objects.filter(learner__in=learners, finished_at__lt=moment),
    ]
    active = {pk for rows in querysets for pk in rows.order_by().values_list("learner_id", flat=True).distinct()}
    sessions = summarize_sessions(learners).items()
    return active | {pk for pk, own in sessions if any(summary.first_held < moment for summary in own.values())}


def reassign_lessons_read(old, learner):
    """Move the lessons read by `old`, another account of the same person; call it after `reassign_records`."""
    read = {row.lesson_key: row for row in LessonRead.objects.filter(learner=learner, reread_in=None)}
    LessonRead.objects.filter(learner=old).exclude(reread_in=None).update(learner=learner)
    registration = registrations_of([learner]).get(learner.pk)
    for row in LessonRead.objects.filter(learner=old):
        first = row
        if row.lesson_key in read:
            first, later = sorted([row, read[row.lesson_key]], key=attrgetter("read_at"))
            _save_as_reread_or_delete(later, first, registration)
        first.learner = learner
        first.save(update_fields=["learner"])


def _save_as_reread_or_delete(later, first, registration):
    since = registration.counts_from if registration else None
    reread = LessonRead.objects.filter(reread_in=registration, lesson_key=later.lesson_key)
    if since and first.read_at < since <= later.read_at and not reread.exists():
        later.learner_id, later.reread_in = registration.learner_id, registration
        later.save(update_fields=["learner", "reread_in"])
    else:
        later.delete()


def delete_lessons_read(learner):
    LessonRead.objects.filter(learner=learner).delete()
