"""*Agregar personas*: a list of staff is brought, looked at row by row, and written when it is confirmed."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from course.models import Role, RosterUpload
from course.people.identifiers import optional_fields
from course.roster.columns import Field
from course.roster.importing import (
    PlanChanged,
    confirm_list,
    is_long,
    outcome_of,
    plan_fingerprint,
    request_import,
)
from course.roster.mending import CannotMend, changed_fields, mend
from course.roster.reading import LARGEST, MOST_SHEETS, UnreadableList, refuse_size
from course.roster.uploads import (
    ColumnsMissing,
    ListMovedOn,
    bring_sheets,
    choose_columns,
    choose_sheet,
    columns_to_choose,
    hidden_in,
    plan_of,
    put_away,
    sheets_of,
    unread_in,
    unused_columns,
    uploads_of,
    way_of_reading,
)
from quizzes.base.spreadsheets import XLSX, download, table_xlsx

from .downloads import send_table
from .requested import requested_cohort
from .roster_form import RosterForm
from .roster_sheet import Shown, filters_of, lines_of, others_to_mend
from .roster_words import left_out_words, plan_words, unread_words, waiting_words
from .tables import roster_table

_LINES_A_PAGE = 100
# What pasted cells and the borders of a form may take beside the file.
_FORM_SIZE = 3_000_000


# The protection against forged requests reads the whole body, so the size is looked at before it.
@csrf_exempt
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_roster(request, cohort_pk):
    """Ask for a list of staff; a post brings it, and writes nothing about people yet."""
    cohort = requested_cohort(request, cohort_pk)
    size = request.META.get("CONTENT_LENGTH") or "0"
    if size.isdigit() and int(size) > LARGEST + _FORM_SIZE:
        return _refuse_unread(request, cohort, int(size))
    return _take_list(request, cohort)


def _refuse_unread(request, cohort, size):
    try:
        refuse_size(size)
    except UnreadableList as refusal:
        messages.error(request, str(refusal))
    return render(request, "desk/roster.html", {"cohort": cohort, "form": RosterForm()}, status=413)


@csrf_protect
def _take_list(request, cohort):
    form = RosterForm(request.POST, request.FILES) if request.method == "POST" else RosterForm()
    if form.is_valid():
        upload = bring_sheets(cohort, form.sheets, name=form.name, by=request.user, now=timezone.now())
        return redirect("desk_roster_plan", cohort.pk, upload.pk)
    context = {"cohort": cohort, "form": form}
    return render(request, "desk/roster.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def desk_roster_template(request, cohort_pk):
    """An empty list with the headings that are known, and one line to show how it is meant."""
    requested_cohort(request, cohort_pk)
    headings = [str(Field(name).label) for name in ("given", "surnames", "role", "clinic", "code")]
    example = [_("Ana Lucía"), _("Coj de la Cruz"), _("Nursing assistant"), _("Health centre of San Pedro"), ""]
    return download(table_xlsx(_("List of staff"), headings, [example]), f"{_('list-of-staff')}.xlsx", XLSX)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_roster_plan(request, cohort_pk, upload_id):
    """What the list will do, row by row. A post says which column is which, confirms, or gives the list up."""
    cohort = requested_cohort(request, cohort_pk)
    upload = get_object_or_404(uploads_of(request.user, cohort), pk=upload_id)
    if upload.is_being_imported:
        return redirect("desk_job", cohort.pk, upload.job_id)
    if upload.finished_at:
        return _show_outcome(request, cohort, upload)
    if request.method != "POST":
        return _show_plan(request, cohort, upload)
    try:
        return _change(request, cohort, upload)
    except CannotMend as refusal:
        return _show_plan(request, cohort, upload, str(refusal))
    except ColumnsMissing as missing:
        return _show_plan(request, cohort, upload, str(missing), problem_at="column-0")
    except ListMovedOn as moved:
        messages.error(request, str(moved))
    except RosterUpload.DoesNotExist as gone:
        raise Http404 from gone
    return redirect(_page_of(request))


def _change(request, cohort, upload):
    action = request.POST.get("action")
    if action == "cancel":
        put_away(upload)
        messages.success(request, _("The list was put away. Nothing was written."))
        return redirect("desk_cohort", cohort.pk)
    if action in ("save", "confirm") and _mend(request, upload):
        messages.success(request, _("Saved. Look once more, and confirm."))
    elif action == "confirm":
        return _confirm(request, cohort, upload)
    elif "go" in request.POST:
        return _go(request, upload)
    elif action == "sheet":
        if _mend(request, upload):
            messages.success(request, _("Saved."))
        number = request.POST.get("sheet", "")
        choose_sheet(upload, int(number) if number.isdecimal() and len(number) < 4 else -1, now=timezone.now())
    elif action == "columns":
        _choose_columns(request, upload)
    return redirect(_page_of(request))


def _page_of(request):
    return f"{request.path}?{request.GET.urlencode()}" if request.GET else request.path


@login_required
@require_safe
def desk_roster_plan_file(request, ending, cohort_pk, upload_id):
    """What the list will do, as a file; `ver` leaves the rows of one kind."""
    cohort = requested_cohort(request, cohort_pk)
    plan = plan_of(get_object_or_404(uploads_of(request.user, cohort), pk=upload_id, finished_at=None))
    if plan is None:
        raise Http404
    table = roster_table(lines_of(plan, request.GET.get("ver"))[0])
    return send_table(request, ending, _("List of staff"), table, cohort=cohort, people=len(table[1]))


def _go(request, upload):
    if _mend(request, upload):
        messages.success(request, _("Saved."))
    asked = QueryDict(request.POST["go"])
    wanted = {name: asked[name] for name in ("ver", "pagina") if asked.get(name)}
    return redirect(f"{request.path}?{urlencode(wanted)}" if wanted else request.path)


def _mend(request, upload):
    changed = changed_fields(request.POST, request.POST.get("shown_fields", ""))
    return mend(upload, changed, read_as=request.POST.get("read_as", ""))


def _confirm(request, cohort, upload):
    shown, now = request.POST.get("shown", ""), timezone.now()
    if is_long(upload):
        request_import(upload, shown=shown, language=request.LANGUAGE_CODE, now=now)
        return redirect("desk_roster_plan", cohort.pk, upload.pk)
    try:
        confirm_list(upload, shown=shown, by=request.user, now=now)
    except PlanChanged as changed:
        messages.error(request, str(changed))
        return redirect("desk_roster_plan", cohort.pk, upload.pk)
    upload.refresh_from_db(fields=["outcome", "finished_at"])
    return _show_outcome(request, cohort, upload)


def _show_outcome(request, cohort, upload):
    outcome = outcome_of(upload)
    context = {"cohort": cohort, "outcome": outcome, "left_out": left_out_words(outcome)}
    return render(request, "desk/roster_done.html", context)


def _choose_columns(request, upload):
    chosen = {column.place: request.POST.get(f"column-{column.place}", "") for column in columns_to_choose(upload)}
    first = request.POST.get("first", "")
    row = int(first) - 1 if first.isdecimal() and len(first) < 6 else 0
    choose_columns(upload, chosen, first=row, now=timezone.now(), read_as=request.POST.get("read_as"))


def _show_plan(request, cohort, upload, problem="", problem_at=""):
    plan, columns = plan_of(upload), columns_to_choose(upload)
    sheets, unread = sheets_of(upload), unread_in(upload)
    unused, unasked = unused_columns(columns, plan.asked if plan else optional_fields())
    hidden_columns, hidden_rows = hidden_in(upload, columns)
    context = {
        "cohort": cohort,
        "upload": upload,
        "plan": plan,
        "sheets": sheets,
        # Empty sheets are none to choose, but stand among those that are read.
        "sheet_count": MOST_SHEETS + len(unread) if unread else len(sheets),
        "unread": unread_words(unread),
        "columns": columns,
        "unused": unused,
        "unasked": unasked,
        "hidden_columns": hidden_columns,
        "hidden_rows": hidden_rows,
        "fields": Field.choices,
        "first": upload.columns["first"] + 1,
        "read_as": way_of_reading(upload),
        "problem": problem or (upload.job.problem if upload.job else ""),
        "problem_at": problem_at,
    }
    if plan:
        context |= _shown_plan(request, plan)
    return render(request, "desk/roster_plan.html", context, status=422 if problem else 200)


def _shown_plan(request, plan):
    lines, only = lines_of(plan, request.GET.get("ver"))
    page, shown = Paginator(lines, _LINES_A_PAGE).get_page(request.GET.get("pagina")), Shown()
    open_titles, guessed_titles, known_titles = shown.titles(plan.titles)
    return {
        "summary": plan_words(plan),
        "waiting": waiting_words(plan),
        "fingerprint": plan_fingerprint(plan),
        "only": only,
        "filters": filters_of(plan),
        "page": page,
        "rows": shown.rows(list(page), by=request.user, now=timezone.now()),
        "named_clinics": shown.clinics(plan.clinics, plan.known_clinics),
        "open_titles": open_titles,
        "guessed_titles": guessed_titles,
        "known_titles": known_titles,
        "others": others_to_mend(plan.others, shown),
        "clinics": plan.known_clinics,
        "roles": Role.choices,
        "shown": shown,
    }
