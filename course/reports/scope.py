"""What a user may see counted, narrowed by area, clinic and group."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import Q

from course.models import Area, Clinic, Enrolment, Session, User
from course.people.clinics import areas_of
from course.people.cohorts import cohorts_of
from modules.models import ModuleStart, TrainingRecord


@dataclass(frozen=True)
class Scope:
    """The user and the keys of an area, clinic and group; None for all.

    Administrators see everything. Others see their groups, including events under former trainers, and the health
    areas that they lead. A key outside of that gives nothing.
    """

    user: User
    area: UUID | None = None
    clinic: UUID | None = None
    cohort: UUID | None = None

    @property
    def is_narrowed(self):
        return bool(self.area or self.clinic or self.cohort)

    @cached_property
    def whole(self):
        return Scope(self.user) if self.is_narrowed else self

    @property
    def leads(self):
        return bool(self._area_keys)

    @cached_property
    def cohorts(self):
        return cohorts_of(self.user)

    @cached_property
    def _cohort_keys(self):
        return list(self.cohorts.order_by().values_list("key", flat=True))

    @cached_property
    def _area_keys(self):
        return list(areas_of(self.user).order_by().values_list("key", flat=True))

    def beginnings(self):
        return self._of_that_day(ModuleStart.objects.all())

    def records(self):
        return self._of_that_day(TrainingRecord.objects.valid().of_the_course())

    def certified(self):
        return self._of_that_day(TrainingRecord.objects.of_the_course())

    def _of_that_day(self, rows):
        if not self.user.administers:
            rows = rows.filter(Q(cohort_key__in=self._cohort_keys) | Q(area_key__in=self._area_keys))
        asked = {"area_key": self.area, "clinic_key": self.clinic, "cohort_key": self.cohort}
        return rows.filter(**{name: key for name, key in asked.items() if key})

    def of_deleted_accounts(self, certificates):
        """Return those of these Certificates whose account was deleted: they have no place."""
        if self.user.administers and not self.is_narrowed:
            return certificates.filter(learner=None)
        return certificates.none()

    def members_now(self):
        return self._members().filter(left_at=None)

    def enrolments(self, period):
        return self._members(enrolled_in(period))

    def _members(self, rows=None):
        rows = Enrolment.objects.all() if rows is None else rows
        if not self.user.administers:
            in_area = Q(learner__clinic__area__key__in=self._area_keys)
            rows = rows.filter(Q(cohort__key__in=self._cohort_keys) | in_area)
        asked = {"learner__clinic__area__key": self.area, "learner__clinic__key": self.clinic}
        asked["cohort__key"] = self.cohort
        return rows.filter(**{name: key for name, key in asked.items() if key})

    def sessions(self):
        rows = Session.objects.all()
        if not self.user.administers:
            rows = rows.filter(cohort__key__in=self._cohort_keys)
        asked = {"cohort__clinic__area__key": self.area, "cohort__clinic__key": self.clinic, "cohort__key": self.cohort}
        return rows.filter(**{name: key for name, key in asked.items() if key})


def enrolled_in(period):
    first, after = period.moments
    return Enrolment.objects.filter(Q(left_at=None) | Q(left_at__gte=first), enrolled_at__lt=after)


MOST_TO_CHOOSE = 60


def areas_to_choose(user):
    if user.administers:
        return Area.objects.all()
    groups = cohorts_of(user).order_by().values("clinic")
    return Area.objects.filter(Q(pk__in=areas_of(user).values("pk")) | Q(clinics__in=groups)).distinct()


def clinics_to_choose(user, *, area=None):
    clinics = Clinic.objects.all() if area is None else Clinic.objects.filter(area__key=area)
    if user.administers:
        return clinics
    groups = cohorts_of(user).order_by().values("clinic")
    return clinics.filter(Q(area__in=areas_of(user).values("pk")) | Q(pk__in=groups))


def cohorts_to_choose(user, *, area=None, clinic=None):
    groups = cohorts_of(user)
    groups = groups.filter(clinic__area__key=area) if area else groups
    return groups.filter(clinic__key=clinic) if clinic else groups
