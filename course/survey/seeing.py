"""Whose survey somebody looks after: which clinics one sees, and which rounds one may close."""

from django.db.models import Q

from course.models import Clinic
from course.people.cohorts import cohorts_of, running
from course.people.places import areas_of


def clinics_seen_by(user):
    """Return the clinics of the groups that one looks after and of the areas that one leads; an administrator's all."""
    if user.administers:
        return Clinic.objects.all()
    own = Clinic.objects.filter(Q(cohorts__in=cohorts_of(user)) | Q(area__in=areas_of(user)))
    return Clinic.objects.filter(pk__in=own.order_by().values("pk"))


def clinics_on_paper_for(user, *, today):
    """Return the clinics whose sheets one prints and keys in: of an own group that has not closed, of an own area."""
    if user.administers:
        return Clinic.objects.all()
    groups = running(cohorts_of(user), today=today).order_by().values("clinic")
    return Clinic.objects.filter(Q(pk__in=groups) | Q(area__in=areas_of(user).order_by().values("pk")))


def asks_on_paper(cohort, *, today):
    """Whether the clinic of this group, for who may open it, has sheets to print and to key in."""
    return cohort.clinic_id is not None and (cohort.closes_on is None or cohort.closes_on >= today)
