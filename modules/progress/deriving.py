"""Progress of learners, derived in a constant number of queries."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from modules.models import LessonRead, Registration, TrainingRecord
from modules.signals import attendance_requested
from quizzes.attempts.results import quiz_outcomes
from quizzes.models import Attempt

from .editions import asked_of, edition_of, outlines_of, registrations_of
from .outline import get_course_structure
from .states import USUAL_HELP_RULE, CourseProgress, ModuleProgress, NextStep, State, help_reason, later_of


class FactFilter:
    """Predicate of the facts that count: `applies(learner_pk, module, lesson or quiz key, when)`.
    After a restart only later facts count. `when` is None for what is open; for sessions, when attendance was noted.
    `until`, {module key: moment}, excludes later attempts and sessions held after that day.
    """

    def __init__(self, registrations, outlines, until=None):
        self.since, self.until = {}, {}
        for outline in (outline for own in outlines.values() for outline in own if outline.key in (until or {})):
            self.until |= dict.fromkeys([outline.key, *_quiz_keys(outline)], until[outline.key])
        for learner_pk, registration in registrations.items():
            self.since |= {
                (learner_pk, key): registration.counts_from
                for outline in _restarted_outlines(registration, outlines[learner_pk])
                for key in (outline.key, *(lesson.key for lesson in outline.lessons), *_quiz_keys(outline))
            }

    @property
    def is_active(self):
        return bool(self.since or self.until)

    def __call__(self, learner_pk, key, when, *, held_at=None):
        until = self.until.get(key) if self.until else None
        if until is not None and not _is_in_time(when, held_at, until):
            return False
        since = self.since.get((learner_pk, key)) if self.since else None
        return since is None or when is None or when >= since


def _is_in_time(when, held_at, until):
    if held_at is not None:
        return timezone.localdate(held_at) <= timezone.localdate(until)
    return when is not None and when <= until


def get_restarted_modules(registration):
    return set(map(UUID, registration.restarted_modules)) if registration and registration.counts_from else set()


def get_restarted_quizzes(registration, structure):
    outlines = _restarted_outlines(registration, asked_of(registration, structure))
    return {key: registration.counts_from for outline in outlines for key in _quiz_keys(outline)}


def _restarted_outlines(registration, outlines):
    restarted = get_restarted_modules(registration)
    return [outline for outline in outlines if outline.key in restarted] if restarted else []


def _quiz_keys(outline):
    return [key for key in (outline.quiz_key, outline.former_quiz_key) if key]


class RecordRow(NamedTuple):
    """The columns of a TrainingRecord that progress needs; `module_key` is None for the whole course."""

    registration: int | None
    module_key: UUID | None
    finished_at: datetime
    key: UUID


def get_record_rows(learners):
    """Return {learner_pk: [RecordRow]} of the valid records, oldest first, in one query."""
    records = defaultdict(list)
    for learner_pk, *row in _valid_rows().filter(learner__in=learners):
        records[learner_pk].append(RecordRow(*row))
    return records


@cache
def _valid_rows():
    # Cached: building the queryset takes longer than the query.
    rows = TrainingRecord.objects.valid().order_by("finished_at", "pk")
    return rows.values_list("learner_id", "registration_id", "module_key", "finished_at", "key")


def split_records(records, registration):
    """Return three {module key: RecordRow}: of this registration, carried over from earlier ones, the rest."""
    current_pk = registration and registration.pk
    current = {row.module_key: row for row in records if row.registration == current_pk}
    if len(current) == len(records):
        return current, {}, {}
    earlier = {row.module_key: row for row in records if row.registration != current_pk}
    restarted = get_restarted_modules(registration)
    carried = {key: row for key, row in earlier.items() if key and key not in restarted and key not in current}
    return current, carried, {key: row for key, row in earlier.items() if key not in carried}


class AttendedSession(NamedTuple):
    """A learner attended a session on a module (its stable key; None: on no module)."""

    learner: int
    module: UUID | None
    # When the attendance was noted dates the fact; when the session was held does not.
    noted_at: datetime
    held_at: datetime
    # Whether it replaces reading the lessons.
    counts: bool


@dataclass
class SessionSummary:
    # When the first one that counts was noted.
    counted_at: datetime | None = None
    first_held: datetime | None = None
    last_held: datetime | None = None

    def add(self, session, *, applies):
        self.first_held = min(session.held_at, self.first_held or session.held_at)
        self.last_held = max(session.held_at, self.last_held or session.held_at)
        if applies and session.counts:
            self.counted_at = min(session.noted_at, self.counted_at or session.noted_at)


def summarize_sessions(learners, applies=None):
    """Return {learner_pk: {module key or None: SessionSummary}} in one query; `applies` is a FactFilter."""
    summaries = defaultdict(lambda: defaultdict(SessionSummary))
    for session in get_attendance(learners):
        is_counted = applies is None or applies(
            session.learner, session.module, session.noted_at, held_at=session.held_at
        )
        summaries[session.learner][session.module].add(session, applies=is_counted)
    return summaries


def get_attendance(learners):
    return [session for _receiver, answer in attendance_requested.send(None, learners=learners) for session in answer]


def get_last_session(summaries):
    return max((summary.last_held for summary in summaries.values()), default=None)


def get_started_learners(pks):
    """Return the pks of the learners who read a lesson, tried a quiz or attended a session since a restart."""
    restarted = dict(
        Registration.objects.current()
        .filter(learner__in=pks, counts_from__isnull=False)
        .values_list("learner_id", "counts_from")
    )

    def applies(learner_pk, when):
        return learner_pk not in restarted or when >= restarted[learner_pk]

    started = {pk for pk, summaries in summarize_sessions(pks).items() if applies(pk, get_last_session(summaries))}
    for rows, moment in ((LessonRead.objects.all(), "read_at"), (Attempt.objects.worked_on(), "done_at")):
        facts = rows.filter(learner__in=pks).order_by()
        if not restarted:
            started.update(facts.values_list("learner_id", flat=True).distinct())
            continue
        last = facts.values("learner_id").annotate(last=Max(moment)).values_list("learner_id", "last")
        started.update(learner_pk for learner_pk, when in last if applies(learner_pk, when))
    return started


def get_finished_learners(pks):
    finished = TrainingRecord.objects.valid().of_the_course()
    finished = finished.filter(learner__in=pks, registration__ended_at=None)
    return set(finished.values_list("learner_id", flat=True))


def progress_of(learner, now=None, structure=None):
    return progress_by_learner([learner], now=now, structure=structure)[learner.pk]


def progress_by_learner(learners, now=None, structure=None):
    """Return {learner_pk: CourseProgress}, each in their own edition, in six queries (five with the `structure`)."""
    learners, structure = list(learners), structure or get_course_structure()
    pks = [learner.pk for learner in learners]
    registrations = registrations_of(pks)
    editions = {pk: edition_of(registrations.get(pk), structure) for pk in pks}
    # Thousands of learners share few editions.
    by_edition = {edition and edition.pk: outlines_of(edition, structure) for edition in set(editions.values())}
    outlines = {pk: by_edition[edition and edition.pk] for pk, edition in editions.items()}
    records = get_record_rows(pks)
    return progress_in_modules(
        outlines, learners, registrations=registrations, records=records, now=now, editions=editions
    )


def progress_in_modules(outlines, learners, *, registrations, records, now=None, until=None, editions=None):
    """Return {learner_pk: CourseProgress} for the `outlines`, {learner_pk: [ModuleOutline]}, in three queries.
    Without `records` (see `get_record_rows`), only the facts decide. `until` is that of `FactFilter`.
    """
    now, pks = now or timezone.now(), [learner.pk for learner in learners]
    lists = {id(own): own for own in outlines.values()}
    applies = FactFilter(registrations, outlines, until)
    applies = applies if applies.is_active else None
    reads = lessons_read_by(pks, applies)
    # Quizzes outside modules too: they are activity.
    outcomes = quiz_outcomes(pks, counts=applies) if pks else {}
    sessions = summarize_sessions(pks, applies) if pks else {}
    # Most modules of most learners are not started: their progress is derived once and shared.
    not_started = {
        key: [derive_module_progress(outline, read_at={}, quiz=None, now=now) for outline in own]
        for key, own in lists.items()
    }
    index_of = {
        key: {lesson.key: index for index, outline in enumerate(own) for lesson in outline.lessons}
        for key, own in lists.items()
    }
    quiz_activity, result = _last_quiz_activity(outcomes), {}
    for pk in pks:
        registration, own, has_records = registrations.get(pk), outlines[pk], pk in records
        current, carried, earlier = split_records(records[pk], registration) if has_records else ({}, {}, {})
        restarted_at = registration.registered_at if registration and registration.counts_from else None
        own_sessions = sessions.get(pk, {})
        active_at = _active_at(reads.get(pk), quiz_activity.get(pk), own_sessions, current, registration)
        read_in = _by_module(reads.get(pk), index_of[id(own)])
        modules = list(not_started[id(own)])
        for index, outline in enumerate(own):
            read_at = read_in.get(index, {})
            outcome = _outcome_of_module(outcomes, pk, outline) if pk in quiz_activity else None
            summary = own_sessions.get(outline.key)
            if read_at or outcome or summary or has_records or restarted_at:
                modules[index] = derive_module_progress(
                    outline,
                    read_at=read_at,
                    quiz=outcome,
                    attended_at=summary and summary.counted_at,
                    last_session_at=summary and summary.last_held,
                    active_at=active_at,
                    recorded_at=_finished_at(current.get(outline.key) or carried.get(outline.key)),
                    previously_finished_at=_finished_at(earlier.get(outline.key)),
                    is_carried=outline.key in carried,
                    restarted_at=restarted_at,
                    now=now,
                )
        whole = current.get(None)
        result[pk] = CourseProgress(
            modules,
            registration=registration,
            active_at=active_at,
            recorded_at=whole and whole.finished_at,
            record_key=whole and whole.key,
            recorded_modules=frozenset(current | carried) - {None},
            previously_finished_at=_finished_at(earlier.get(None)),
            edition=editions and editions[pk],
        )
    return result


def _last_quiz_activity(outcomes):
    last = {}
    for (learner_pk, _quiz), outcome in outcomes.items():
        moments = [moment for moment in (last.get(learner_pk), outcome.last_activity) if moment]
        last[learner_pk] = max(moments, default=None)
    return last


def _active_at(reads, quiz_activity, sessions, recorded, registration):
    moments = [
        *(reads or {}).values(),
        quiz_activity,
        get_last_session(sessions),
        *map(_finished_at, recorded.values()),
    ]
    last = max((moment for moment in moments if moment), default=None)
    since = registration and registration.counts_from
    return None if last and since and last < since else last


def _by_module(reads, index_of):
    found = {}
    for key, read_at in (reads or {}).items():
        index = index_of.get(key)
        if index is not None:
            found.setdefault(index, {})[key] = read_at
    return found


def _outcome_of_module(outcomes, learner_pk, outline):
    outcome = outcomes.get((learner_pk, outline.quiz_key))
    former = outcomes.get((learner_pk, outline.former_quiz_key)) if outline.former_quiz_key else None
    return former if former and former.passed else outcome


def _finished_at(row):
    return row and row.finished_at


def progress_in_module(learner, outline):
    registrations = registrations_of([learner])
    required = asked_of(registrations.get(learner.pk), get_course_structure())
    own = next((own for own in required if own.key == outline.key), None)
    progress = progress_in_modules(
        {learner.pk: [own or outline]}, [learner], registrations=registrations, records=get_record_rows([learner])
    )
    return replace(progress[learner.pk].modules[0], is_required=own is not None)


def lessons_read_by(learners, applies=None):
    """Return {learner_pk: {lesson_key: read_at}}, empty for a learner who read none; `applies` is a FactFilter."""
    reads = defaultdict(dict)
    facts = LessonRead.objects.filter(learner__in=learners).values_list("learner_id", "lesson_key", "read_at")
    for learner_pk, lesson_key, read_at in facts:
        if applies is None or applies(learner_pk, lesson_key, read_at):
            of_learner = reads[learner_pk]
            if read_at < of_learner.setdefault(lesson_key, read_at):
                of_learner[lesson_key] = read_at
    return reads


def get_step_after(learner, lesson, outline):
    progress = progress_in_module(learner, outline)
    index = [own.key for own in outline.lessons].index(lesson.translation_key)
    later = outline.lessons[index + 1 :]
    # Who reads a lesson again goes on with what is missing, such as the quiz; in a finished module with the next one.
    unread = {other.key for other in progress.unread_lessons}
    following = later if progress.is_finished else [other for other in later if other.key in unread]
    if following:
        return NextStep(following[0].title, following[0].url, following[0].language)
    return progress.next_step


def derive_module_progress(
    outline,
    *,
    read_at,
    quiz,
    now,
    attended_at=None,
    last_session_at=None,
    active_at=None,
    recorded_at=None,
    restarted_at=None,
    **fields,
):
    """Return the `ModuleProgress` from {lesson_key: read_at} and the quiz outcome (or None).
    `recorded_at` overrides the facts.
    """
    moments = [*read_at.values(), quiz and quiz.last_activity, attended_at]
    last_activity = max((moment for moment in moments if moment), default=None)
    has_content = bool(outline.lessons or outline.quiz_key)
    all_read = attended_at is not None or len(read_at) == len(outline.lessons)
    quiz_done = outline.quiz_key is None or (quiz is not None and quiz.passed)
    reason, started_at = "", last_activity or last_session_at
    quiet_since = started_at and later_of(active_at or started_at, restarted_at)
    if recorded_at or (has_content and quiz_done and all_read):
        state = State.FINISHED
    elif all_read and quiz and quiz.pending:
        state = State.PENDING
    elif started_at is None:
        state = State.NOT_STARTED
    elif reason := help_reason(quiz, last_activity=quiet_since, now=now, rule=USUAL_HELP_RULE):
        state = State.NEEDS_HELP
    else:
        state = State.IN_PROGRESS
    return ModuleProgress(
        outline,
        state,
        lessons_read=frozenset(read_at),
        quiz=quiz,
        help_reason=reason,
        last_activity=last_activity or recorded_at,
        attended_at=attended_at,
        last_session_at=last_session_at,
        active_at=active_at,
        recorded_at=recorded_at,
        restarted_at=restarted_at,
        **fields,
    )
