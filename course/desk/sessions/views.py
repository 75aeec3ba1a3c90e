"""The pages of sessions: the list, one session with its attendance, its sheet to sign and its QR on the wall."""

from contextlib import suppress
from hashlib import sha256

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates.pdf.rendering import qr_strokes
from course.desk.downloads import send_table
from course.desk.requested import requested_cohort
from course.desk.spreadsheets import file_name
from course.desk.tables import attendance_table, sessions_table
from course.groups.changing import in_lines, telling
from course.groups.ending import watching
from course.models import Session, User
from course.paper.addresses import printed_address
from course.paper.printing import PAPERS
from course.paper.sheets import quizzes_with_sheets
from course.people.audit import audit_log
from course.people.clinics import may_open_clinic
from course.sessions.attendance import (
    CannotDelete,
    NotNoted,
    attend,
    begin_session,
    can_delete,
    check_can_delete,
    check_has_come,
    check_may_attend,
    close_door,
    delete_session,
    door_is_open,
    keep_attendance,
    open_door,
    people_to_tick,
    save_session,
    sessions_of,
    turnout_of,
)
from course.sessions.modules import counting_modules, counting_words, modules_of, unpublished_counting
from course.sessions.printing import sign_in_pdf
from modules.progress.outline import course_outline
from quizzes.base.identifiers import parse_key
from quizzes.base.spreadsheets import download

from .forms import SessionForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_sessions(request, cohort_pk):
    """The sessions of the group with n/N, and the form of a new one."""
    cohort = requested_cohort(request, cohort_pk)
    session = Session(cohort=cohort, made_by=request.user)
    form = SessionForm(request.POST or None, instance=session, today=timezone.localdate())
    if form.is_valid():
        session = begin_session(form.save(commit=False), by=request.user, now=timezone.now())
        return redirect("desk_session", cohort.pk, session.pk)
    outline = course_outline()
    context = {
        "cohort": cohort,
        "sessions": _lines_of(cohort, outline),
        "form": form,
    }
    return render(request, "desk/sessions/sessions.html", context, status=422 if form.errors else 200)


def _lines_of(cohort, outline):
    return [
        (one, turnout, modules_of(one, outline), counting_words(one, outline)) for one, turnout in sessions_of(cohort)
    ]


@login_required
@require_safe
def desk_sessions_file(request, ending, cohort_pk):
    """The sessions of the group as a file."""
    cohort = requested_cohort(request, cohort_pk)
    outline = course_outline()
    table = sessions_table(_lines_of(cohort, outline))
    return send_table(request, ending, _("Sessions"), table, cohort=cohort)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_session(request, cohort_pk, session_pk):
    """A session and who was there. A POST keeps the ticks; `?marcar=` shows everybody ticked, or nobody."""
    session = requested_session(request, cohort_pk, session_pk)
    now = timezone.now()
    if request.method == "POST":
        ticked, shown = ({parse_key(pk) for pk in request.POST.getlist(name)} for name in ("persona", "estaba"))
        people = [tick.person for tick in people_to_tick(session)]
        try:
            with watching(people) as ended, telling(people, now=now) as told:
                count = keep_attendance(session, ticked, shown=shown, by=request.user, now=now)
        except NotNoted as problem:
            messages.error(request, str(problem))
            return redirect("desk_session", cohort_pk, session.pk)
        messages.success(request, _("Attendance saved: %(count)d.") % {"count": count})
        tell_changes(request, ended, told)
        return redirect("desk_session", cohort_pk, session.pk)
    people = people_to_tick(session)
    context = {
        "cohort": session.cohort,
        "session": session,
        "modules": modules_of(session),
        "counts": counting_words(session),
        "counts_for_any": bool(counting_modules(session) or unpublished_counting(session)),
        "people": people,
        "to_come": problem_with_day(session, now=now),
        "turnout": turnout_of(people),
        "is_open": door_is_open(session, now),
        "can_delete": can_delete(session),
        "papers": PAPERS,
        "quizzes": quizzes_with_sheets(session.cohort, session),
        "leads_to_clinic": may_open_clinic(session.cohort, today=timezone.localdate(now)),
    }
    return render(request, "desk/sessions/session.html", context)


@login_required
@require_safe
def desk_attendance_file(request, ending, cohort_pk, session_pk):
    """Who was at a session, as a file."""
    session = requested_session(request, cohort_pk, session_pk)
    people = people_to_tick(session)
    table = attendance_table(people, counts=counting_words(session))
    return send_table(request, ending, _("Attendance"), table, cohort=session.cohort, people=len(people))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_session_change(request, cohort_pk, session_pk):
    """Change date, place, modules, what they count for, or length. What changes for people is told before it does."""
    session = requested_session(request, cohort_pk, session_pk)
    form = SessionForm(request.POST or None, instance=session, today=timezone.localdate())
    affected = []
    if form.is_valid():
        changed, now = form.save(commit=False), timezone.now()
        with suppress(_NotConfirmed), transaction.atomic():
            ended, told = _save_and_tell(changed, by=request.user, now=now)
            affected = [*in_lines(told), *ended]
            if affected and request.POST.get("confirmado") != _fingerprint(affected):
                raise _NotConfirmed
            messages.success(request, _("Saved."))
            tell_changes(request, ended, told)
            return redirect("desk_session", cohort_pk, session.pk)
    context = {
        "cohort": session.cohort,
        "session": session,
        "form": form,
        "affected": affected,
        "shown": _fingerprint(affected),
    }
    return render(request, "desk/sessions/change.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_session_delete(request, cohort_pk, session_pk):
    """Ask whether to delete a session that did not take place; a POST does. Of another it says what hangs on it."""
    session = requested_session(request, cohort_pk, session_pk)
    try:
        if request.method == "POST":
            delete_session(session, by=request.user, now=timezone.now())
            messages.success(request, _("The session was deleted."))
            return redirect("desk_sessions", cohort_pk)
        check_can_delete(session)
    except CannotDelete as refusal:
        context = {"cohort": session.cohort, "session": session, "problem": refusal}
        status = 409 if request.method == "POST" else 200
        return render(request, "desk/sessions/delete.html", context, status=status)
    return render(request, "desk/sessions/delete.html", {"cohort": session.cohort, "session": session})


class _NotConfirmed(Exception):
    pass


def _save_and_tell(session, *, by, now):
    attended = list(User.objects.filter(attendances__session=session))
    with watching(attended) as ended, telling(attended, now=now) as told:
        save_session(session, by=by, now=now)
    return ended, told


def _fingerprint(sentences):
    return sha256("\n".join(sentences).encode()).hexdigest()


def tell_changes(request, ended, told):
    """Say on the next page what changed for whom, and of whom something is finished no more."""
    for sentence in in_lines(told):
        messages.info(request, sentence)
    for sentence in ended:
        messages.warning(request, sentence)


@login_required
@require_safe
def desk_sign_in_sheet(request, cohort_pk, session_pk):
    """The sheet to sign, as PDF."""
    session = requested_session(request, cohort_pk, session_pk)
    now, paper_size = timezone.now(), request.GET.get("hoja", "letter")
    paper_size = paper_size if paper_size in PAPERS else "letter"
    content = sign_in_pdf(session, paper_size=paper_size, language=request.LANGUAGE_CODE)
    audit_log("sign_in_sheet_printed", by=request.user, cohort=session.cohort, subject=session, now=now)
    return download(content, file_name(_("Attendance"), session.cohort, "pdf", now=now), "application/pdf")


@login_required
@require_safe
def desk_wall(request, cohort_pk, session_pk):
    """The QR to project or to hang up."""
    session = requested_session(request, cohort_pk, session_pk)
    address = printed_address("attend_session", session.token)
    context = {
        "cohort": session.cohort,
        "session": session,
        "counts": counting_words(session),
        "qr": qr_strokes(address),
        "address": address,
        "is_open": door_is_open(session, timezone.now()),
    }
    return render(request, "desk/sessions/wall.html", context)


@login_required
@require_POST
def desk_door(request, cohort_pk, session_pk):
    """Open the attendance by QR, or close it."""
    session = requested_session(request, cohort_pk, session_pk)
    if "abrir" in request.POST:
        try:
            open_door(session, now=timezone.now())
        except NotNoted as problem:
            messages.error(request, str(problem))
            return redirect("desk_session", cohort_pk, session.pk)
        return redirect("desk_wall", cohort_pk, session.pk)
    close_door(session, now=timezone.now())
    messages.success(request, _("The QR on the wall takes nobody any more."))
    return redirect("desk_session", cohort_pk, session.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def attend_session(request, token):
    """Where the QR on the wall leads: it names who is signed in on the device, and a press notes that person."""
    session, now = get_object_or_404(Session.objects.select_related("cohort"), token=token), timezone.now()
    try:
        if request.method == "POST":
            attend(session, request.user, now=now)
        else:
            check_may_attend(session, request.user, now=now)
    except NotNoted as problem:
        return render(request, "desk/sessions/attended.html", {"problem": problem}, status=403)
    context = {"session": session, "counts": counting_words(session), "is_noted": request.method == "POST"}
    return render(request, "desk/sessions/attended.html", context)


def problem_with_day(session, *, now):
    """Return why nobody can be noted at a session yet, in a sentence for who leads it, or nothing."""
    try:
        check_has_come(session, now=now)
    except NotNoted as problem:
        return str(problem)
    return ""


def requested_session(request, cohort_pk, session_pk):
    """Return a session of a group that this person may open."""
    cohort = requested_cohort(request, cohort_pk)
    session = get_object_or_404(Session, cohort=cohort, pk=session_pk)
    session.cohort = cohort
    return session
