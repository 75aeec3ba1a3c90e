"""The summary by clinic and health area over all groups that a person may open: on screen, on paper, as a file."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .audit import note
from .cohorts import cohorts_of
from .spreadsheets import file_name, table_csv, workbook_of
from .summary import roles_shown, summary_of, summary_sheets
from .views import XLSX, download


@require_safe
@login_required
def desk_summary(request):
    """How many finished and began, of how many, by clinic and role; `area` leaves the clinics of one health area."""
    context = {"summary": _requested(request), "roles": roles_shown(), "now": timezone.now()}
    return render(request, "desk/summary.html", context)


@require_safe
@login_required
def desk_summary_xlsx(request):
    """The summary as a workbook, a row for each clinic and role."""
    workbook = workbook_of(summary_sheets(_requested(request)))
    return download(workbook, _note_and_name(request, "xlsx"), XLSX)


@require_safe
@login_required
def desk_summary_csv(request):
    """The clinics of the summary as CSV."""
    (_title, headings, rows), *_areas = summary_sheets(_requested(request))
    return download(table_csv(headings, rows), _note_and_name(request, "csv"), "text/csv; charset=utf-8")


def _requested(request):
    if not request.user.trains:
        raise Http404
    return summary_of(cohorts_of(request.user), area=request.GET.get("area", ""))


def _note_and_name(request, ending):
    now = timezone.now()
    note("summary_exported", by=request.user, now=now)
    return file_name(_("Summary by clinic"), None, ending, now=now)
