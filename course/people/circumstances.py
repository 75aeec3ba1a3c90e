"""What the record of training says of a person beside what was finished: post, places and group of that day."""

from collections import defaultdict

from django.utils import timezone

from course.models import Attendance, Enrolment, User

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
