"""A group, or one person of it, takes the course anew: whom it affects, the beginning, and who comes in later."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from certificates.issuing.issue import certificates_of
from certificates.issuing.status import has_expired
from certificates.models import Certificate
from course.models import Attendance, Cohort, Enrolment, Restart, User
from modules.models import Registration, TrainingRecord
from modules.progress.deriving import learners_who_finished
from modules.progress.editions import registrations_of
from modules.progress.events import begin_anew, check_day, counts_from, who_would_begin_anew

from .audit import note
from .cohorts import learners_of


@dataclass(frozen=True)
class Begins:
    """A person who would begin anew: whether everything was finished, and the certificate that holds, or None."""

    learner: User
    finished: bool
    certificate: Certificate | None


@dataclass(frozen=True)
class Affected:
    """Who would begin anew, by surname, and how many would not.

    So many begin `once_more` what they have begun anew already. Those `in_the_middle` go on as they are; those
    `left_alone` did nothing before that day, or have begun anew.
    """

    begins: list[Begins]
    once_more: int
    in_the_middle: int
    left_alone: int
    seal: str

    @property
    def finished(self):
        return sum(one.finished for one in self.begins)

    @property
    def certificates(self):
        return [one.certificate for one in self.begins if one.certificate]

    @property
    def last_days(self) -> list[date]:
        """The last days of their certificates, the first first; those that hold for ever have none."""
        return sorted(one.expires_on for one in self.certificates if one.expires_on)


def whom_it_affects(cohort, *, learner=None, name, since, modules, also_unfinished=False, now):
    """Return the `Affected` of `begin_group_anew` with the same arguments. Raises `CannotBeginAnew`."""
    check_day(since, now=now)
    people = _people(cohort, learner)
    would = who_would_begin_anew(people, modules, since=since)
    begin = would if learner or also_unfinished else _who_finished_once(would)
    finished, today = learners_who_finished([one.pk for one in begin]), timezone.localdate(now)
    held = {one.learner_id: one for one in certificates_of(begin) if not has_expired(one, today=today)}
    begins = [Begins(one, one.pk in finished, held.get(one.pk)) for one in begin]
    shown = [name, since, sorted(map(str, modules)), also_unfinished, [one.pk for one in begin]]
    left_alone = len(people) - len(would)
    once_more = sum(bool(one.counts_from) for one in registrations_of(begin).values())
    return Affected(
        begins, once_more, len(would) - len(begin), left_alone, hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
    )


@transaction.atomic
def begin_group_anew(cohort, *, learner=None, name, since, modules, also_unfinished=False, by, now):
    """Let the people of a group who finished the course before, or one of them, begin it anew, and return them.

    `also_unfinished` says that whoever is in the middle of it does, too; one person alone does in any case.

    Whoever comes into the group later and took the course before that day does likewise, but for one `learner` alone.
    Twice is once. Raises `CannotBeginAnew`.
    """
    # Two who begin anew with the group wait here for each other.
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    people, modules = _people(cohort, learner), sorted(map(str, modules))
    if not (learner or also_unfinished):
        people = _who_finished_once(people)
    begun = begin_anew(people, modules, since=since, name=name, by=by, now=now)
    last = cohort.refreshers.filter(learner=learner).first()
    if (
        not begun
        and last
        and (last.since, last.modules, last.also_unfinished)
        == (
            since,
            modules,
            also_unfinished,
        )
    ):
        return []
    said = {"name": name, "since": since, "modules": modules, "also_unfinished": also_unfinished}
    cohort.refreshers.create(learner=learner, **said, begun_by=by, begun_at=now)
    about = [learner] if learner else []
    note("begun_anew", by=by, cohort=cohort, about=about, subject=f"{name}, {since}", people=len(begun), now=now)
    return begun


def let_newcomers_begin_anew(cohort, people, *, now):
    """Let people who come into a group take the course anew as its people do, where they took it before that day."""
    last = Restart.objects.filter(cohort=cohort, learner=None).first()
    if last is None or not people:
        return
    later = Registration.objects.current().filter(learner__in=people, counts_from__gte=counts_from(last.since))
    later = set(later.values_list("learner_id", flat=True))
    people = [person for person in people if person.pk not in later]
    if not last.also_unfinished:
        people = _who_finished_once(people)
    begin_anew(people, last.modules, since=last.since, name=last.name, by=last.begun_by, now=now)


def _who_finished_once(people):
    """Return those of these people who ever finished the course, or began it anew already."""
    finished = TrainingRecord.objects.standing().of_the_course().filter(learner__in=people)
    anew = Registration.objects.filter(learner__in=people, counts_from__isnull=False)
    pks = {*finished.values_list("learner_id", flat=True), *anew.values_list("learner_id", flat=True)}
    return [one for one in people if one.pk in pks]


def _people(cohort, learner):
    people = list(learners_of(cohort))
    return [one for one in people if one == learner] if learner else people


# What is kept of somebody who is gone is shared by so many others at least: a clinic of three knows who it was.
FEWEST_ALIKE = 10
# How to find the others who share what a record says, in the order in which it is let go when they are too few.
_SHARED = {
    "cohort_key": "enrolments__cohort__key",
    "clinic_key": "clinic__key",
    "role": "role",
    "area_key": "clinic__area__key",
}


def circumstances_of(learners):
    """Return {learner_pk: {field of TrainingRecord: value}} of today, in two queries."""
    people = User.objects.filter(pk__in=[learner.pk for learner in learners]).select_related("clinic__area")
    current = Enrolment.objects.current().filter(learner__in=people).select_related("cohort")
    cohorts = {enrolment.learner_id: enrolment.cohort for enrolment in current.order_by("enrolled_at", "pk")}
    return {person.pk: _of(person, cohorts.get(person.pk)) for person in people}


def _of(person, cohort):
    return {"role": person.role, "job_title": person.job_title} | _places(person.clinic, cohort)


def _places(clinic, cohort):
    area = clinic.area if clinic else None
    told = {}
    for name, place in (("clinic", clinic), ("area", area), ("cohort", cohort)):
        if place:
            told |= {name: place.name, f"{name}_key": place.key}
    return told


def former_places(moments):
    """Return {(learner_pk, moment): {field: value}} of whoever of these [(learner_pk, moment)] was in a group that day.

    The places are those of the group, the last one that the person had come to: where people worked is not kept.
    """
    enrolments = Enrolment.objects.filter(learner__in={pk for pk, _moment in moments})
    by_learner = defaultdict(list)
    for one in enrolments.select_related("cohort__clinic__area").order_by("-enrolled_at", "-pk"):
        by_learner[one.learner_id].append(one)
    found = {}
    for pk, moment in moments:
        held = next((one for one in by_learner[pk] if one.held_on(timezone.localdate(moment))), None)
        if held:
            found[pk, moment] = _places(held.cohort.clinic, held.cohort)
    return found


def places_of_sessions(moments):
    """Return {(learner_pk, moment): {field: value}} of whoever was in the group of the session noted then, on its day.

    Whoever is in it today works where they work; of the others the clinic is that of the group, if it has one.
    """
    pks, times = {pk for pk, _moment in moments}, {moment for _pk, moment in moments}
    attended = Attendance.objects.filter(learner__in=pks, noted_at__in=times).order_by("pk")
    attended = attended.select_related("session__cohort__clinic__area", "learner__clinic__area")
    by_learner = defaultdict(list)
    for enrolment in Enrolment.objects.filter(learner__in=pks):
        by_learner[enrolment.learner_id, enrolment.cohort_id].append(enrolment)
    found = {}
    for one in attended:
        cohort, enrolments = one.session.cohort, by_learner[one.learner_id, one.session.cohort_id]
        if any(enrolment.held_on(one.session.held_on) for enrolment in enrolments):
            is_there = any(enrolment.left_at is None for enrolment in enrolments)
            clinic = one.learner.clinic if is_there else cohort.clinic or one.learner.clinic
            found[one.learner_id, one.noted_at] = _places(clinic, cohort)
    return {key: found[key] for key in moments if key in found}


def kept_of_who_is_gone(record):
    """Return which circumstances a TrainingRecord may keep when its person's account goes: what many others share.

    A job title is in words of its own, and never kept.
    """
    kept = {name: getattr(record, name) for name in _SHARED if getattr(record, name)}
    others = User.objects.exclude(pk=record.learner_id)
    for name in _SHARED:
        alike = others.filter(**{_SHARED[key]: value for key, value in kept.items()})
        if len(alike.values("pk").distinct()[:FEWEST_ALIKE]) == FEWEST_ALIKE:
            break
        kept.pop(name, None)
    return {*kept, *(key.removesuffix("_key") for key in kept)}
