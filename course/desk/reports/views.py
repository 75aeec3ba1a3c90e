"""Report of a period, on screen and as files."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from course.desk.spreadsheets import file_name
from course.people.audit import audit_log
from course.reports.by_sex import by_sex
from course.reports.definitions import definitions
from course.reports.figures import report_of
from course.reports.sheets import report_sheets, report_table, whose_words
from quizzes.base.spreadsheets import CSV, XLSX, build_workbook, download, table_csv

from .forms import named_periods, report_form


@require_safe
@login_required
def desk_report(request):
    today, form = timezone.localdate(), _form(request)
    context = {"form": form, "periods": named_periods(request.GET, form, today=today)}
    if form.is_valid():
        context |= {
            "report": report_of(form.scope, form.period, today=today),
            "by_sex": by_sex(form.scope, form.period, today=today),
            "definitions": definitions(),
            "whose": whose_words(form.scope),
        }
    return render(request, "desk/reports/report.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def desk_report_file(request, ending):
    form, now = _form(request), timezone.now()
    if not form.is_valid():
        messages.error(request, _("Choose the days first."))
        return redirect(f"{reverse('desk_report')}?{request.GET.urlencode()}")
    today = timezone.localdate(now)
    report = report_of(form.scope, form.period, today=today)
    title = _("Report")
    audit_log("table_exported", by=request.user, subject=title, people=report.total.people, now=now)
    name = file_name(f"{title} {form.period.since} {form.period.until}", None, ending, now=now)
    if ending == "csv":
        return download(table_csv(*report_table(report)), name, CSV)
    sexes = by_sex(form.scope, form.period, today=today)
    return download(build_workbook(report_sheets(report, sexes, made_by=request.user, now=now)), name, XLSX)


def _form(request):
    if not request.user.trains:
        raise Http404
    return report_form(request.GET, user=request.user, today=timezone.localdate())
