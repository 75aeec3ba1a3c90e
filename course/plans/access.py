"""Who may see and change the plan of which centre."""

from django.db.models import Exists, OuterRef, Q

from course.models import CentreHead, Clinic, Enrolment
from course.people.cohorts import cohorts_of, cohorts_trained_by, unclosed_cohorts


def clinics_reminded_of(user, *, today):
    """Return the clinics of whose reviews this person is reminded: those of open groups one trains, and of one's areas.

    Who administers the site sees every plan, and is asked to call about none that is somebody else's.
    """
    groups = unclosed_cohorts(cohorts_trained_by(user), today=today).order_by().values("clinic")
    return Clinic.objects.filter(Q(pk__in=groups) | Q(area__leads=user)).distinct()


def clinic_headed_by(person):
    """Return the clinic whose plan is this learner's to keep, or None; one query.

    Who heads it was named on the desk, belongs to it still, and is in a group now. The role gives nothing: everybody
    chooses their own.
    """
    if person.clinic_id is None:
        return None
    there = Exists(Enrolment.objects.current().filter(learner=OuterRef("person")))
    named = CentreHead.objects.filter(there, person=person, clinic=person.clinic_id).select_related("clinic").first()
    return named.clinic if named else None


def group_of_plan(clinic, *, by):
    """Return the group in whose log stands what `by` does to the plan, or None: the own one, else one of the clinic."""
    if by is None:
        return None
    enrolment = Enrolment.objects.current().filter(learner=by).select_related("cohort").order_by("pk").first()
    return enrolment.cohort if enrolment else cohorts_of(by).filter(clinic=clinic).order_by("-opens_on", "pk").first()
