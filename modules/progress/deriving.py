"""Which facts count for whom: of whoever began the course anew, in the modules that count again, those since then."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from modules.models import LessonRead, Registration, TrainingRecord
from modules.signals import attended_asked
from quizzes.attempts.results import quiz_outcomes
from quizzes.models import Attempt

from .editions import asked_of, edition_of, outlines_of, registrations_of
from .outline import course_structure
from .states import USUAL_HELP_RULE, CourseProgress, ModuleProgress, NextStep, State, later_of, why_help_is_needed


class Counting:
    """Answers whether a fact counts for a person: `counts(learner_pk, key of a module, lesson or quiz, when)`.

    `when` is None for what still goes on; of a session it is when that was noted, and `held_at` when the person was
    there. `asked` are the modules of each, {learner_pk: [ModuleOutline]}. `until` says up to when what was done in a
    module counts, sessions and its quiz, {key of the module: when}: of sessions those held until that day, whenever
    they were noted.
    """

    def __init__(self, registrations, asked, until=None):
        self.since, self.until = {}, {}
        for outline in (outline for of_one in asked.values() for outline in of_one if outline.key in (until or {})):
            self.until |= dict.fromkeys([outline.key, *_quizzes(outline)], until[outline.key])
        for learner_pk, registration in registrations.items():
            self.since |= {
                (learner_pk, key): registration.counts_from
                for outline in _again(registration, asked[learner_pk])
                for key in (outline.key, *(lesson.key for lesson in outline.lessons), *_quizzes(outline))
            }

    @property
    def leaves_out(self):
        """Whether anything of anybody may not count."""
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


def counting_of(learner):
    """Return the Counting of one person, in one query where nothing was begun anew."""
    registrations = registrations_of([learner])
    if not any(registration.counts_from for registration in registrations.values()):
        return Counting({}, {})
    structure = course_structure()
    return Counting(registrations, {pk: asked_of(one, structure) for pk, one in registrations.items()})


def again_in(registration):
    """Return the keys of the modules that count again in a Registration, or in none (None)."""
    return set(map(UUID, registration.again)) if registration and registration.counts_from else set()


def quizzes_again(registration, structure):
    """Return {quiz key: since when its attempts count} of the quizzes that count again in a Registration."""
    again = _again(registration, asked_of(registration, structure))
    return {key: registration.counts_from for outline in again for key in _quizzes(outline)}


def _again(registration, outlines):
    again = again_in(registration)
    return [outline for outline in outlines if outline.key in again] if again else []


def _quizzes(outline):
    return [key for key in (outline.quiz_key, outline.former_quiz_key) if key]


class Recorded(NamedTuple):
    """What a record says without where and as what: of which registration, which module (None: all), when, its key."""

    registration: int | None
    module_key: UUID | None
    finished_at: datetime
    key: UUID


def records_of(learners):
    """Return {learner_pk: [Recorded]} of what stands, the first first, in one query."""
    records = defaultdict(list)
    for learner_pk, *row in _rows().filter(learner__in=learners):
        records[learner_pk].append(Recorded(*row))
    return records


@cache
def _rows():
    """Return the rows of everybody; put together once, because that takes longer than asking."""
    rows = TrainingRecord.objects.standing().order_by("finished_at", "pk")
    return rows.values_list("learner_id", "registration_id", "module_key", "finished_at", "key")


def on_record(records, registration):
    """Return {module key: Recorded} thrice: of the registration of today, of those before what counts on, and the rest.

    What counts on are modules that do not count again.
    """
    today = registration and registration.pk
    recorded = {row.module_key: row for row in records if row.registration == today}
    if len(recorded) == len(records):
        return recorded, {}, {}
    before, again = {row.module_key: row for row in records if row.registration != today}, again_in(registration)
    carried = {key: row for key, row in before.items() if key and key not in again and key not in recorded}
    return recorded, carried, {key: row for key, row in before.items() if key not in carried}


class Attended(NamedTuple):
    """A person was at a session on a module (its stable key), or on none (None).

    `noted_at` is when that was noted, which is what counts is dated with; `held_at` when the person was there.
    """

    learner: int
    module: UUID | None
    noted_at: datetime
    held_at: datetime
    counts: bool


@dataclass
class Sessions:
    """The sessions of a person on a module: when the first was noted that counts, and when they were held."""

    counted: datetime | None = None
    first_held: datetime | None = None
    last_held: datetime | None = None

    def add(self, one, *, counts):
        """Take another one in; where it does not `counts` for the person it is still known to have been held."""
        self.first_held = min(one.held_at, self.first_held or one.held_at)
        self.last_held = max(one.held_at, self.last_held or one.held_at)
        if counts and one.counts:
            self.counted = min(one.noted_at, self.counted or one.noted_at)


def sessions_attended(learners, counts=None):
    """Return {learner_pk: {module key, or None: Sessions}} of the people, in one query.

    `counts(learner_pk, module key, when it was noted, held_at=…)` says what does not count for a person; None leaves
    out nothing.
    """
    attended = defaultdict(lambda: defaultdict(Sessions))
    for one in attended_by(learners):
        is_counted = counts is None or counts(one.learner, one.module, one.noted_at, held_at=one.held_at)
        attended[one.learner][one.module].add(one, counts=is_counted)
    return attended


def attended_by(learners):
    """Return the Attended of these people (a QuerySet of them, or these), in one query."""
    return [one for _receiver, answer in attended_asked.send(None, learners=learners) for one in answer]


def last_held_by(sessions):
    """Return when a person, of whom these are {module key: Sessions}, was last at a session, or None."""
    return max((one.last_held for one in sessions.values()), default=None)


def learners_who_began(pks):
    """Return those of the people (a QuerySet of their pks, or these) who did anything, as a set of pks.

    That is a lesson read, an attempt (on paper, once it was entered) or a session attended. Of whoever began anew only
    what was done since counts. The number of queries is the same for any number of people.
    """
    anew = dict(
        Registration.objects.current()
        .filter(learner__in=pks, counts_from__isnull=False)
        .values_list("learner_id", "counts_from")
    )

    def counts(learner_pk, when):
        return learner_pk not in anew or when >= anew[learner_pk]

    began = {pk for pk, sessions in sessions_attended(pks).items() if counts(pk, last_held_by(sessions))}
    for done, moment in ((LessonRead.objects.all(), "read_at"), (Attempt.objects.worked_on(), "done_at")):
        facts = done.filter(learner__in=pks).order_by()
        if not anew:
            began.update(facts.values_list("learner_id", flat=True).distinct())
            continue
        last = facts.values("learner_id").annotate(last=Max(moment)).values_list("learner_id", "last")
        began.update(learner_pk for learner_pk, when in last if counts(learner_pk, when))
    return began


def learners_who_finished(pks):
    """Return those of the people (as above) who have on record that they finished the edition they take, as pks."""
    finished = TrainingRecord.objects.standing().of_the_course()
    finished = finished.filter(learner__in=pks, registration__ended_at=None)
    return set(finished.values_list("learner_id", flat=True))


def progress_of(learner, now=None, structure=None):
    """Return the `CourseProgress` of one person."""
    return progress_by_learner([learner], now=now, structure=structure)[learner.pk]


def progress_by_learner(learners, now=None, structure=None):
    """Return {learner_pk: CourseProgress} for any number of people, each in their edition, in six queries.

    Whoever has the `structure` already spares one.
    """
    learners, structure = list(learners), structure or course_structure()
    pks = [learner.pk for learner in learners]
    registrations = registrations_of(pks)
    editions = {pk: edition_of(registrations.get(pk), structure) for pk in pks}
    # Thousands of people take one of few editions.
    outlines = {edition and edition.pk: outlines_of(edition, structure) for edition in set(editions.values())}
    asked = {pk: outlines[edition and edition.pk] for pk, edition in editions.items()}
    records = records_of(pks)
    return progress_in(asked, learners, registrations=registrations, records=records, now=now, editions=editions)


def progress_in(asked, learners, *, registrations, records, now=None, until=None, editions=None):
    """Return {learner_pk: CourseProgress} in the modules `asked` of each, {learner_pk: [ModuleOutline]}.

    Three queries. `records` are those of `records_of`; with none of them the facts alone decide. `until`, {module key:
    moment}, leaves out the attempts and sessions that came later. `editions` are those that the people take,
    {learner_pk: Edition}.
    """
    now, pks = now or timezone.now(), [learner.pk for learner in learners]
    lists = {id(of_one): of_one for of_one in asked.values()}
    counts = Counting(registrations, asked, until)
    counts = counts if counts.leaves_out else None
    reads = lessons_read_by(pks, counts)
    # Those at quizzes of no module too: they are something that a person did.
    outcomes = quiz_outcomes(pks, counts=counts) if pks else {}
    attended = sessions_attended(pks, counts) if pks else {}
    # Nearly all that thousands of people have to do is what nobody has begun: it is derived once.
    untouched = {key: [derive_progress(one, read_at={}, quiz=None, now=now) for one in lists[key]] for key in lists}
    place_of = {
        key: {lesson.key: place for place, outline in enumerate(of_one) for lesson in outline.lessons}
        for key, of_one in lists.items()
    }
    tried, result = _last_tried(outcomes), {}
    for pk in pks:
        registration, of_one, any_record = registrations.get(pk), asked[pk], pk in records
        recorded, carried, before = on_record(records[pk], registration) if any_record else ({}, {}, {})
        anew_at = registration.registered_at if registration and registration.counts_from else None
        sessions = attended.get(pk, {})
        active_at = _active_at(reads.get(pk), tried.get(pk), sessions, recorded, registration)
        read_in = _by_place(reads.get(pk), place_of[id(of_one)])
        modules = list(untouched[id(of_one)])
        for place, outline in enumerate(of_one):
            read_at, outcome = read_in.get(place, {}), _outcome(outcomes, pk, outline) if pk in tried else None
            on_it = sessions.get(outline.key)
            if read_at or outcome or on_it or any_record or anew_at:
                modules[place] = derive_progress(
                    outline,
                    read_at=read_at,
                    quiz=outcome,
                    attended_at=on_it and on_it.counted,
                    was_there_at=on_it and on_it.last_held,
                    active_at=active_at,
                    recorded_at=_moment(recorded.get(outline.key) or carried.get(outline.key)) if any_record else None,
                    finished_before=_moment(before.get(outline.key)) if any_record else None,
                    is_carried=any_record and outline.key in carried,
                    anew_at=anew_at,
                    now=now,
                )
        whole = recorded.get(None)
        result[pk] = CourseProgress(
            modules,
            registration=registration,
            active_at=active_at,
            recorded_at=whole and whole.finished_at,
            record_key=whole and whole.key,
            recorded_modules=frozenset(recorded | carried) - {None} if any_record else frozenset(),
            finished_before=_moment(before.get(None)) if any_record else None,
            edition=editions and editions[pk],
        )
    return result


def _last_tried(outcomes):
    """Return {learner_pk: when they last did something in a quiz, or None} of all who have an attempt."""
    last = {}
    for (learner_pk, _quiz), outcome in outcomes.items():
        moments = [moment for moment in (last.get(learner_pk), outcome.last_activity) if moment]
        last[learner_pk] = max(moments, default=None)
    return last


def _active_at(reads, tried, sessions, recorded, registration):
    """Return when a person last did anything in the course, or None; of who began it anew, since then."""
    moments = [*(reads or {}).values(), tried, last_held_by(sessions), *map(_moment, recorded.values())]
    last = max((moment for moment in moments if moment), default=None)
    since = registration and registration.counts_from
    return None if last and since and last < since else last


def _by_place(reads, place_of):
    """Return {place of a module: {lesson key: read_at}} of the lessons that a person read, {lesson key: read_at}."""
    found = {}
    for key, read_at in (reads or {}).items():
        place = place_of.get(key)
        if place is not None:
            found.setdefault(place, {})[key] = read_at
    return found


def _outcome(outcomes, learner_pk, outline):
    """Return the outcome of the quiz of a module; that of its former one where the edition has it and it was passed."""
    outcome = outcomes.get((learner_pk, outline.quiz_key))
    former = outcomes.get((learner_pk, outline.former_quiz_key)) if outline.former_quiz_key else None
    return former if former and former.passed else outcome


def _moment(recorded):
    return recorded and recorded.finished_at


def progress_in_module(learner, outline):
    """Return the `ModuleProgress` of one person in one module, as their edition asks for it, if it does."""
    registrations = registrations_of([learner])
    asked = asked_of(registrations.get(learner.pk), course_structure())
    own = next((own for own in asked if own.key == outline.key), None)
    progress = progress_in(
        {learner.pk: [own or outline]}, [learner], registrations=registrations, records=records_of([learner])
    )
    return replace(progress[learner.pk].modules[0], is_asked=own is not None)


def lessons_read_by(learners, counts=None):
    """Return {learner_pk: {lesson_key: read_at}}, empty for who has read nothing.

    `counts(learner_pk, lesson key, when)` leaves out what does not count for a person; None leaves out nothing.
    """
    reads = defaultdict(dict)
    facts = LessonRead.objects.filter(learner__in=learners).values_list("learner_id", "lesson_key", "read_at")
    for learner_pk, lesson_key, read_at in facts:
        if counts is None or counts(learner_pk, lesson_key, read_at):
            of_learner = reads[learner_pk]
            if read_at < of_learner.setdefault(lesson_key, read_at):
                of_learner[lesson_key] = read_at
    return reads


def has_read(learner, lesson):
    """Whether the person, who may be nobody, has read the lesson; where it counts again, since they began anew."""
    if not learner.is_authenticated:
        return False
    read = LessonRead.objects.filter(learner=learner, lesson_key=lesson.translation_key)
    moments = list(read.values_list("read_at", flat=True))
    if not moments:
        return False
    counts = counting_of(learner)
    return any(counts(learner.pk, lesson.translation_key, when) for when in moments)


def step_after(learner, lesson, outline):
    """Return where a lesson leads on in its module: the lesson behind it, else what is still open, else None."""
    keys = [following.key for following in outline.lessons]
    place = keys.index(lesson.translation_key)
    if place + 1 < len(keys):
        following = outline.lessons[place + 1]
        return NextStep(following.title, following.url, following.language)
    return progress_in_module(learner, outline).next_step


def derive_progress(
    outline,
    *,
    read_at,
    quiz,
    now,
    attended_at=None,
    was_there_at=None,
    active_at=None,
    recorded_at=None,
    finished_before=None,
    is_carried=False,
    anew_at=None,
):
    """Return the `ModuleProgress` that follows from {lesson_key: read_at} of it and the outcome of its quiz, or None.

    `attended_at` is when the person attended a session that counts as reading the lessons, or None; `recorded_at` when
    the module was finished as it is on record, which decides. `was_there_at` is when they were last at a session on it,
    whatever that counts for; `active_at` when they last did anything in the course. The rest is of whoever began the
    course anew.
    """
    moments = [*read_at.values(), quiz and quiz.last_activity, attended_at]
    last_activity = max((moment for moment in moments if moment), default=None)
    has_anything_to_do = bool(outline.lessons or outline.quiz_key)
    all_read = attended_at is not None or len(read_at) == len(outline.lessons)
    quiz_done = outline.quiz_key is None or (quiz is not None and quiz.passed)
    reason, begun_at = "", last_activity or was_there_at
    quiet_since = begun_at and later_of(active_at or begun_at, anew_at)
    if recorded_at or (has_anything_to_do and quiz_done and all_read):
        state = State.FINISHED
    elif all_read and quiz and quiz.pending:
        state = State.PENDING
    elif begun_at is None:
        state = State.NOT_STARTED
    elif reason := why_help_is_needed(quiz, last_activity=quiet_since, now=now, rule=USUAL_HELP_RULE):
        state = State.NEEDS_HELP
    else:
        state = State.IN_PROGRESS
    return ModuleProgress(
        outline,
        state,
        frozenset(read_at),
        quiz,
        reason,
        last_activity or recorded_at,
        attended_at,
        was_there_at,
        active_at,
        recorded_at,
        finished_before,
        is_carried,
        anew_at,
    )
