"""Registers of certificates and attendance, on screen and as files."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from course.desk.spreadsheets import file_name
from course.people.audit import audit_log
from course.reports.attendances import (
    attendance_lines,
    attendances_table,
    registered_attendances,
    sessions_in,
    sums_of,
    sums_table,
)
from course.reports.certificates import certificate_lines, certificates_table, registered_certificates
from quizzes.base.spreadsheets import send_csv, send_xlsx

from .forms import CertificatesForm, RegisterForm

SHOWN = 50
# A larger workbook takes too long for a request; CSV is streamed.
MOST_ROWS = 20_000
FIRST_YEAR = 2025


@require_safe
@login_required
def desk_certificates(request):
    form, today = _form(request, CertificatesForm), timezone.localdate()
    page = _page(request, _certificates(form, today))
    context = _context(form, page) | {"lines": certificate_lines(page, today=today)}
    return render(request, "desk/reports/certificates.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def desk_certificates_file(request, ending):
    form, today = _form(request, CertificatesForm), timezone.localdate()
    certificates = _certificates(form, today)
    if certificates is None or _is_too_much(certificates, ending):
        return _choose_first(request, "desk_certificates")
    table = certificates_table(certificates, today=today)
    return _file(request, ending, _("Register of certificates"), table, people=certificates.count())


@require_safe
@login_required
def desk_attendances(request):
    form = _form(request, RegisterForm)
    sessions = _sessions(form)
    attendances = None if sessions is None else registered_attendances(sessions)
    # Sorting keys alone is faster for 100,000 rows.
    page = _page(request, None if attendances is None else attendances.values_list("pk", flat=True))
    context = _context(form, page) | {"lines": attendance_lines(attendances.filter(pk__in=list(page)) if page else ())}
    context["sums"] = None if sessions is None else sums_of(sessions)
    return render(request, "desk/reports/attendances.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def desk_attendances_file(request, ending):
    form = _form(request, RegisterForm)
    sessions = _sessions(form)
    attendances = None if sessions is None else registered_attendances(sessions)
    if attendances is None or _is_too_much(attendances, ending):
        return _choose_first(request, "desk_attendances")
    people = attendances.order_by().values("learner").distinct().count()
    sums = (_("Sums"), *sums_table(sums_of(sessions)))
    return _file(request, ending, _("Register of attendance"), attendances_table(attendances), sums, people=people)


def _sessions(form):
    if not form.is_valid():
        return None
    return sessions_in(form.scope, year=form.cleaned_data["ano"], today=timezone.localdate())


def _certificates(form, today):
    if not form.is_valid():
        return None
    asked = form.cleaned_data
    return registered_certificates(form.scope, year=asked["ano"], state=asked["estado"], today=today)


def _form(request, kind):
    if not request.user.trains:
        raise Http404
    this_year = timezone.localdate().year
    asked = request.GET if "ano" in request.GET else {**request.GET.dict(), "ano": this_year}
    return kind(asked, user=request.user, years=range(this_year, FIRST_YEAR - 1, -1))


def _page(request, rows):
    return Paginator(() if rows is None else rows, SHOWN).get_page(request.GET.get("pagina"))


def _context(form, page):
    count = page.paginator.count
    return {"form": form, "page": page, "count": count, "most": MOST_ROWS, "is_long": count > MOST_ROWS}


def _is_too_much(rows, ending):
    return ending == "xlsx" and rows.count() > MOST_ROWS


def _choose_first(request, address):
    messages.error(request, _("These are too many rows for Excel: choose a year, an area or a group, or take the CSV."))
    return redirect(f"{reverse(address)}?{request.GET.urlencode()}")


def _file(request, ending, title, table, *others, people):
    now = timezone.now()
    audit_log("table_exported", by=request.user, subject=title, people=people, now=now)
    name = file_name(title, None, ending, now=now)
    headings, rows = table
    return send_csv(headings, rows, name) if ending == "csv" else send_xlsx([(title, *table), *others], name)
