"""Who is concerned by sheets of paper: who gets one at a clinic, and who may have collected them."""

from django.db.models import Q

from course.models import Enrolment, User
from course.people.cohorts import cohorts_of


def people_given_sheets(clinic, *, by):
    """Return the people of the clinic who are in a group that `by` opens, by surname."""
    groups = cohorts_of(by).order_by().values("pk")
    current = Enrolment.objects.current().filter(cohort__in=groups).order_by()
    return User.objects.filter(clinic=clinic, is_active=True, pk__in=current.values("learner")).in_spanish_order()


def who_may_have_collected(clinic, *, by):
    """Return who may have taken the sheets out of the box: people of the clinic, who trains there, who leads its area.

    Whoever keys them in is among them, to be refused in words.
    """
    there = Q(pk__in=people_given_sheets(clinic, by=by).order_by().values("pk"))
    trains = Q(cohorts_trained__clinic=clinic)
    leads = Q(areas_led=clinic.area_id) if clinic.area_id else Q(pk=None)
    people = User.objects.filter(there | trains | leads | Q(pk=by.pk), is_active=True).order_by()
    return User.objects.filter(pk__in=people.values("pk")).in_spanish_order()
