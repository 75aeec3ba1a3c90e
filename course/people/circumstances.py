"""What the record of training says of a person beside what was finished: post, places and group of that day."""

from collections import defaultdict

from django.utils import timezone

from course.models import Enrolment, User

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
