"""Summary by clinic and health area, on screen and as a file."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from course.groups.summary import roles_shown, summary_of, summary_sheets
from course.people.audit import audit_log
from course.people.clinics import clinics_looked_after_by
from course.people.cohorts import cohorts_of
from course.plans.due import figures_sheet, plan_figures
from quizzes.base.spreadsheets import CSV, XLSX, build_workbook, download, table_csv

from .spreadsheets import file_name


@require_safe
@login_required
def desk_summary(request):
    summary = _requested(request)
    context = {"summary": summary, "roles": roles_shown(), "plan_figures": _plans(request, summary)}
    return render(request, "desk/summary.html", context)


@require_safe
@login_required
def desk_summary_file(request, ending):
    summary = _requested(request)
    clinics, *others = summary_sheets(summary)
    now = timezone.now()
    audit_log("summary_exported", by=request.user, now=now)
    name = file_name(_("Summary by clinic"), None, ending, now=now)
    if ending == "xlsx":
        return download(build_workbook([clinics, *others, figures_sheet(_plans(request, summary))]), name, XLSX)
    _title, headings, rows = clinics
    return download(table_csv(headings, rows), name, CSV)


def _plans(request, summary):
    clinics = clinics_looked_after_by(request.user, today=timezone.localdate())
    return plan_figures(clinics.filter(area__key=summary.area) if summary.area else clinics)


def _requested(request):
    if not request.user.trains:
        raise Http404
    return summary_of(cohorts_of(request.user), area=request.GET.get("area", ""), everything=request.user.administers)
