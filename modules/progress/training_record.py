"""The training record: written, revoked and reinstated by facts."""

from collections import defaultdict
from datetime import timedelta
from itertools import batched
from operator import attrgetter, itemgetter
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Min
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from modules.models import LessonRead, ModuleStart, Registration, TrainingRecord, Workplace
from modules.signals import past_workplaces_requested, session_workplaces_requested, workplaces_requested
from quizzes.attempts.grading import last_grade_change
from quizzes.base.identifiers import stable_key
from quizzes.models import Attempt

from .deriving import (
    get_attendance,
    get_restarted_modules,
    get_restarted_quizzes,
    progress_by_learner,
    progress_in_modules,
)
from .editions import edition_in_force, outlines_of, pass_rule, read_edition, registrations_of
from .outline import course_outline, get_course_structure

WORKPLACE_FIELDS = tuple(field.name for field in Workplace._meta.local_fields)
_PERSONAL_FIELDS = ("role", "job_title")
MAX_REASON_LENGTH = 300
_BATCH_SIZE = 500
# A start noted later than this, such as attendance of weeks ago, does not belong to the workplace of today.
_LATE_AFTER = timedelta(days=3)


def get_workplaces(learners):
    """Return {learner_pk: {field of WORKPLACE_FIELDS: value}} of today, without unknown values."""
    known = defaultdict(dict)
    for _receiver, answer in workplaces_requested.send(None, learners=learners):
        for learner_pk, values in answer.items():
            known[learner_pk] |= {name: values[name] for name in WORKPLACE_FIELDS if values.get(name)}
    return known


def get_workplaces_at_sessions(moments, today):
    """Return {(learner_pk, moment): {field: value}} for the moments at which attendance was noted:
    the places of the session's group and the post of `today` (see `get_workplaces`).
    """
    places = _collect(session_workplaces_requested, moments)
    return {key: _personal_part(today[key[0]]) | values for key, values in places.items()}


def get_former_workplaces(starts):
    """Return {(learner_pk, counts_from): {field: value}} for [(learner_pk, counts_from, moment)] of the past:
    by the first record, else by the group of that day, else of today.
    """
    pks = {pk for pk, *_rest in starts}
    today, recorded = get_workplaces(get_user_model().objects.filter(pk__in=pks)), {}
    records = TrainingRecord.objects.filter(learner__in=pks, registration__isnull=False)
    fields = ("learner_id", "registration__counts_from", *WORKPLACE_FIELDS)
    for pk, counts_from, *values in records.order_by("finished_at", "pk").values_list(*fields):
        recorded.setdefault((pk, counts_from), {k: v for k, v in zip(WORKPLACE_FIELDS, values, strict=True) if v})
    moments = [(pk, moment) for pk, counts_from, moment in starts if (pk, counts_from) not in recorded]
    places = _collect(past_workplaces_requested, moments)
    former = {}
    for pk, counts_from, moment in starts:
        values = _personal_part(today[pk]) | places[pk, moment] if (pk, moment) in places else today[pk]
        former[pk, counts_from] = recorded.get((pk, counts_from), values)
    return former


def _collect(signal, moments):
    places = {}
    for _receiver, answer in signal.send(None, moments=moments) if moments else ():
        places |= answer
    return places


def _personal_part(values):
    return {name: value for name, value in values.items() if name in _PERSONAL_FIELDS}


@transaction.atomic
def record_finished(learners, *, now=None):
    """Write the missing records of what the learners finished, dated with their last fact; return how many."""
    now, learners = now or timezone.now(), list(learners)
    return len(_write_finished(learners, progress_by_learner(learners, now=now), now))


@transaction.atomic
def _record_and_list(learner, *, now):
    progress = progress_by_learner([learner], now=now)
    written = {row.module_key: row.finished_at for row in _write_finished([learner], progress, now)}
    recorded = ((m.outline, m.recorded_at or written.get(m.outline.key)) for m in progress[learner.pk].modules)
    return [(outline, finished_at) for outline, finished_at in recorded if finished_at]


def _write_finished(learners, progress, now):
    finished = {learner.pk: rows for learner in learners if (rows := _missing_records(progress[learner.pk], now))}
    if not finished:
        return []
    learners = [learner for learner in learners if learner.pk in finished]
    registrations, today = ensure_registrations(learners, now=now), get_workplaces(learners)
    moments = [
        (pk, when)
        for pk, rows in finished.items()
        for _key, when in rows
        if any(module.attended_at == when for module in progress[pk].modules)
    ]
    at_sessions = get_workplaces_at_sessions(moments, today)
    rows = [
        TrainingRecord(
            learner_id=pk,
            registration=registrations[pk],
            edition_id=registrations[pk].edition_id,
            module_key=key,
            finished_at=when,
            recorded_at=now,
            **at_sessions.get((pk, when), today[pk]),
        )
        for pk, missing in finished.items()
        if pk in registrations
        for key, when in missing
    ]
    TrainingRecord.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)
    # The other starts are recorded at night; these now, so that reports know how long the course took.
    if pks := [row.learner_id for row in rows if row.module_key is None]:
        record_starts(pks, now=now)
    return rows


def _missing_records(progress, now):
    rows = [
        (module.outline.key, min(module.last_activity or now, now))
        for module in progress.modules
        if module.is_finished and not module.recorded_at
    ]
    if progress.finished and not progress.recorded_at:
        rows.append((None, min(progress.finished_at or now, now)))
    return rows


def ensure_registrations(learners, *, now):
    """Return {learner_pk: current Registration}, written where missing; empty without any edition."""
    registrations = registrations_of(learners)
    edition = edition_in_force(get_course_structure())
    missing = [learner for learner in learners if learner.pk not in registrations]
    if not missing or edition is None:
        return registrations
    rows = [Registration(learner=learner, edition=edition, registered_at=now) for learner in missing]
    Registration.objects.bulk_create(rows, ignore_conflicts=True)
    return registrations_of(learners)


def depends_on_quizzes(quizzes):
    def is_unsupported(module):
        return not module.quiz_passed and bool({module.outline.quiz_key, module.outline.former_quiz_key} & quizzes)

    return is_unsupported


def depends_on_sessions(modules):
    return lambda module: module.outline.key in modules and bool(module.unread_lessons)


@transaction.atomic
def revoke_unsupported_records(learner, *, reason, by, now, **criteria):
    """Revoke and return the records that the facts no longer support.
    Call it after a correction of a fact, never after an edit of the course. `criteria`: `find_unsupported_records`.
    """
    records = find_unsupported_records(learner, now=now, **criteria)
    _revoke(records, reason=reason, by=by, now=now)
    return records


def find_unsupported_records(learner, *, now, is_unsupported, since=None, exempt=frozenset()):
    """Return the valid records that facts until their day do not support; `is_unsupported(module)` decides."""
    valid = TrainingRecord.objects.valid().filter(learner=learner).exclude(registration=None)
    by_registration = defaultdict(list)
    for record in valid.select_related("registration", "edition").order_by("registration__registered_at", "pk"):
        by_registration[record.registration].append(record)
    found = []
    for registration, records in by_registration.items():
        candidates = [
            record for record in records if (since is None or record.finished_at >= since) and record.key not in exempt
        ]
        own = _unsupported_in_registration(learner, registration, records, candidates, is_unsupported, now=now)
        found += [*own, *_unsupported_course_records(found, registration, set(records) - set(own))]
    return found


def _revoke(records, *, reason, by, now):
    with translation.override(settings.LANGUAGE_CODE):
        reason = str(reason)[:MAX_REASON_LENGTH]
    TrainingRecord.objects.filter(pk__in=[record.pk for record in records]).update(
        revoked_at=now, revoked_by=by, revoked_reason=reason
    )


def _unsupported_in_registration(learner, registration, records, candidates, is_unsupported, *, now):
    found = []
    for edition in {record.edition_id: record.edition for record in records}.values():
        of_modules = [record for record in records if record.edition_id == edition.pk and record.module_key]
        progress = _progress_until(learner, registration, edition, of_modules, now=now)
        unsupported = {module.outline.key for module in progress.modules if is_unsupported(module)}
        # A module that left the course is not among them: no one corrected anything in it.
        found += [record for record in of_modules if record.module_key in unsupported and record in candidates]
    return found + _course_records_with(records, {record.module_key for record in found})


def _unsupported_course_records(revoked, registration, records):
    lost = {record.module_key for record in revoked} - get_restarted_modules(registration) - {None}
    return _course_records_with(records, lost - {record.module_key for record in records})


def _course_records_with(records, module_keys):
    keys = set(map(str, module_keys))
    return [
        record
        for record in records
        if record.module_key is None and keys & {module["key"] for module in record.edition.contents}
    ]


def _progress_until(learner, registration, edition, records, *, now):
    progress = progress_in_modules(
        {learner.pk: outlines_of(edition, get_course_structure())},
        [learner],
        registrations={learner.pk: registration},
        records={},
        now=now,
        until={record.module_key: record.finished_at for record in records},
    )
    return progress[learner.pk]


@transaction.atomic
def reinstate_records(learners, modules, *, now):
    """Reinstate records that the facts support again, unless replaced; return them as they were when revoked.
    Call it after attendance on these modules (keys) was corrected, before `record_finished`.
    """
    revoked = TrainingRecord.objects.filter(learner__in=learners, revoked_at__isnull=False)
    revoked = revoked.exclude(registration=None).select_related("registration", "edition", "learner", "revoked_by")
    by_learner = defaultdict(list)
    for record in revoked.order_by("-revoked_at", "-pk") if modules else ():
        by_learner[record.learner].append(record)
    reinstated = []
    for learner, records in by_learner.items():
        reinstated += _records_to_reinstate(learner, records, modules, now=now)
    TrainingRecord.objects.filter(pk__in=[record.pk for record in reinstated]).update(
        revoked_at=None, revoked_by=None, revoked_reason=""
    )
    return reinstated


def _records_to_reinstate(learner, revoked, modules, *, now):
    valid = defaultdict(dict)
    rows = TrainingRecord.objects.valid().filter(learner=learner).exclude(registration=None)
    for record in rows.select_related("registration"):
        valid[record.registration][record.module_key] = record
    lost, reinstated = defaultdict(dict), []
    for record in revoked:
        is_own = record.edition_id == record.registration.edition_id
        if is_own and record.module_key not in valid[record.registration]:
            lost[record.registration].setdefault(record.module_key, record)
    for registration in sorted({*valid, *lost}, key=attrgetter("registered_at", "pk")):
        of_modules = [record for key, record in lost[registration].items() if key in modules]
        for record in _supported_records(learner, registration, of_modules, now=now):
            valid[registration][record.module_key] = record
            reinstated.append(record)
        whole = lost[registration].get(None)
        if whole and reinstated and _has_all_modules(whole, registration, valid, revoked):
            valid[registration][None] = whole
            reinstated.append(whole)
    return reinstated


def _supported_records(learner, registration, records, *, now):
    if not records:
        return []
    progress = _progress_until(learner, registration, registration.edition, records, now=now)
    finished = {module.outline.key for module in progress.modules if module.is_finished}
    return [record for record in records if record.module_key in finished]


def _has_all_modules(whole, registration, valid, revoked):
    current, restarted = {}, get_restarted_modules(registration)
    for other in sorted(valid, key=attrgetter("registered_at", "pk")):
        is_earlier = other != registration
        current |= {key: row for key, row in valid[other].items() if key and not (is_earlier and key in restarted)}
        if not is_earlier:
            break
    keys = {UUID(module["key"]) for module in whole.edition.contents}
    lost = {record.module_key for record in revoked} - current.keys()
    return not keys & lost and all(current[key].finished_at <= whole.finished_at for key in keys & current.keys())


@transaction.atomic
def reassign_records(old, learner, *, reason, by, now):
    """Move registrations, records and starts of `old`, another account of the same person.
    Of duplicates the later is revoked. Returns {key of the revoked record: key of the valid one}.
    """
    current = Registration.objects.current().filter(learner__in=[old, learner]).select_related("edition")
    current = sorted(current, key=_precedence, reverse=True)
    instead = {}
    if len(current) == 2:
        remaining, ended = current
        Registration.objects.filter(pk=ended.pk).update(ended_at=now)
        if _requirements(ended) == _requirements(remaining):
            instead = _join_records(remaining, ended, reason=reason, by=by, now=now)
    Registration.objects.filter(learner=old).update(learner=learner)
    TrainingRecord.objects.filter(learner=old).update(learner=learner)
    TrainingRecord.objects.filter(revoked_by=old).update(revoked_by=learner)
    _reassign_starts(old, learner)
    return instead


def _precedence(registration):
    finished = registration.records.valid().of_the_course().first()
    moments = [registration.counts_from, finished and finished.finished_at]
    return (
        *(moment.timestamp() if moment else 0 for moment in moments),
        -registration.registered_at.timestamp(),
        registration.pk,
    )


def _requirements(registration):
    return registration.edition_id, registration.counts_from, sorted(registration.restarted_modules)


def _join_records(remaining, ended, *, reason, by, now):
    instead = {}
    known = {record.module_key: record for record in remaining.records.valid()}
    for record in ended.records.valid():
        other = known.get(record.module_key)
        if other is not None:
            first, later = sorted([record, other], key=attrgetter("finished_at", "pk"))
            instead[later.key] = first.key
            _revoke([later], reason=reason, by=by, now=now)
        if other is None or later is other:
            TrainingRecord.objects.filter(pk=record.pk).update(registration=remaining)
    return instead


def _reassign_starts(old, learner):
    known = {start.counts_from: start for start in ModuleStart.objects.filter(learner=learner)}
    for start in ModuleStart.objects.filter(learner=old):
        if other := known.get(start.counts_from):
            later = max(start, other, key=attrgetter("started_at", "pk"))
            later.delete()
            if later is start:
                continue
        start.learner = learner
        start.save(update_fields=["learner"])


def anonymize_records(learner, fields_to_keep, names_person):
    """Blank a deleted learner's records and starts, except month and `fields_to_keep(row)`.
    Erases reasons of revocation, on anyone's record, for which `names_person(text)` is true.
    """
    with translation.override(settings.LANGUAGE_CODE):
        erased = _("The reason named a person whose account was deleted.")
    for record in TrainingRecord.objects.exclude(revoked_reason="").only("revoked_reason"):
        if names_person(record.revoked_reason):
            TrainingRecord.objects.filter(pk=record.pk).update(revoked_reason=erased)
    for record in TrainingRecord.objects.filter(learner=learner).select_related("registration"):
        record.is_former = record.registration is not None and record.registration.ended_at is not None
        record.registration = None
        _anonymize(record, fields_to_keep(record), ("finished_at", "recorded_at", "revoked_at"))
    for start in ModuleStart.objects.filter(learner=learner):
        start.counts_from = None
        _anonymize(start, fields_to_keep(start), ("started_at",))


def _anonymize(row, kept_fields, moments):
    for name in WORKPLACE_FIELDS:
        if name not in kept_fields:
            setattr(row, name, None if name.endswith("_key") else "")
    for name in moments:
        if when := getattr(row, name):
            month = timezone.localtime(when).replace(day=1, hour=12, minute=0, second=0, microsecond=0)
            setattr(row, name, month)
    row.learner = None
    row.save()


@transaction.atomic
def record_starts(pks=None, *, now):
    people = get_user_model().objects.all()
    people = people if pks is None else people.filter(pk__in=pks)
    started = _first_starts(people.filter(module_starts=None)) | _restarts(people)
    known = ModuleStart.objects.filter(learner__in=people).exclude(counts_from=None)
    has_restarts = any(counts_from for _pk, counts_from in started)
    recorded = set(known.values_list("learner_id", "counts_from")) if has_restarts else ()
    missing = [
        (pk, counts_from, when) for (pk, counts_from), when in started.items() if (pk, counts_from) not in recorded
    ]
    for batch in batched(sorted(missing, key=itemgetter(0, 2)), _BATCH_SIZE):
        late = [row for row in batch if now - row[2] > _LATE_AFTER]
        today = get_workplaces(get_user_model().objects.filter(pk__in={pk for pk, *_rest in batch}))
        former = get_former_workplaces(late) if late else {}
        ModuleStart.objects.bulk_create(
            [
                ModuleStart(
                    learner_id=pk,
                    counts_from=counts_from,
                    started_at=min(when, now),
                    **(former[pk, counts_from] if (pk, counts_from) in former else today[pk]),
                )
                for pk, counts_from, when in batch
            ],
            ignore_conflicts=True,
        )
    return len(missing)


def _first_starts(people):
    first = {}
    for rows, field in _activity_sources():
        facts = rows.filter(learner__in=people.values("pk")).order_by().values("learner_id")
        for pk, when in facts.annotate(first=Min(field)).values_list("learner_id", "first"):
            first[pk, None] = min(when, first.get((pk, None), when))
    for session in get_attendance(people):
        key = session.learner, None
        first[key] = min(session.held_at, first.get(key, session.held_at))
    return first


def _restarts(people):
    restarts = defaultdict(list)
    registrations = Registration.objects.filter(learner__in=people.values("pk"), counts_from__isnull=False)
    for pk, since in registrations.order_by("counts_from").values_list("learner_id", "counts_from"):
        restarts[pk].append(since)
    started = {}
    for pk, when in _activity_times(restarts) if restarts else ():
        since = next((since for since in reversed(restarts[pk]) if since <= when), None)
        if since is not None:
            started[pk, since] = min(when, started.get((pk, since), when))
    return started


def _activity_times(pks):
    for rows, field in _activity_sources():
        yield from rows.filter(learner__in=pks).values_list("learner_id", field)
    yield from ((session.learner, session.held_at) for session in get_attendance(pks))


def _activity_sources():
    editions = get_course_structure().editions.values()
    quizzes = {UUID(module["quiz"]) for edition in editions for module in edition.contents if module["quiz"]}
    quizzes |= {module.quiz_key for module in course_outline() if module.quiz_key}
    attempts = Attempt.objects.worked_on().filter(quiz_key__in=quizzes)
    return [(LessonRead.objects.all(), "read_at"), (attempts, "done_at")]


def record_attempt(attempt, passed_before=None, **kwargs):
    """Receive a new or changed grade; `passed_before` is None for the first. Returns what `get_woven_url` does."""
    now = timezone.now()
    # No record rests on an attempt that was not passed before either, or that was submitted later.
    if not attempt.passed and passed_before is not False:
        records = TrainingRecord.objects.valid().filter(learner=attempt.learner_id)
        if records.filter(finished_at__gte=attempt.submitted_at).exists():
            by, reason = last_grade_change(attempt)
            revoke_unsupported_records(
                attempt.learner,
                reason=reason or gettext_lazy("A quiz was graded again and is not passed any more."),
                by=by,
                now=now,
                is_unsupported=depends_on_quizzes({attempt.quiz_key}),
                since=attempt.submitted_at,
            )
    finished = _record_and_list(attempt.learner, now=now)
    return _woven_url(attempt, finished) if attempt.passed else None


def get_woven_url(attempt, **kwargs):
    """Return the URL of the motif of the module that the attempt finished, or None."""
    if not attempt.passed:
        return None
    records = TrainingRecord.objects.valid().filter(learner=attempt.learner_id, finished_at__in=_attempt_times(attempt))
    finished = dict(records.exclude(module_key=None).values_list("module_key", "finished_at"))
    if not finished:
        return None
    outlines = outlines_of(*read_edition(attempt.learner_id))
    return _woven_url(attempt, [(outline, finished[outline.key]) for outline in outlines if outline.key in finished])


def _woven_url(attempt, finished):
    # A record is dated with the last fact it rests on: a module finished earlier has another date.
    new = (outline for outline, finished_at in finished if finished_at in _attempt_times(attempt))
    outline = next((own for own in new if attempt.quiz_key in (own.quiz_key, own.former_quiz_key)), None)
    return outline and reverse("woven", args=[outline.number])


def _attempt_times(attempt):
    return [moment for moment in (attempt.submitted_at, attempt.second_chance_at) if moment]


def get_pass_rule(learner, quiz_key, **kwargs):
    edition, _structure = read_edition(learner.pk)
    return pass_rule(edition, quiz_key)


def get_counting_since(learner, **kwargs):
    """Return {quiz key: moment from which attempts count} of the learner (a pk) after a restart."""
    registration = registrations_of([learner]).get(learner)
    if registration is None or registration.counts_from is None:
        return {}
    return get_restarted_quizzes(registration, get_course_structure())


def get_referenced_lessons(references, quiz_key, **kwargs):
    """Return {reference: (title, address, language)} of the lessons, and under "" the module of the quiz."""
    outline = course_outline()
    lessons = {lesson.key: lesson for module in outline for lesson in module.lessons}
    found = {}
    if module := next((own for own in outline if quiz_key in (own.quiz_key, own.former_quiz_key)), None):
        found[""] = (f"{module.number}. {module.title}", module.url, module.language)
    for reference in references:
        identifier, _mark, anchor = reference.partition("#")
        if lesson := lessons.get(stable_key(identifier)):
            found[reference] = (lesson.title, f"{lesson.url}#{anchor}" if anchor else lesson.url, lesson.language)
    return found
