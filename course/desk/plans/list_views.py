"""The plans of all centres that one may see, and as files those of which a review is due."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from course.desk.downloads import send_table
from course.people.clinics import clinics_looked_after_by
from course.plans.access import clinics_reminded_of
from course.plans.due import clinic_plans, due_plans, plan_figures
from course.plans.sheets import due_table, plans_table

CLINICS_A_PAGE = 100


@login_required
@require_safe
def desk_plans(request):
    """Every centre that one may see with how its plan stands, in the order of the names."""
    clinics, now = _clinics(request, clinics_looked_after_by), timezone.now()
    page = Paginator(clinics, CLINICS_A_PAGE).get_page(request.GET.get("pagina"))
    context = {"page": page, "lines": clinic_plans(list(page), now=now), "figures": plan_figures(clinics)}
    return render(request, "desk/plans/plans.html", context)


@login_required
@require_safe
def desk_plans_file(request, ending):
    """The same as a file, all of its pages."""
    lines = clinic_plans(list(_clinics(request, clinics_looked_after_by)), now=timezone.now())
    return send_table(request, ending, _("Plans of the centres"), plans_table(lines))


@login_required
@require_safe
def desk_due_plans_file(request, ending):
    """The centres of whose reviews one is reminded, all of them, as a file."""
    due = due_plans(_clinics(request, clinics_reminded_of), now=timezone.now())
    return send_table(request, ending, _("Plans to review"), due_table(due))


def _clinics(request, whose):
    if not request.user.trains:
        raise Http404
    clinics = whose(request.user, today=timezone.localdate()).select_related("area")
    return clinics.order_by("sort_key", "pk")
