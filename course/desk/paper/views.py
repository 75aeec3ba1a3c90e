"""The pages of quizzes on paper: what is printed, for whom, and the pile that is keyed in."""

import random

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from course.desk.downloads import send_table
from course.desk.requested import requested_cohort
from course.desk.tables import quizzes_on_paper_table, sheets_table
from course.groups.changing import telling
from course.models import PaperSheet, Session
from course.paper.entering import AlreadyEntered, NotEntered, enter_second, enter_sheet
from course.paper.lettering import on_sheet, paper_to_ask
from course.paper.printing import PAPERS, NothingToPrint, recent_prints, request_sheets
from course.paper.sheets import (
    grouped,
    hand_out,
    is_waiting,
    quizzes_with_sheets,
    read_code,
    sheets_of,
    withdraw_sheet,
)
from course.people.clinics import may_open_clinic
from course.people.cohorts import cohorts_of, learners_of
from quizzes.attempts.second_chance import second_chance_snapshot
from quizzes.base.identifiers import parse_key
from quizzes.models import Quiz


@login_required
@require_safe
def desk_papers(request, cohort_pk):
    """The quizzes of the course, with how many sheets of the group are printed and keyed in."""
    cohort = requested_cohort(request, cohort_pk)
    context = {
        "cohort": cohort,
        "lines": quizzes_with_sheets(cohort),
        "leads_to_clinic": may_open_clinic(cohort, today=timezone.localdate()),
    }
    return render(request, "desk/paper/quizzes.html", context)


@login_required
@require_safe
def desk_papers_file(request, ending, cohort_pk):
    """The same as a file."""
    cohort = requested_cohort(request, cohort_pk)
    table = quizzes_on_paper_table(quizzes_with_sheets(cohort))
    return send_table(request, ending, _("On paper"), table, cohort=cohort)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_paper(request, cohort_pk, quiz_key):
    """Choose who gets a booklet and a sheet, and fetch them. A POST starts the attempts of those chosen."""
    cohort, quiz = requested_quiz(request, cohort_pk, quiz_key)
    learners, session = list(learners_of(cohort)), _session_asked(request, cohort)
    if request.method == "POST":
        _hand_out(request, cohort, quiz, learners, session)
        return redirect(
            reverse("desk_paper", args=[cohort.pk, quiz_key]) + (f"?sesion={session.pk}" if session else "")
        )
    there = set(session.attendances.values_list("learner_id", flat=True)) if session else set()
    sheets = list(sheets_of(cohort, quiz_key))
    waiting = [sheet for sheet in sheets if is_waiting(sheet)]
    with_sheet = {sheet.attempt.learner_id: sheet for sheet in waiting}
    context = {
        "cohort": cohort,
        "quiz": quiz,
        "session": session,
        "people": [(learner, with_sheet.get(learner.pk), not there or learner.pk in there) for learner in learners],
        "first": next((learner for learner in learners if learner.pk not in with_sheet), None),
        "waiting": waiting,
        "keyed": sum(sheet.keyed_at is not None for sheet in sheets),
        "papers": PAPERS,
        "jobs": recent_prints(request.user, cohort, quiz_key, now=timezone.now()),
    }
    return render(request, "desk/paper/print_form.html", context)


@login_required
@require_POST
def desk_print_papers(request, cohort_pk, quiz_key):
    """Request one PDF of the waiting sheets; `hoja` is the size of paper."""
    cohort, _quiz = requested_quiz(request, cohort_pk, quiz_key)
    paper_size = request.POST.get("hoja")
    paper_size = paper_size if paper_size in PAPERS else "letter"
    how = {"by": request.user, "language": request.LANGUAGE_CODE, "now": timezone.now()}
    try:
        job = request_sheets(cohort, quiz_key, paper_size=paper_size, **how)
    except NothingToPrint as nothing:
        messages.error(request, str(nothing))
        return redirect("desk_paper", cohort.pk, quiz_key)
    return redirect("desk_job", cohort.pk, job.pk)


def _session_asked(request, cohort):
    asked = request.POST.get("sesion") or request.GET.get("sesion", "")
    return Session.objects.filter(cohort=cohort, pk=parse_key(asked)).first()


@login_required
@require_safe
def desk_sheets_file(request, ending, cohort_pk, quiz_key):
    """The sheets of a group and quiz and how far they are, as a file; nothing of what was answered."""
    cohort, _quiz_asked = requested_quiz(request, cohort_pk, quiz_key)
    sheets = list(sheets_of(cohort, quiz_key))
    return send_table(request, ending, _("Sheets"), sheets_table(sheets), cohort=cohort, people=len(sheets))


def _hand_out(request, cohort, quiz, learners, session):
    chosen = set(request.POST.getlist("persona"))
    learners = [learner for learner in learners if str(learner.pk) in chosen]
    if not learners:
        messages.error(request, _("Tick who gets a booklet and a sheet."), extra_tags="persona")
        return
    handout = hand_out(
        quiz,
        learners,
        cohort=cohort,
        session=session,
        by=request.user,
        now=timezone.now(),
        chance=random.SystemRandom(),
    )
    if handout.sheets:
        words = ngettext(
            "%(count)d sheet is ready to print.", "%(count)d sheets are ready to print.", len(handout.sheets)
        )
        messages.success(request, words % {"count": len(handout.sheets)})
    by_reason = {}
    for learner, reason in handout.refused:
        by_reason.setdefault(reason, []).append(str(learner))
    for reason, people in by_reason.items():
        messages.warning(
            request, _("No sheet for %(people)s: %(reason)s") % {"people": "; ".join(people), "reason": reason}
        )


@login_required
@require_safe
def desk_entry(request, cohort_pk, quiz_key):
    """The pile of a group and quiz: a form for each sheet. `?codigo=` finds one by what is typed or scanned."""
    cohort, quiz = requested_quiz(request, cohort_pk, quiz_key)
    typed = request.GET.get("codigo", "")
    problem = ""
    if typed:
        code = read_code(typed)
        problem = _why_not_here(request, cohort, quiz_key, code, typed)
        if not problem and code != request.GET.get("hoja"):
            return redirect(_place_of(request, cohort, quiz_key, code))
    return _show_pile(request, cohort, quiz, problem=problem)


def _why_not_here(request, cohort, quiz_key, code, typed):
    sheet = PaperSheet.objects.filter(code=code, cohort__in=cohorts_of(request.user)).select_related("attempt").first()
    if sheet is None:
        return _("There is no sheet “%(code)s”. Look at the code above the boxes again.") % {"code": typed}
    if sheet.cohort_id != cohort.pk:
        return _("The sheet “%(code)s” is of the group %(group)s.") % {"code": grouped(code), "group": sheet.cohort}
    if sheet.attempt.quiz_key != quiz_key:
        return _("The sheet “%(code)s” is of another quiz: %(quiz)s.") % {
            "code": grouped(code),
            "quiz": sheet.attempt.snapshot["title"],
        }
    if not is_waiting(sheet):
        return _("The sheet “%(code)s” is entered already. Nothing was changed.") % {"code": grouped(code)}
    return ""


def _show_pile(request, cohort, quiz, *, problem="", failed=None, error=None):
    sheets = list(sheets_of(cohort, quiz.translation_key))
    waiting = [sheet for sheet in sheets if is_waiting(sheet)]
    here = failed.code if failed else request.GET.get("hoja") or (waiting[0].code if waiting and not problem else "")
    twice = "doble" in request.GET or "doble" in request.POST
    context = {
        "cohort": cohort,
        "quiz": quiz,
        "sheets": [
            _form_of(sheet, request, error if failed and sheet.pk == failed.pk else None, twice) for sheet in waiting
        ],
        "ended": [sheet for sheet in sheets if not is_waiting(sheet)],
        "total": len(sheets),
        "closed": quiz.closes_at and quiz.closes_at < timezone.now(),
        "here": here,
        "twice": twice,
        "problem": problem,
        "problem_at": "codigo",
        "refused": _refused(failed, error) if failed else [],
    }
    return render(request, "desk/paper/entry.html", context, status=422 if error else 200)


def _refused(sheet, error):
    numbers = [question.number for question in on_sheet(paper_to_ask(sheet.attempt))]
    boxes = {number: f"{sheet.code}-{_rounds(sheet.attempt.is_in_second_chance)[0]}{number}" for number in numbers}
    lines = [(f"{number}: {words}", boxes[number]) for number, words in error.errors.items()]
    return [(str(error), boxes[numbers[0]]), *lines] if str(error) else lines


def _form_of(sheet, request, error, twice):
    rounds = _rounds(sheet.attempt.is_in_second_chance)[: 2 if twice else 1]
    fields = [
        {
            "question": question,
            "boxes": [
                (f"{name}{question.number}", request.POST.get(f"{name}{question.number}", "") if error else "")
                for name in rounds
            ],
            "error": error.errors.get(question.number, "") if error else "",
        }
        for question in on_sheet(paper_to_ask(sheet.attempt))
    ]
    return {"sheet": sheet, "fields": fields, "message": str(error) if error else ""}


def _rounds(is_second):
    return ("o", "p") if is_second else ("r", "s")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_enter_sheet(request, cohort_pk, code):
    """Save a sheet. A page with the script gets its answer as JSON; without it, the pile is shown at the next sheet."""
    if request.method != "POST":
        return desk_sheet(request, code)
    cohort = requested_cohort(request, cohort_pk)
    sheet = get_object_or_404(PaperSheet.objects.select_related("attempt__learner", "cohort"), cohort=cohort, code=code)
    wants_json = request.headers.get("Accept", "").startswith("application/json")
    quiz_key = sheet.attempt.quiz_key
    is_second = "otra" in request.POST
    paper = second_chance_snapshot(sheet.attempt.snapshot) if is_second else sheet.attempt.snapshot
    once, twice = (_typed(request, paper, name) for name in _rounds(is_second))
    enter = enter_second if is_second else enter_sheet
    try:
        again, now = twice if "doble" in request.POST else None, timezone.now()
        with telling([sheet.attempt.learner], now=now) as told:
            attempt = enter(sheet, once, again=again, by=request.user, now=now)
    except AlreadyEntered as error:
        if wants_json:
            return JsonResponse({"saved": str(error)})
        messages.error(request, f"{sheet.attempt.learner}: {error}")
    except NotEntered as error:
        if wants_json:
            return JsonResponse({"message": str(error), "errors": error.errors}, status=422)
        quiz = _quiz(quiz_key)
        return _show_pile(request, cohort, quiz, failed=sheet, error=error)
    else:
        words = _("%(person)s: the sheet is saved and sent.")
        if attempt.is_in_second_chance:
            words = _("%(person)s: the sheet is saved. Something indispensable is missing: one more question is asked.")
        # What it changed for the person: what is finished by it, or missing still.
        words = " ".join([words % {"person": sheet.attempt.learner}, *(f"{change}." for change, _people in told)])
        if wants_json:
            return JsonResponse({"saved": words})
        messages.success(request, words)
    return redirect(_place_of(request, cohort, quiz_key))


def _typed(request, paper, name):
    return {question.number: request.POST.get(f"{name}{question.number}", "") for question in on_sheet(paper)}


@login_required
@require_POST
def desk_withdraw_sheet(request, cohort_pk, code):
    """End the attempt of a sheet that was lost or not used."""
    cohort = requested_cohort(request, cohort_pk)
    sheet = get_object_or_404(PaperSheet.objects.select_related("attempt__learner", "cohort"), cohort=cohort, code=code)
    if withdraw_sheet(sheet, by=request.user, now=timezone.now()):
        messages.success(request, _("%(person)s: the sheet is withdrawn.") % {"person": sheet.attempt.learner})
    else:
        messages.error(
            request, _("%(person)s: this attempt had ended. Nothing was changed.") % {"person": sheet.attempt.learner}
        )
    return redirect("desk_paper", cohort.pk, sheet.attempt.quiz_key)


@login_required
@require_safe
def desk_sheet(request, code):
    """Where the QR of a sheet leads: to its place in the pile, for a trainer of its group."""
    sheets = PaperSheet.objects.filter(cohort__in=cohorts_of(request.user)).select_related("attempt", "cohort")
    sheet = get_object_or_404(sheets, code=read_code(code))
    address = reverse("desk_entry", args=[sheet.cohort_id, sheet.attempt.quiz_key])
    return redirect(f"{address}?codigo={sheet.code}")


def _place_of(request, cohort, quiz_key, code=""):
    address = reverse("desk_entry", args=[cohort.pk, quiz_key])
    parts = [f"hoja={code}"] if code else []
    if "doble" in request.GET or "doble" in request.POST:
        parts.append("doble=1")
    # No fragment: a browser that goes to one does not put the cursor into the first box.
    return f"{address}{'?' if parts else ''}{'&'.join(parts)}"


def requested_quiz(request, cohort_pk, quiz_key):
    return requested_cohort(request, cohort_pk), _quiz(quiz_key)


def _quiz(quiz_key):
    quiz = Quiz.objects.in_language(get_language()).filter(translation_key=quiz_key).first()
    if quiz is None:
        raise Http404
    return quiz
