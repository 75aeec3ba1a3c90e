"""Pages: marking, release of exams, late answers."""

import re
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from course.groups.changing import watching
from course.groups.marking import (
    answer_on,
    attempts_to_mark,
    decide,
    exam_lines,
    late_lines,
    learners_marked_by,
    mark_in_group,
    marked_last,
    marks_given,
    next_answer,
    piles_of,
    piles_table,
    release_in_group,
    titles_of,
)
from course.people.audit import audit_log
from course.people.cohorts import cohorts_of
from course.people.permissions import may_mark
from quizzes.attempts.grading import MAX_COMMENT_LENGTH, MAX_REASON_LENGTH, answers_to_mark, exams_to_release
from quizzes.attempts.late_answers import undecided_late_answers
from quizzes.base.identifiers import parse_key
from quizzes.exceptions import MarkConflict, QuizError
from quizzes.models import Attempt, LateAnswer

from .downloads import send_table, table_file
from .requested import requested_cohort
from .tables import late_table, pile_table

_POINTS = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,2})?")


class MarkForm(forms.Form):
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    points = forms.CharField(
        label=gettext_lazy("Points"), widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6})
    )
    comment = forms.CharField(
        label=gettext_lazy("Comment"),
        required=False,
        max_length=MAX_COMMENT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("The person reads it in the review. Write no names or other traits of patients."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason for the change"),
        required=False,
        max_length=MAX_REASON_LENGTH,
        help_text=gettext_lazy("It stays in the history of the mark. Write no names or other traits of patients."),
    )

    def __init__(self, *arguments, marks, is_marked, **options):
        super().__init__(*arguments, **options)
        self.marks = marks
        self.fields["points"].help_text = gettext_lazy("From 0 to %(marks)s; halves as 1.5 or 1,5.") % {"marks": marks}
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"
        if not is_marked:
            del self.fields["reason"]

    def clean_points(self):
        """Return the points as a Decimal; both decimal point and comma are accepted."""
        text = self.cleaned_data["points"].strip()
        if not _POINTS.fullmatch(text) or (points := Decimal(text.replace(",", "."))) > self.marks:
            raise forms.ValidationError(
                gettext_lazy("Write the points as a number from 0 to %(marks)s, with two decimals at most."),
                params={"marks": self.marks},
            )
        return points


SHOWN = 50


@require_safe
@login_required
def desk_marking(request):
    page = Paginator(_own_piles(request), SHOWN).get_page(request.GET.get("pagina"))
    return render(request, "desk/marking.html", {"piles": page.object_list, "page": page})


@require_safe
@login_required
def desk_marking_file(request, ending):
    table, now = piles_table(_own_piles(request)), timezone.now()
    audit_log("marking_exported", by=request.user, now=now)
    return table_file(ending, _("To mark"), table, now=now)


@require_safe
@login_required
def desk_pile(request, cohort_pk, quiz_key):
    cohort, learners = _requested_group(request, cohort_pk)
    to_mark = Paginator(attempts_to_mark(learners, quiz_key), SHOWN).get_page(request.GET.get("pagina"))
    exams = exams_to_release(learners).filter(quiz_key=quiz_key).select_related("learner")
    exams = Paginator(exams, SHOWN).get_page(request.GET.get("examenes"))
    title = titles_of([quiz_key]).get(quiz_key)
    if title is None:
        raise Http404
    return render(
        request,
        "desk/pile.html",
        {
            "cohort": cohort,
            "quiz_key": quiz_key,
            "title": title,
            "answers": answers_to_mark(learners).filter(attempt__quiz_key=quiz_key).count(),
            "to_mark": to_mark,
            "exams": exams,
            "exam_lines": exam_lines(exams),
            "marked": marked_last(learners, quiz_key),
        },
    )


@require_safe
@login_required
def desk_pile_file(request, ending, cohort_pk, quiz_key):
    cohort, learners = _requested_group(request, cohort_pk)
    if quiz_key not in titles_of([quiz_key]):
        raise Http404
    exams = exams_to_release(learners).filter(quiz_key=quiz_key).select_related("learner")
    table = pile_table(attempts_to_mark(learners, quiz_key), exam_lines(exams))
    return send_table(request, ending, _("To mark"), table, cohort=cohort, people=len(table[1]))


@require_safe
@login_required
def desk_next_answer(request, cohort_pk, quiz_key):
    cohort, learners = _requested_group(request, cohort_pk)
    skipped = parse_key(request.GET.get("despues", ""))
    waiting = answers_to_mark(learners).select_related("attempt").defer("attempt__snapshot")
    after = waiting.filter(pk=skipped).first() if skipped else None
    return _to_next(request, cohort, learners, quiz_key, after)


@login_required
def desk_mark_answer(request, cohort_pk, attempt_id, number):
    cohort, learners = _requested_group(request, cohort_pk)
    attempt = get_object_or_404(Attempt.objects.select_related("learner"), pk=attempt_id, learner__in=learners)
    found = answer_on(attempt, number)
    if found is None or not may_mark(request.user, attempt):
        raise Http404
    item, answer = found
    history = marks_given(attempt, item)
    form = _mark_form(request, item, history)
    if request.method == "POST" and form.is_valid():
        try:
            with watching([attempt.learner]) as ended:
                _mark(request, cohort, attempt, item, form)
        except MarkConflict as error:
            # The other mark is shown now; saving again changes it, which needs a reason.
            history = marks_given(attempt, item)
            form = _mark_form(request, item, history, seen=len(history))
            form.is_valid()
            form.add_error(None, str(error))
        except QuizError as error:
            form.add_error("reason" if "reason" in form.fields else None, str(error))
        else:
            messages.success(request, _("Saved: %(person)s.") % {"person": attempt.learner})
            for sentence in ended:
                messages.warning(request, sentence)
            if request.POST.get("go") == "stay":
                return redirect("desk_mark_answer", cohort.pk, attempt.pk, number)
            answer.attempt = attempt
            return _to_next(request, cohort, learners, attempt.quiz_key, after=answer)
    context = {
        "cohort": cohort,
        "attempt": attempt,
        "item": item,
        "number": number,
        "answer": answer,
        "history": history,
        "form": form,
        "waiting": answers_to_mark(learners).filter(attempt__quiz_key=attempt.quiz_key).count(),
    }
    return render(request, "desk/mark_answer.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def desk_release(request, cohort_pk, quiz_key):
    cohort, learners = _requested_group(request, cohort_pk)
    chosen = set(request.POST.getlist("attempt"))
    waiting = exams_to_release(learners).filter(quiz_key=quiz_key).defer("snapshot")
    ticked = [attempt for attempt in waiting if str(attempt.pk) in chosen]
    if released := release_in_group(ticked, cohort=cohort, by=request.user, now=timezone.now()):
        words = ngettext("%(count)s grade was released.", "%(count)s grades were released.", released)
        messages.success(request, words % {"count": released})
    else:
        messages.error(request, _("No grade was released: tick the people first."), extra_tags="attempt")
    return redirect("desk_pile", cohort.pk, quiz_key)


@require_safe
@login_required
def desk_held(request):
    if not request.user.trains:
        raise Http404
    held = undecided_late_answers(learners_marked_by(request.user))
    page = Paginator(held, SHOWN).get_page(request.GET.get("pagina"))
    return render(request, "desk/held.html", {"page": page, "lines": late_lines(page.object_list)})


@require_safe
@login_required
def desk_held_file(request, ending):
    if not request.user.trains:
        raise Http404
    lines = late_lines(undecided_late_answers(learners_marked_by(request.user)))
    return send_table(request, ending, _("To review"), late_table(lines), people=len(lines))


@require_POST
@login_required
def desk_decide(request, pk):
    held = get_object_or_404(LateAnswer.objects.select_related("attempt__learner"), pk=pk)
    if not may_mark(request.user, held.attempt):
        raise Http404
    counts = {"contar": True, "dejar": False}.get(request.POST.get("decision"))
    if counts is None:
        raise Http404
    try:
        with watching([held.attempt.learner]) as ended:
            decide(held, counts=counts, by=request.user, now=timezone.now())
    except QuizError as error:
        messages.error(request, str(error))
    else:
        words = (
            _("The answer of %(person)s counts now, and what was sent was graded again.")
            if counts
            else _("The answer of %(person)s was left out.")
        )
        messages.success(request, words % {"person": held.attempt.learner})
        for sentence in ended:
            messages.warning(request, sentence)
    return redirect("desk_held")


def _own_piles(request):
    if not request.user.trains:
        raise Http404
    return piles_of(cohorts_of(request.user), learners_marked_by(request.user))


def _requested_group(request, cohort_pk):
    cohort = requested_cohort(request, cohort_pk)
    return cohort, learners_marked_by(request.user, cohorts_of(request.user).filter(pk=cohort.pk))


def _to_next(request, cohort, learners, quiz_key, after=None):
    found = next_answer(learners, quiz_key, after)
    if found is None:
        messages.success(request, _("No answer of this quiz waits for a mark in the group."))
        return redirect("desk_pile", cohort.pk, quiz_key)
    attempt, number = found
    return redirect("desk_mark_answer", cohort.pk, attempt.pk, number)


def _mark_form(request, item, history, seen=None):
    newest = history[-1] if history else None
    initial = {
        "seen": len(history),
        "points": newest.points if newest else "",
        "comment": newest.mark.comment if newest else "",
    }
    posted = request.POST.copy() if request.method == "POST" else None
    if seen is not None:
        posted["seen"] = seen
    return MarkForm(posted, initial=initial, marks=item["marks"], is_marked=newest is not None)


def _mark(request, cohort, attempt, item, form):
    given = {"reason": ""} | form.cleaned_data
    mark_in_group(attempt, item, cohort=cohort, by=request.user, now=timezone.now(), **given)
