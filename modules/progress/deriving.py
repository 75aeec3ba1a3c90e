"""How far people are, derived from what they did, from the edition that they take and from what is on record."""

from collections import defaultdict
from dataclasses import replace

from django.utils import timezone

from modules.models import LessonRead
from quizzes.attempts.results import quiz_outcomes

from .attendance import last_held_by, sessions_attended
from .counting import Counting, counting_of
from .editions import asked_of, edition_of, outlines_of, registrations_of
from .help_rules import USUAL_HELP_RULE, why_help_is_needed
from .recorded import on_record, records_of
from .states import CourseProgress, ModuleProgress, NextStep, State, later_of
from .structure import course_structure


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
