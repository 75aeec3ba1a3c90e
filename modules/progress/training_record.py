"""The training record: written when a module is finished, revoked and reinstated by facts."""

from collections import defaultdict
from datetime import timedelta
from itertools import batched
from operator import attrgetter
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
from modules.signals import circumstances_asked, former_places_asked, session_places_asked
from quizzes.attempts.grading import who_changed_grade
from quizzes.base.identifiers import stable_key
from quizzes.models import Attempt

from .deriving import again_in, attended_by, progress_by_learner, progress_in, quizzes_again
from .editions import edition_in_force, outlines_of, pass_rule, read_edition, registrations_of
from .outline import course_outline, course_structure

CIRCUMSTANCES = tuple(field.name for field in Workplace._meta.local_fields)
_OF_PERSONS = ("role", "job_title")


def circumstances_today(learners):
    """Return {learner_pk: {one of CIRCUMSTANCES: value}} of these people, without what is not known."""
    known = defaultdict(dict)
    for _receiver, answer in circumstances_asked.send(None, learners=learners):
        for learner_pk, of_learner in answer.items():
            known[learner_pk] |= {name: of_learner[name] for name in CIRCUMSTANCES if of_learner.get(name)}
    return known


def circumstances_at_sessions(moments, today):
    """Return the same of those [(learner_pk, moment)] at which attendance was noted, {(learner_pk, moment): {…}}.

    Attendance may be noted long after the session, when people are in another group or in none: the places are those of
    the group of the session, beside the post of `today`, {learner_pk: {…}}.
    """
    places = {}
    for _receiver, answer in session_places_asked.send(None, moments=moments) if moments else ():
        places |= answer
    return {key: _of_person(today[key[0]]) | of_group for key, of_group in places.items()}


def _of_person(circumstances):
    return {name: value for name, value in circumstances.items() if name in _OF_PERSONS}


def circumstances_then(times):
    """Return the same of a day long past, {(learner_pk, counts_from): {…}} for [(learner_pk, counts_from, moment)].

    They are those of what was first recorded of that time; else the places are those of the group of that day, beside
    the post of today; else all is of today.
    """
    pks = {pk for pk, *_rest in times}
    today, recorded, places = circumstances_today(get_user_model().objects.filter(pk__in=pks)), {}, {}
    records = TrainingRecord.objects.filter(learner__in=pks, registration__isnull=False)
    fields = ("learner_id", "registration__counts_from", *CIRCUMSTANCES)
    for pk, counts_from, *told in records.order_by("finished_at", "pk").values_list(*fields):
        recorded.setdefault((pk, counts_from), {k: v for k, v in zip(CIRCUMSTANCES, told, strict=True) if v})
    moments = [(pk, moment) for pk, counts_from, moment in times if (pk, counts_from) not in recorded]
    for _receiver, answer in former_places_asked.send(None, moments=moments) if moments else ():
        places |= answer
    then = {}
    for pk, counts_from, moment in times:
        of_group = _of_person(today[pk]) | places[pk, moment] if (pk, moment) in places else today[pk]
        then[pk, counts_from] = recorded.get((pk, counts_from), of_group)
    return then


_AT_ONCE = 500
# What is written down so late, such as attendance noted weeks after a session, is not of today's group and place.
_LATE = timedelta(days=3)


@transaction.atomic
def record_beginnings(pks=None, *, now):
    """Write down who of these people (their pks, or None: of all) began and is not on record for it; return how many.

    Twice is once. A session attended is a beginning, whatever it counts for. Whoever begins the course anew begins once
    more, with the first thing done since.
    """
    people = get_user_model().objects.all()
    people = people if pks is None else people.filter(pk__in=pks)
    began = _first_times(people.filter(beginnings=None)) | _times_anew(people)
    known = ModuleStart.objects.filter(learner__in=people).exclude(counts_from=None)
    recorded = set(known.values_list("learner_id", "counts_from")) if any(time for _pk, time in began) else ()
    missing = [(pk, time, when) for (pk, time), when in began.items() if (pk, time) not in recorded]
    for some in batched(sorted(missing, key=lambda one: (one[0], one[2])), _AT_ONCE):
        late = [one for one in some if now - one[2] > _LATE]
        circumstances = circumstances_today(get_user_model().objects.filter(pk__in={pk for pk, *_rest in some}))
        then = circumstances_then(late) if late else {}
        ModuleStart.objects.bulk_create(
            [
                ModuleStart(
                    learner_id=pk,
                    counts_from=time,
                    began_at=min(when, now),
                    **(then[pk, time] if (pk, time) in then else circumstances[pk]),
                )
                for pk, time, when in some
            ],
            ignore_conflicts=True,
        )
    return len(missing)


def _first_times(people):
    """Return {(pk, None): when} of the first thing that each of these people did."""
    first = {}
    for done, moment in _things_done():
        facts = done.filter(learner__in=people.values("pk")).order_by().values("learner_id")
        for pk, when in facts.annotate(first=Min(moment)).values_list("learner_id", "first"):
            first[pk, None] = min(when, first.get((pk, None), when))
    for one in attended_by(people):
        first[one.learner, None] = min(one.held_at, first.get((one.learner, None), one.held_at))
    return first


def _times_anew(people):
    """Return {(pk, since when it counts): when} of the first thing that was done since then."""
    times = defaultdict(list)
    anew = Registration.objects.filter(learner__in=people.values("pk"), counts_from__isnull=False)
    for pk, since in anew.order_by("counts_from").values_list("learner_id", "counts_from"):
        times[pk].append(since)
    began = {}
    for pk, when in _moments(times) if times else ():
        since = next((since for since in reversed(times[pk]) if since <= when), None)
        if since is not None:
            began[pk, since] = min(when, began.get((pk, since), when))
    return began


def _moments(pks):
    """Yield (pk, when) of all that these people did."""
    for done, moment in _things_done():
        yield from done.filter(learner__in=pks).values_list("learner_id", moment)
    yield from ((one.learner, one.held_at) for one in attended_by(pks))


def _things_done():
    """Return [(rows, the field with their moment)]: with the first of them somebody has begun.

    A quiz that no edition ever held, such as one to practise with, is no part of the course.
    """
    editions = course_structure().editions.values()
    quizzes = {UUID(module["quiz"]) for edition in editions for module in edition.contents if module["quiz"]}
    quizzes |= {module.quiz_key for module in course_outline() if module.quiz_key}
    tried = Attempt.objects.worked_on().filter(quiz_key__in=quizzes)
    return [(LessonRead.objects.all(), "read_at"), (tried, "done_at")]


def hand_over_beginnings(old, learner):
    """Give `learner` those of `old`, an account of the same person; of two of the same time the earlier one stays."""
    held = {one.counts_from: one for one in ModuleStart.objects.filter(learner=learner)}
    for one in ModuleStart.objects.filter(learner=old):
        other = held.get(one.counts_from)
        if other is not None:
            later = max(one, other, key=lambda beginning: (beginning.began_at, beginning.pk))
            later.delete()
            if later is one:
                continue
        one.learner = learner
        one.save(update_fields=["learner"])


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
    for beginning in ModuleStart.objects.filter(learner=learner):
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


def reckon_attempt(attempt, passed_before=None, **kwargs):
    """An attempt got its grade, or another one; `passed_before` is None where it had none.

    Return the address of what it wove, as `page_after` does: here all is known that it asks for.
    """
    now = timezone.now()
    # Nothing rests on an attempt that was not passed before either, or that was sent later.
    if not attempt.passed and passed_before is not False and _finished_since(attempt).exists():
        by, reason = who_changed_grade(attempt)
        why = reason or gettext_lazy("A quiz was graded again and is not passed any more.")
        falls, since = rests_on_quizzes({attempt.quiz_key}), attempt.submitted_at
        annul_what_fails(attempt.learner, why=why, by=by, now=now, falls=falls, since=since)
    finished = record_and_tell(attempt.learner, now=now)
    return _page_of_woven(attempt, finished) if attempt.passed else None


def _finished_since(attempt):
    return TrainingRecord.objects.standing().filter(learner=attempt.learner_id, finished_at__gte=attempt.submitted_at)


def page_after(attempt, **kwargs):
    """An attempt was sent once more: return the address of what it wove, if it is what finished a module, else None."""
    if not attempt.passed:
        return None
    records = TrainingRecord.objects.standing().filter(learner=attempt.learner_id, finished_at__in=_moments_of(attempt))
    finished = dict(records.exclude(module_key=None).values_list("module_key", "finished_at"))
    if not finished:
        return None
    asked = outlines_of(*read_edition(attempt.learner_id))
    return _page_of_woven(attempt, [(one, finished[one.key]) for one in asked if one.key in finished])


def _page_of_woven(attempt, finished):
    """Return the address of what an attempt wove among the modules finished, [(ModuleOutline, when)], or None."""
    # A record is dated with the last thing that it rests on: of a module that was finished before it has another date.
    new = (outline for outline, finished_at in finished if finished_at in _moments_of(attempt))
    outline = next((one for one in new if attempt.quiz_key in (one.quiz_key, one.former_quiz_key)), None)
    return outline and reverse("woven", args=[outline.number])


def _moments_of(attempt):
    return [moment for moment in (attempt.submitted_at, attempt.second_at) if moment]


def pass_rule_of(learner, quiz_key, **kwargs):
    """An attempt begins: say the rule of the edition that the person takes, where it holds this quiz."""
    edition, _structure = read_edition(learner.pk)
    return pass_rule(edition, quiz_key)


def counting_since_of(learner, **kwargs):
    """Quizzes ask since when attempts count: of whoever began the course anew, in the modules that count again."""
    registration = registrations_of([learner]).get(learner)
    if registration is None or registration.counts_from is None:
        return {}
    return quizzes_again(registration, course_structure())


@transaction.atomic
def stand_again(learners, modules, *, now):
    """Let those annulled records stand again that the facts bear once more, and return them as they were annulled.

    Call it after it was corrected who attended sessions on these modules (keys), before `record_finished`. A record
    stands again in the registration and for the edition that it was written for, as long as no other took its place:
    sessions held until its day bear it, and what else was done until then. What was done later is another record.
    """
    annulled = TrainingRecord.objects.filter(learner__in=learners, annulled_at__isnull=False)
    annulled = annulled.exclude(registration=None).select_related("registration", "edition", "learner", "annulled_by")
    by_learner = defaultdict(list)
    for record in annulled.order_by("-annulled_at", "-pk") if modules else ():
        by_learner[record.learner].append(record)
    again = []
    for learner, records in by_learner.items():
        again += _of_one(learner, records, modules, now=now)
    TrainingRecord.objects.filter(pk__in=[record.pk for record in again]).update(
        annulled_at=None, annulled_by=None, annulled_reason=""
    )
    return again


def _of_one(learner, annulled, modules, *, now):
    """Return which of the annulled records of a person, the last annulled first, are borne by now."""
    standing = defaultdict(dict)
    rows = TrainingRecord.objects.standing().filter(learner=learner).exclude(registration=None)
    for record in rows.select_related("registration"):
        standing[record.registration][record.module_key] = record
    lost, again = defaultdict(dict), []
    for record in annulled:
        own = record.edition_id == record.registration.edition_id
        if own and record.module_key not in standing[record.registration]:
            lost[record.registration].setdefault(record.module_key, record)
    for registration in sorted({*standing, *lost}, key=attrgetter("registered_at", "pk")):
        of_modules = [one for key, one in lost[registration].items() if key in modules]
        for record in _borne(learner, registration, of_modules, now=now):
            standing[registration][record.module_key] = record
            again.append(record)
        whole = lost[registration].get(None)
        if whole and again and _has_its_modules(whole, registration, standing, annulled):
            standing[registration][None] = whole
            again.append(whole)
    return again


def _borne(learner, registration, records, *, now):
    """Return those of these records of modules that what was done until their day bears."""
    if not records:
        return []
    asked = {learner.pk: outlines_of(registration.edition, course_structure())}
    until = {record.module_key: record.finished_at for record in records}
    progress = progress_in(asked, [learner], registrations={learner.pk: registration}, records={}, now=now, until=until)
    finished = {module.outline.key for module in progress[learner.pk].modules if module.is_finished}
    return [record for record in records if record.module_key in finished]


def _has_its_modules(whole, registration, standing, annulled):
    """Whether every module of which the whole was made up is on record again, none of them later than the whole."""
    held, again = {}, again_in(registration)
    for other in sorted(standing, key=attrgetter("registered_at", "pk")):
        carried = other != registration
        held |= {key: one for key, one in standing[other].items() if key and not (carried and key in again)}
        if not carried:
            break
    keys = {UUID(module["key"]) for module in whole.edition.contents}
    lost = {record.module_key for record in annulled} - held.keys()
    return not keys & lost and all(held[key].finished_at <= whole.finished_at for key in keys & held.keys())


def lessons_named(references, quiz_key, **kwargs):
    """Return {reference: (title, address, language)} of the lessons named, and under "" the module of the quiz."""
    outline = course_outline()
    lessons = {lesson.key: lesson for module in outline for lesson in module.lessons}
    found = {}
    if module := next((one for one in outline if quiz_key in (one.quiz_key, one.former_quiz_key)), None):
        found[""] = (f"{module.number}. {module.title}", module.url, module.language)
    for reference in references:
        identifier, _mark, place = reference.partition("#")
        if lesson := lessons.get(stable_key(identifier)):
            found[reference] = (lesson.title, f"{lesson.url}#{place}" if place else lesson.url, lesson.language)
    return found
