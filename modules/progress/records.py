"""The record of training: written once when something is finished, annulled when what it rests on was a mistake."""

from collections import defaultdict

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from modules.models import Beginning, Registration, TrainingRecord

from .beginnings import hand_over_beginnings, record_beginnings
from .circumstances import CIRCUMSTANCES, circumstances_at_sessions, circumstances_today
from .counting import again_in
from .deriving import progress_by_learner, progress_in
from .editions import edition_in_force, outlines_of, registrations_of
from .structure import course_structure

LONGEST_REASON = 300


@transaction.atomic
def record_finished(learners, *, now=None):
    """Write what these people finished and is not on record yet; return how many rows that were.

    Twice is once. Each row is dated with the last fact that it rests on.
    """
    now, learners = now or timezone.now(), list(learners)
    return len(_write_finished(learners, progress_by_learner(learners, now=now), now))


@transaction.atomic
def record_and_tell(learner, *, now):
    """Do the same for one person; return [(ModuleOutline, when it was finished)] of the modules on record by then."""
    progress = progress_by_learner([learner], now=now)
    written = {row.module_key: row.finished_at for row in _write_finished([learner], progress, now)}
    recorded = ((m.outline, m.recorded_at or written.get(m.outline.key)) for m in progress[learner.pk].modules)
    return [(outline, finished_at) for outline, finished_at in recorded if finished_at]


def _write_finished(learners, progress, now):
    """Write the TrainingRecords that are missing, and return them."""
    finished = {learner.pk: rows for learner in learners if (rows := _to_record(progress[learner.pk], now))}
    if not finished:
        return []
    registrations = registered([learner for learner in learners if learner.pk in finished], now=now)
    today = circumstances_today([learner for learner in learners if learner.pk in finished])
    moments = [(pk, when) for pk, rows in finished.items() for _key, when in rows if _was_attending(progress[pk], when)]
    at_sessions = circumstances_at_sessions(moments, today)
    rows = [
        TrainingRecord(
            learner_id=learner_pk,
            registration=registrations[learner_pk],
            edition_id=registrations[learner_pk].edition_id,
            module_key=key,
            finished_at=when,
            recorded_at=now,
            **at_sessions.get((learner_pk, when), today[learner_pk]),
        )
        for learner_pk, of_learner in finished.items()
        if learner_pk in registrations
        for key, when in of_learner
    ]
    TrainingRecord.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)
    # So that it is known how long it took, although the others wait for the night.
    if whole := [row.learner_id for row in rows if row.module_key is None]:
        record_beginnings(whole, now=now)
    return rows


def _was_attending(progress, when):
    """Whether the last of what something rests on is that the person attended a session."""
    return any(module.attended_at == when for module in progress.modules)


def _to_record(progress, now):
    """Return [(module key, or None for all, when)] that is finished and not on record."""
    rows = [
        (module.outline.key, min(module.last_activity or now, now))
        for module in progress.modules
        if module.is_finished and not module.recorded_at
    ]
    if progress.finished and not progress.recorded_at:
        rows.append((None, min(progress.finished_at or now, now)))
    return rows


def registered(learners, *, now):
    """Return {learner_pk: Registration} of today, written for those who have none; empty without any edition."""
    registrations = registrations_of(learners)
    edition = edition_in_force(course_structure())
    missing = [learner for learner in learners if learner.pk not in registrations]
    if not missing or edition is None:
        return registrations
    rows = [Registration(learner=learner, edition=edition, registered_at=now) for learner in missing]
    Registration.objects.bulk_create(rows, ignore_conflicts=True)
    return registrations_of(learners)


def rests_on_quizzes(quizzes):
    """Return what `annul_what_fails` asks where attempts at these quizzes (keys) were corrected, and nothing else.

    By now the course may ask for more than it did when a module was finished, or for another quiz: that is nobody's
    mistake.
    """

    def falls(module):
        return not module.quiz_passed and bool({module.outline.quiz_key, module.outline.former_quiz_key} & quizzes)

    return falls


def rests_on_sessions(modules):
    """Return the same where it was corrected who attended sessions on these modules (keys)."""
    return lambda module: module.outline.key in modules and bool(module.unread_lessons)


@transaction.atomic
def annul_what_fails(learner, *, why, by, now, **which):
    """Annul the person's records that the facts do not bear any more; return them. `why` and `by` stay with each.

    Call it after a mark, a sheet or an attendance was corrected, never after the course was edited. `which` is of
    `what_fails`.
    """
    failing = what_fails(learner, now=now, **which)
    _annul(failing, why=why, by=by, now=now)
    return failing


def what_fails(learner, *, now, falls, since=None, spared=frozenset()):
    """Return the person's records that the facts do not bear.

    `falls(module)`, of a `ModuleProgress`, says which modules are concerned and are not borne; of those that were
    finished before `since` none, nor any whose key is among the `spared`. A record rests on what was done until its
    day: a quiz that was taken once more later, and not passed, ends nothing.
    """
    standing = TrainingRecord.objects.standing().filter(learner=learner).exclude(registration=None)
    by_registration = defaultdict(list)
    for record in standing.select_related("registration", "edition").order_by("registration__registered_at", "pk"):
        by_registration[record.registration].append(record)
    failing = []
    for registration, records in by_registration.items():
        concerned = [one for one in records if (since is None or one.finished_at >= since) and one.key not in spared]
        here = _without_facts(learner, registration, records, concerned, falls, now=now)
        failing += [*here, *_resting_on(failing, registration, set(records) - set(here))]
    return failing


def _annul(records, *, why, by, now):
    """Annul these records; the reason is kept in the language of the site, whoever gave it."""
    with translation.override(settings.LANGUAGE_CODE):
        why = str(why)[:LONGEST_REASON]
    TrainingRecord.objects.filter(pk__in=[record.pk for record in records]).update(
        annulled_at=now, annulled_by=by, annulled_reason=why
    )


def _without_facts(learner, registration, records, concerned, falls, *, now):
    """Return those of a registration's records that fall: each module as its own edition asked for it."""
    failing = []
    for edition in {record.edition_id: record.edition for record in records}.values():
        of_modules = [record for record in records if record.edition_id == edition.pk and record.module_key]
        until = {record.module_key: record.finished_at for record in of_modules}
        asked = {learner.pk: outlines_of(edition, course_structure())}
        progress = progress_in(
            asked, [learner], registrations={learner.pk: registration}, records={}, now=now, until=until
        )
        fails = {module.outline.key for module in progress[learner.pk].modules if falls(module)}
        # A module that is gone from the course is not asked about: nobody corrected anything in it.
        failing += [record for record in of_modules if record.module_key in fails and record in concerned]
    fallen = {str(record.module_key) for record in failing}
    whole = [record for record in records if record.module_key is None]
    return failing + [one for one in whole if fallen & {module["key"] for module in one.edition.contents}]


def _resting_on(annulled, registration, records):
    """Return the record of everything, where a module from before the restart was part of it."""
    lost = {record.module_key for record in annulled} - again_in(registration)
    lost -= {record.module_key for record in records}
    lost = {str(key) for key in lost if key}
    whole = [record for record in records if record.module_key is None]
    return [one for one in whole if lost & {module["key"] for module in one.edition.contents}]


@transaction.atomic
def hand_over_records(old, learner, *, why, by, now):
    """Give `learner` what `old`, an account of the same person, takes and has on record.

    Of two registrations of today one goes on; of two records of one thing the later is annulled. Return {its key: the
    key of that which stands}.
    """
    current = Registration.objects.current().filter(learner__in=[old, learner]).select_related("edition")
    current = sorted(current, key=_weight, reverse=True)
    instead = {}
    if len(current) == 2:
        goes_on, ends = current
        Registration.objects.filter(pk=ends.pk).update(ended_at=now)
        if _takes(ends) == _takes(goes_on):
            instead = _join_records(goes_on, ends, why=why, by=by, now=now)
    Registration.objects.filter(learner=old).update(learner=learner)
    TrainingRecord.objects.filter(learner=old).update(learner=learner)
    TrainingRecord.objects.filter(annulled_by=old).update(annulled_by=learner)
    hand_over_beginnings(old, learner)
    return instead


def _weight(registration):
    """Of two registrations the one begun anew last goes on, else the one that was finished last, else the first."""
    finished = registration.records.standing().of_the_course().first()
    moments = [registration.counts_from, finished and finished.finished_at]
    return (
        *(moment.timestamp() if moment else 0 for moment in moments),
        -registration.registered_at.timestamp(),
        registration.pk,
    )


def _takes(registration):
    """Return what is asked in a registration: of whoever begins the course anew it is another thing than before."""
    return registration.edition_id, registration.counts_from, sorted(registration.again)


def _join_records(goes_on, ends, *, why, by, now):
    instead = {}
    held = {record.module_key: record for record in goes_on.records.standing()}
    for record in ends.records.standing():
        other = held.get(record.module_key)
        if other is not None:
            first, later = sorted([record, other], key=lambda one: (one.finished_at, one.pk))
            instead[later.key] = first.key
            _annul([later], why=why, by=by, now=now)
        if other is None or later is other:
            TrainingRecord.objects.filter(pk=record.pk).update(registration=goes_on)
    return instead


def blank_records(learner, keeps, names_person):
    """Leave on the records of a person whose account goes the month, and of post and places what `keeps(record)` names.

    `names_person(text)` says whether the reason of an annulment, on whosever record, names the person: it goes then.
    """
    with translation.override(settings.LANGUAGE_CODE):
        erased = _("The reason named a person whose account was deleted.")
    for record in TrainingRecord.objects.exclude(annulled_reason="").only("annulled_reason"):
        if names_person(record.annulled_reason):
            TrainingRecord.objects.filter(pk=record.pk).update(annulled_reason=erased)
    for record in TrainingRecord.objects.filter(learner=learner).select_related("registration"):
        record.is_former = record.registration is not None and record.registration.ended_at is not None
        record.registration = None
        _blank(record, keeps(record), ("finished_at", "recorded_at", "annulled_at"))
    for beginning in Beginning.objects.filter(learner=learner):
        beginning.counts_from = None
        _blank(beginning, keeps(beginning), ("began_at",))


def _blank(row, kept, moments):
    for name in CIRCUMSTANCES:
        if name not in kept:
            setattr(row, name, None if name.endswith("_key") else "")
    for name in moments:
        if when := getattr(row, name):
            setattr(row, name, _month_of(when))
    row.learner = None
    row.save()


def _month_of(when):
    return timezone.localtime(when).replace(day=1, hour=12, minute=0, second=0, microsecond=0)
