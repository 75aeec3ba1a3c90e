"""Clinics, health areas and workplaces of learners."""

from collections import defaultdict
from functools import lru_cache

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from course.models import Area, Attendance, Clinic, Cohort, Enrolment, User
from course.models.people import spanish_key

from .audit import audit_log
from .cohorts import cohorts_of, unclosed_cohorts
from .roles import update_staff_status


def areas_of(user):
    if user.administers:
        return Area.objects.all()
    return user.areas_led.all() if user.is_staff else Area.objects.none()


def areas_by_groups(user):
    groups = Cohort.objects.filter(clinic__area=OuterRef("pk"))
    return areas_of(user).annotate(has_groups=Exists(groups)).order_by("sort_key", "pk")


def clinics_of(user):
    return Clinic.objects.all() if user.administers else Clinic.objects.filter(area__in=areas_of(user))


def clinics_looked_after_by(user, *, today):
    if user.administers:
        return Clinic.objects.all()
    groups = unclosed_cohorts(cohorts_of(user), today=today).order_by().values("clinic")
    return Clinic.objects.filter(Q(pk__in=groups) | Q(area__in=areas_of(user).order_by().values("pk")))


def may_open_clinic(cohort, *, today):
    return cohort.clinic_id is not None and (cohort.closes_on is None or cohort.closes_on >= today)


def clinics_with_counts(user):
    people = Enrolment.objects.current().filter(learner__clinic=OuterRef("pk")).order_by().values("learner__clinic")
    people = people.annotate(people=Count("learner", distinct=True)).values("people")
    counted = clinics_of(user).select_related("area")
    return counted.annotate(groups=Count("cohorts"), people=Coalesce(Subquery(people), 0)).order_by(
        F("area__sort_key").asc(nulls_last=True), "area", "sort_key", "pk"
    )


def manages_areas(user):
    return user.administers or areas_of(user).exists()


def manages_area_of(user, cohort):
    area = cohort.clinic.area_id if cohort.clinic else None
    return user.administers or (area is not None and areas_of(user).filter(pk=area).exists())


def areas_for_new_clinic(user):
    return areas_of(user) if manages_areas(user) else Area.objects.all()


def areas_of_trained_cohorts(user):
    return Area.objects.filter(Q(clinics__cohorts__trainers=user)).distinct()


@transaction.atomic
def save_clinic(clinic, *, by, now):
    action = "clinic_made" if clinic.pk is None else "clinic_changed"
    clinic.save()
    audit_log(action, by=by, subject=clinic, now=now)


@transaction.atomic
def save_area(area, *, leads, by, now):
    action = "area_made" if area.pk is None else "area_changed"
    area.save()
    area.leads.set(leads)
    audit_log(action, by=by, about=sorted(leads, key=str), subject=area, now=now)


@transaction.atomic
def set_areas_led(person, areas, *, by, now):
    for area in set(person.areas_led.all()) ^ set(areas):
        leads = set(area.leads.all()) ^ {person}
        area.leads.set(leads)
        audit_log("area_changed", by=by, about=sorted(leads, key=str), subject=area, now=now)
    person.refresh_from_db(fields=["is_staff", "must_choose_pin"])


@transaction.atomic
def delete_area(area, *, by, now):
    name, leads = area.name, list(area.leads.values_list("pk", flat=True))
    area.delete()
    update_staff_status(leads)
    audit_log("area_deleted", by=by, subject=name, now=now)


_ABBREVIATIONS = {
    "c s": "centro salud",
    "cs": "centro salud",
    "p s": "puesto salud",
    "ps": "puesto salud",
    "c a p": "cap",
    "centro atencion permanente": "cap",
    "health centre": "centro salud",
    "health center": "centro salud",
    "hosp": "hospital",
}
_SMALL_WORDS = {"de", "del", "la", "el", "en"}


@lru_cache(maxsize=2_000)
def clinic_name_key(name):
    """Return a key that is the same for every spelling and abbreviation of a clinic's name."""
    words = " ".join(word for word in spanish_key(name).split() if word not in _SMALL_WORDS)
    for short, long in _ABBREVIATIONS.items():
        if words == short or words.startswith(f"{short} "):
            return long + words[len(short) :]
    return words


def clinics_named(name, clinics):
    key = clinic_name_key(name)
    return [clinic for clinic in clinics if clinic_name_key(clinic.name) == key]


def workplaces_of(learners):
    """Return {learner_pk: {field of TrainingRecord: value}} as of today, in two queries."""
    people = User.objects.filter(pk__in=[learner.pk for learner in learners]).select_related("clinic__area")
    current = Enrolment.objects.current().filter(learner__in=people).select_related("cohort")
    cohorts = {enrolment.learner_id: enrolment.cohort for enrolment in current.order_by("enrolled_at", "pk")}
    return {
        person.pk: {"role": person.role, "job_title": person.job_title}
        | _workplace(person.clinic, cohorts.get(person.pk))
        for person in people
    }


def _workplace(clinic, cohort):
    rows = {"clinic": clinic, "area": clinic.area if clinic else None, "cohort": cohort}
    names = {name: row.name for name, row in rows.items() if row}
    return names | {f"{name}_key": row.key for name, row in rows.items() if row}


def past_workplaces(moments):
    """Return {(learner_pk, moment): {field: value}} of learners in a group that day, by the group's clinic."""
    by_learner = defaultdict(list)
    enrolments = Enrolment.objects.filter(learner__in={pk for pk, _moment in moments})
    for enrolment in enrolments.select_related("cohort__clinic__area").order_by("-enrolled_at", "-pk"):
        by_learner[enrolment.learner_id].append(enrolment)
    found = {}
    for pk, moment in moments:
        day = timezone.localdate(moment)
        if enrolment := next((one for one in by_learner[pk] if one.was_current_on(day)), None):
            found[pk, moment] = _workplace(enrolment.cohort.clinic, enrolment.cohort)
    return found


def session_workplaces(moments):
    """Return {(learner_pk, moment): {field: value}}: the learner's clinic today, else the group's."""
    pks, times = {pk for pk, _moment in moments}, {moment for _pk, moment in moments}
    attended = Attendance.objects.filter(learner__in=pks, noted_at__in=times).order_by("pk")
    attended = attended.select_related("session__cohort__clinic__area", "learner__clinic__area")
    by_learner = defaultdict(list)
    for enrolment in Enrolment.objects.filter(learner__in=pks):
        by_learner[enrolment.learner_id, enrolment.cohort_id].append(enrolment)
    found = {}
    for attendance in attended:
        session, learner = attendance.session, attendance.learner
        enrolments = by_learner[learner.pk, session.cohort_id]
        if any(enrolment.was_current_on(session.held_on) for enrolment in enrolments):
            is_current = any(enrolment.left_at is None for enrolment in enrolments)
            clinic = learner.clinic if is_current else session.cohort.clinic or learner.clinic
            found[learner.pk, attendance.noted_at] = _workplace(clinic, session.cohort)
    return {key: found[key] for key in moments if key in found}


# k-anonymity: this many others must share what a record of a deleted account says.
MIN_GROUP_SIZE = 10
# In the order in which fields are dropped.
_QUASI_IDENTIFIERS = {
    "cohort_key": "enrolments__cohort__key",
    "clinic_key": "clinic__key",
    "role": "role",
    "area_key": "clinic__area__key",
}


def anonymous_workplace_fields(record):
    values = {name: getattr(record, name) for name in _QUASI_IDENTIFIERS if getattr(record, name)}
    others = User.objects.exclude(pk=record.learner_id)
    for name in _QUASI_IDENTIFIERS:
        sharing = others.filter(**{_QUASI_IDENTIFIERS[key]: value for key, value in values.items()})
        if len(sharing.values("pk").distinct()[:MIN_GROUP_SIZE]) == MIN_GROUP_SIZE:
            break
        values.pop(name, None)
    return {*values, *(key.removesuffix("_key") for key in values)}
