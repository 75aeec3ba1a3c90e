"""The summary by clinic and health area over all groups that a person may open: on screen, on paper, as a file."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from course.groups.summary import roles_shown, summary_of, summary_sheets
from course.people.audit import note
from course.people.cohorts import cohorts_of
from quizzes.wording.tables import CSV, XLSX, download, table_csv
from quizzes.wording.workbooks import workbook_of

from .spreadsheets import file_name


@require_safe
@login_required
def desk_summary(request):
    """How many finished and began, of how many, by clinic and role; `area` leaves the clinics of one health area."""
    context = {"summary": _requested(request), "roles": roles_shown()}
    return render(request, "desk/summary.html", context)


@require_safe
@login_required
def desk_summary_file(request, ending):
    """The summary as a file: a workbook with a sheet for each table, or the clinics with their areas as CSV."""
    clinics, *others = summary_sheets(_requested(request))
    now = timezone.now()
    note("summary_exported", by=request.user, now=now)
    name = file_name(_("Summary by clinic"), None, ending, now=now)
    if ending == "xlsx":
        return download(workbook_of([clinics, *others]), name, XLSX)
    _title, headings, rows = clinics
    return download(table_csv(headings, rows), name, CSV)


def _requested(request):
    if not request.user.trains:
        raise Http404
    return summary_of(cohorts_of(request.user), area=request.GET.get("area", ""), everything=request.user.administers)
