"""Calls: keep and undo a call, print slips, list, rules of a group."""

from collections import Counter

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from course.groups.calling import keep_call, take_back_call, with_messages
from course.models import Call, Cohort
from course.paper.printing import PAPERS
from course.paper.slips import slips_pdf
from course.people.audit import audit_log
from course.people.enrolment import change_call_rules
from quizzes.base.spreadsheets import download

from .downloads import table_file
from .requested import own_list, requested_cohort, requested_person
from .spreadsheets import file_name
from .tables import calls_table


class CallRulesForm(forms.ModelForm):
    class Meta:
        model = Cohort
        fields = ["tries_before_help", "quiet_days_before_help", "days_before_first_step"]

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        for field in self.fields.values():
            field.widget.attrs["inputmode"] = "numeric"


@require_POST
@login_required
def desk_call(request, cohort_pk, learner_pk):
    cohort, learner = requested_person(request, cohort_pk, learner_pk)
    if keep_call(cohort, learner, by=request.user, now=timezone.now()):
        messages.success(request, _("Kept: you called %(person)s.") % {"person": learner})
    return redirect("desk_cohorts")


@require_POST
@login_required
def desk_undo_call(request, call_pk):
    call = get_object_or_404(Call.objects.select_related("cohort", "learner"), pk=call_pk)
    requested_cohort(request, call.cohort_id)
    take_back_call(call, by=request.user, now=timezone.now())
    messages.success(request, _("Taken back: the call to %(person)s.") % {"person": call.learner})
    return redirect("desk_cohorts")


@require_safe
@login_required
def desk_slips(request):
    context = {"slips": _slips(request), "papers": PAPERS, "chosen": request.GET.get("persona", "")}
    return render(request, "desk/slips.html", context)


@require_safe
@login_required
def desk_slips_pdf(request):
    slips, paper_size = _slips(request), request.GET.get("hoja", "letter")
    if not slips:
        raise Http404
    pdf = slips_pdf(slips, paper_size=paper_size if paper_size in PAPERS else "letter", language=request.LANGUAGE_CODE)
    return download(pdf, file_name(_("Slips"), None, "pdf", now=timezone.now()), "application/pdf")


def _slips(request):
    due = own_list(request).today
    chosen = request.GET.get("persona")
    if chosen:
        due = [one for one in due if str(one.learner.pk) == chosen]
    _note_by_group("slips_printed", request, due, now=timezone.now())
    return with_messages(due, by=request.user, address=request.build_absolute_uri("/"))


@require_safe
@login_required
def desk_calls_file(request, ending):
    due, now = own_list(request).due, timezone.now()
    _note_by_group("calls_exported", request, due, now=now)
    return table_file(ending, _("Whom to call"), calls_table(due), now=now)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_call_rules(request, cohort_pk):
    cohort = requested_cohort(request, cohort_pk)
    form = CallRulesForm(request.POST or None, instance=cohort)
    if request.method == "POST" and form.is_valid():
        messages.success(request, change_call_rules(cohort, by=request.user, now=timezone.now()))
        return redirect("desk_cohort", cohort.pk)
    context = {"cohort": cohort, "form": form}
    return render(request, "desk/call_rules.html", context, status=400 if form.errors else 200)


def _note_by_group(action, request, due, *, now):
    for cohort, people in Counter(one.cohort for one in due).items():
        audit_log(action, by=request.user, cohort=cohort, people=people, now=now)
