"""Pages: sessions of a group, attendance, sign-in sheet, QR."""

from contextlib import suppress
from hashlib import sha256

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates.pdf.rendering import qr_strokes
from course.desk.downloads import send_table
from course.desk.requested import requested_cohort
from course.desk.spreadsheets import file_name
from course.desk.tables import attendance_table, sessions_table
from course.groups.changing import in_lines, telling, watching
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
    days_for_sessions,
    delete_session,
    door_is_open,
    keep_attendance,
    open_door,
    people_to_tick,
    save_session,
    sessions_of,
    turnout_of,
)
from course.sessions.modules import (
    counting_modules,
    counting_words,
    module_choices,
    modules_of,
    unpublished_counting,
    unpublished_modules,
    usually_counting,
)
from course.sessions.printing import sign_in_pdf
from modules.progress.outline import course_outline
from quizzes.base.identifiers import parse_key
from quizzes.base.spreadsheets import download


class SessionForm(forms.ModelForm):
    """Modules are named by stable key. Unpublished ones cannot be chosen; those of the session are kept."""

    modules = forms.MultipleChoiceField(
        label=gettext_lazy("Modules"),
        help_text=gettext_lazy(
            "Of each that you tick, say whether attending counts as reading its lessons. The quiz is still taken."
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=(),
    )
    counts = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple, choices=())

    class Meta:
        model = Session
        fields = ["held_on", "place", "modules", "minutes"]
        widgets = {"held_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}

    def __init__(self, *arguments, instance, today, **options):
        self.day_before = instance.held_on if instance.pk else None
        self.today, self.days = today, days_for_sessions(instance.cohort, today=today)
        self.unpublished, self.unpublished_counting = unpublished_modules(instance), unpublished_counting(instance)
        counting = [str(module.key) for module in counting_modules(instance)]
        counting += [key for key in usually_counting() if key not in instance.modules]
        super().__init__(*arguments, instance=instance, **options)
        self.fields["modules"].choices = self.fields["counts"].choices = module_choices()
        self.initial["counts"] = counting
        first, last = self.days
        self.fields["held_on"].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    @property
    def module_lines(self):
        return list(zip(self["modules"], self["counts"], strict=True))

    def clean_held_on(self):
        """Refuse a mistyped year, and a future day once people attended; the unchanged day is always accepted."""
        day, (first, last) = self.cleaned_data["held_on"], self.days
        if day == self.day_before:
            return day
        if not first <= day <= last:
            span = {"first": date_format(first, "DATE_FORMAT"), "last": date_format(last, "DATE_FORMAT")}
            raise forms.ValidationError(gettext_lazy("Give a day from %(first)s to %(last)s.") % span)
        if day > self.today and self.instance.pk and self.instance.attendances.exists():
            raise forms.ValidationError(
                gettext_lazy("Attendance was noted at this session: its day cannot be still to come.")
            )
        return day

    def clean(self):
        cleaned = super().clean()
        chosen = cleaned.get("modules", [])
        counts_for = [key for key in cleaned.get("counts", []) if key in chosen]
        self.instance.counts_for = counts_for + self.unpublished_counting
        cleaned["modules"] = chosen + self.unpublished
        return cleaned


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_sessions(request, cohort_pk):
    cohort = requested_cohort(request, cohort_pk)
    session = Session(cohort=cohort, made_by=request.user)
    form = SessionForm(request.POST or None, instance=session, today=timezone.localdate())
    if form.is_valid():
        session = begin_session(form.save(commit=False), by=request.user, now=timezone.now())
        return redirect("desk_session", cohort.pk, session.pk)
    context = {"cohort": cohort, "sessions": _lines_of(cohort, course_outline()), "form": form}
    return render(request, "desk/sessions/sessions.html", context, status=422 if form.errors else 200)


def _lines_of(cohort, outline):
    return [
        (one, turnout, modules_of(one, outline), counting_words(one, outline)) for one, turnout in sessions_of(cohort)
    ]


@login_required
@require_safe
def desk_sessions_file(request, ending, cohort_pk):
    cohort = requested_cohort(request, cohort_pk)
    table = sessions_table(_lines_of(cohort, course_outline()))
    return send_table(request, ending, _("Sessions"), table, cohort=cohort)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_session(request, cohort_pk, session_pk):
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
    session = requested_session(request, cohort_pk, session_pk)
    people = people_to_tick(session)
    table = attendance_table(people, counts=counting_words(session))
    return send_table(request, ending, _("Attendance"), table, cohort=session.cohort, people=len(people))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_session_change(request, cohort_pk, session_pk):
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
    """Confirm and delete a session that did not take place; of any other, show what depends on it."""
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
    for sentence in in_lines(told):
        messages.info(request, sentence)
    for sentence in ended:
        messages.warning(request, sentence)


@login_required
@require_safe
def desk_sign_in_sheet(request, cohort_pk, session_pk):
    session = requested_session(request, cohort_pk, session_pk)
    now, paper_size = timezone.now(), request.GET.get("hoja", "letter")
    paper_size = paper_size if paper_size in PAPERS else "letter"
    content = sign_in_pdf(session, paper_size=paper_size, language=request.LANGUAGE_CODE)
    audit_log("sign_in_sheet_printed", by=request.user, cohort=session.cohort, subject=session, now=now)
    return download(content, file_name(_("Attendance"), session.cohort, "pdf", now=now), "application/pdf")


@login_required
@require_safe
def desk_wall(request, cohort_pk, session_pk):
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
    try:
        check_has_come(session, now=now)
    except NotNoted as problem:
        return str(problem)
    return ""


def requested_session(request, cohort_pk, session_pk):
    cohort = requested_cohort(request, cohort_pk)
    session = get_object_or_404(Session, cohort=cohort, pk=session_pk)
    session.cohort = cohort
    return session
