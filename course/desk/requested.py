"""What an address of the desk asks for: a group, a person of it, its grid. Whoever may not know gets a 404."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from certificates.models import Certificate
from course.groups.calling import call_list
from course.groups.grid import Order, cohort_grid, grids_by_cohort
from course.people.cohorts import (
    cohorts_of,
    cohorts_trained_by,
    help_rule,
    learners_by_cohort,
    learners_of,
    with_leaver_counts,
)
from modules.progress.states import State


def requested_cohort(request, cohort_pk):
    cohort = get_object_or_404(with_leaver_counts(cohorts_of(request.user)), pk=cohort_pk)
    # Whoever opens a group has a desk: the menu need not ask the database again.
    request.user.trains = True
    return cohort


def requested_person(request, cohort_pk, learner_pk):
    """Return the group of the address and somebody who is in it now."""
    cohort = requested_cohort(request, cohort_pk)
    return cohort, get_object_or_404(learners_of(cohort), pk=learner_pk)


def requested_grid(request, cohort_pk):
    """Return the group of the address and its grid; a way of sorting or a state that is not one counts as none."""
    cohort = requested_cohort(request, cohort_pk)
    order = _one_of(Order, request.GET.get("orden"), Order.SURNAMES)
    only = _one_of(State, request.GET.get("estado"), None)
    picked = {"clinic": request.GET.get("centro", ""), "role": request.GET.get("puesto", "")}
    rule, now = help_rule(cohort), timezone.now()
    return cohort, cohort_grid(learners_of(cohort), rule=rule, now=now, order=order, only=only, **picked)


def own_list(request):
    """Return the CallList of the groups that one trains."""
    if not request.user.trains:
        raise Http404
    now, cohorts = timezone.now(), list(cohorts_trained_by(request.user))
    grids = grids_by_cohort(learners_by_cohort(cohorts), now=now)
    return call_list({cohort: grids[cohort.pk] for cohort in cohorts}, by=request.user, now=now)


def _one_of(options, value, default):
    try:
        return options(value)
    except ValueError:
        return default


def certificate_to_change(user, serial, rule):
    """Return the certificate that this person may correct or revoke by the rule's name; to others it does not exist."""
    certificate = Certificate.objects.without_pdf().select_related("learner").filter(serial=serial).first()
    is_own = certificate and certificate.learner_id == user.pk
    if certificate is None or is_own or not user.has_perm(rule, certificate):
        raise Http404
    return certificate
