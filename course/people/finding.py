"""Finding an issued certificate by the name on it, whoever's group the person is in, or in none."""

from dataclasses import dataclass

from django.db.models import Q

from certificates.issuing.standing import Standing, standing_of
from certificates.models import Certificate
from course.models import Clinic, Cohort, Enrolment
from course.models.spanish_order import spanish_key

from .cohorts import cohorts_of
from .places import clinics_of

SHOWN = 50
LONGEST_QUERY = 100
_MOST_WORDS = 8


@dataclass(frozen=True)
class Found:
    """A certificate, how it stands, and a group that one may open in which the person is now, or None."""

    certificate: Certificate
    standing: Standing
    cohort: Cohort | None


def certificates_looked_after_by(user):
    """Return the certificates that a person answers for: an administrator all, whoever leads areas of their clinics.

    A certificate is of the clinic of the person's account; where that is gone or names none, of the clinic printed on
    it, if no other area has one of that name.
    """
    certificates = Certificate.objects.without_pdf()
    if user.administers:
        return certificates
    if not user.is_staff:
        return certificates.none()
    own = clinics_of(user)
    elsewhere = set(Clinic.objects.exclude(pk__in=own).values_list("name", flat=True))
    names = [name for name in own.values_list("name", flat=True) if name not in elsewhere]
    printed = Q(learner__clinic=None, printed__clinic__in=names)
    return certificates.filter(Q(learner__clinic__in=own) | printed)


def find_certificates(user, query, *, today):
    """Return [Found] by surname, at most SHOWN, and whether there are more: every word of `query` is in the name.

    The number of queries is the same for any number of certificates.
    """
    words = spanish_key(query).split()[:_MOST_WORDS]
    if not words:
        return [], False
    certificates = certificates_looked_after_by(user).select_related("learner")
    for word in words:
        certificates = certificates.filter(sort_key__contains=word)
    found = list(certificates.order_by("sort_key", "-issued_at", "pk")[: SHOWN + 1])
    groups = groups_now(user, [one.learner_id for one in found if one.learner_id])
    shown = [Found(one, standing_of(one, today=today), groups.get(one.learner_id)) for one in found[:SHOWN]]
    return shown, len(found) > SHOWN


def groups_now(user, learners):
    """Return {key of a learner: the first group that this person may open in which the learner is now}."""
    current = Enrolment.objects.current().filter(learner__in=learners)
    current = current.filter(cohort__in=cohorts_of(user).order_by().values("pk"))
    return {one.learner_id: one.cohort for one in current.select_related("cohort").order_by("-pk")}
