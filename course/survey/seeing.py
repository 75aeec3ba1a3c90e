"""Whose survey somebody looks after: which clinics one sees, and which rounds one may close."""

from django.db.models import Q

from course.models import Clinic
from course.people.cohorts import cohorts_of
from course.people.places import areas_of


def clinics_seen_by(user):
    """Return the clinics of the groups that one looks after and of the areas that one leads; an administrator's all."""
    if user.administers:
        return Clinic.objects.all()
    own = Clinic.objects.filter(Q(cohorts__in=cohorts_of(user)) | Q(area__in=areas_of(user)))
    return Clinic.objects.filter(pk__in=own.order_by().values("pk"))
