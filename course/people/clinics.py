"""Clinics and health areas: who answers for which, and where there is no group yet."""

from functools import lru_cache

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from course.models import Area, Clinic, Cohort, Enrolment
from course.models.people import spanish_key

from .audit import note
from .cohorts import cohorts_of, running
from .roles import follow_roles


def areas_of(user):
    """Return the health areas that a person answers for: those one leads, an administrator's all."""
    if user.administers:
        return Area.objects.all()
    return user.areas_led.all() if user.is_staff else Area.objects.none()


def areas_by_groups(user):
    """Return the areas of `areas_of`, each with `has_groups`, by name."""
    groups = Cohort.objects.filter(clinic__area=OuterRef("pk"))
    return areas_of(user).annotate(has_groups=Exists(groups)).order_by("sort_key", "pk")


def clinics_of(user):
    """Return the clinics that a person may change: those of the own areas, an administrator's all."""
    return Clinic.objects.all() if user.administers else Clinic.objects.filter(area__in=areas_of(user))


def clinics_looked_after_by(user, *, today):
    """Return the clinics whose plan and survey a person looks after; an administrator's all.

    Those of the groups that one may open and that have not closed, and those of the own areas.
    """
    if user.administers:
        return Clinic.objects.all()
    groups = running(cohorts_of(user), today=today).order_by().values("clinic")
    return Clinic.objects.filter(Q(pk__in=groups) | Q(area__in=areas_of(user).order_by().values("pk")))


def leads_to_clinic(cohort, *, today):
    """Whether who may open this group looks after its clinic too: it has one, and has not closed."""
    return cohort.clinic_id is not None and (cohort.closes_on is None or cohort.closes_on >= today)


def counted_clinics_of(user):
    """Return the same clinics by area and name, each with how many `groups` and `people` in groups it has.

    Those without an area come last.
    """
    people = Enrolment.objects.current().filter(learner__clinic=OuterRef("pk")).order_by().values("learner__clinic")
    people = people.annotate(people=Count("learner", distinct=True)).values("people")
    counted = clinics_of(user).select_related("area")
    return counted.annotate(groups=Count("cohorts"), people=Coalesce(Subquery(people), 0)).order_by(
        F("area__sort_key").asc(nulls_last=True), "area", "sort_key", "pk"
    )


@transaction.atomic
def save_clinic(clinic, *, by, now):
    """Save a clinic, new or changed."""
    action = "clinic_made" if clinic.pk is None else "clinic_changed"
    clinic.save()
    note(action, by=by, subject=clinic, now=now)


@transaction.atomic
def save_area(area, *, leads, by, now):
    """Save a health area, new or changed, and who leads it."""
    action = "area_made" if area.pk is None else "area_changed"
    area.save()
    area.leads.set(leads)
    note(action, by=by, about=sorted(leads, key=str), subject=area, now=now)


@transaction.atomic
def name_areas_led(person, areas, *, by, now):
    """Let the person lead exactly these health areas; whoever leads one has a desk without any other role."""
    for area in set(person.areas_led.all()) ^ set(areas):
        leads = set(area.leads.all()) ^ {person}
        area.leads.set(leads)
        note("area_changed", by=by, about=sorted(leads, key=str), subject=area, now=now)
    person.refresh_from_db(fields=["is_staff", "must_choose_pin"])


@transaction.atomic
def delete_area(area, *, by, now):
    """Delete a health area without clinics; raises ProtectedError for any other."""
    name, leads = area.name, list(area.leads.values_list("pk", flat=True))
    area.delete()
    follow_roles(leads)
    note("area_deleted", by=by, subject=name, now=now)


def leads_area_of(user, cohort):
    """Whether the person answers for the health area of the group: names its trainers, and takes them away."""
    area = cohort.clinic.area_id if cohort.clinic else None
    return user.administers or (area is not None and areas_of(user).filter(pk=area).exists())


def areas_for_new_clinic(user):
    """Return the areas in which this person may put a new clinic; whoever only trains knows none to be the own."""
    return areas_of(user) if answers_for_areas(user) else Area.objects.all()


def answers_for_areas(user):
    return user.administers or areas_of(user).exists()


def likely_areas(user):
    """Return the areas of the groups that a person trains."""
    return Area.objects.filter(Q(clinics__cohorts__trainers=user)).distinct()


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
_SMALL = {"de", "del", "la", "el", "en"}


@lru_cache(maxsize=2_000)
def clinic_key(name):
    """Return what is the same for every way of writing the name of a clinic."""
    words = " ".join(word for word in spanish_key(name).split() if word not in _SMALL)
    for short, long in _ABBREVIATIONS.items():
        if words == short or words.startswith(f"{short} "):
            return long + words[len(short) :]
    return words


class ClinicBook:
    """The clinics that the site knows, found by any way of writing them; those of the group's area come first."""

    def __init__(self, cohort):
        self.own = cohort.clinic
        area = self.own.area_id if self.own else None
        self.by_key = {}
        for clinic in Clinic.objects.all():
            self.by_key.setdefault(clinic_key(clinic.name), []).append(clinic)
        for clinics in self.by_key.values():
            clinics.sort(key=lambda clinic: (clinic != self.own, clinic.area_id != area, clinic.pk))

    def find(self, name):
        """Return the clinics that may be meant, the likeliest first; without a name, that of the group."""
        if not name:
            return [self.own] if self.own else []
        clinics = self.by_key.get(clinic_key(name), [])
        return clinics[:1] if clinics and clinics[0] == self.own else clinics


def clinics_called(name, clinics):
    """Return those of the clinics that some words may mean, however these write the name."""
    key = clinic_key(name)
    return [clinic for clinic in clinics if clinic_key(clinic.name) == key]
