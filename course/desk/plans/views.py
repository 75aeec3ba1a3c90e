"""Pages: plans of centres, due reviews, one plan, heads."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from course.desk.downloads import send_table
from course.desk.spreadsheets import file_name
from course.paper.printing import PAPERS
from course.people.audit import audit_log
from course.people.clinics import clinics_looked_after_by
from course.plans.access import clinics_reminded_of, group_of_plan, heads_of, name_head, people_to_name, remove_head
from course.plans.due import clinic_plans, due_plans, due_table, plan_figures, plan_table, plans_table
from course.plans.forms import (
    ActionForm,
    HeadForm,
    LetGoForm,
    ReviewForm,
    action_asked,
    review_asked,
    try_action,
    try_letting_go,
    try_reviews,
)
from course.plans.printing import wall_sheet_pdf
from course.plans.reading import plan_of
from quizzes.base.spreadsheets import download


@login_required
@require_safe
def desk_plan(request, clinic_pk):
    plan = requested_plan(request, clinic_pk)
    return _show(request, "desk/plans/plan.html", plan, papers=PAPERS, heads=heads_of(plan.clinic))


@login_required
@require_safe
def desk_plan_file(request, ending, clinic_pk):
    plan = requested_plan(request, clinic_pk)
    group = group_of_plan(plan.clinic, by=request.user)
    return send_table(request, ending, _("Plan of the centre"), plan_table(plan), cohort=group)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_plan_new(request, clinic_pk):
    plan, now = requested_plan(request, clinic_pk), timezone.now()
    form = ActionForm(
        request.POST if request.method == "POST" else None,
        clinic=plan.clinic,
        today=timezone.localdate(now),
        again=action_asked(plan, request.GET.get("otra")),
    )
    if form.is_valid() and try_action(form, plan, by=request.user, now=now):
        messages.success(request, _("The action is in the plan. Print the sheet for the wall."))
        return redirect("desk_plan", clinic_pk)
    return _show(request, "desk/plans/action.html", plan, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_plan_review(request, clinic_pk):
    plan = requested_plan(request, clinic_pk)
    return _review(request, plan, review_asked(plan, posted=request.POST))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_plan_correct(request, clinic_pk, action_key, days):
    plan = requested_plan(request, clinic_pk)
    return _review(request, plan, review_asked(plan, key=action_key, days=days))


def _review(request, plan, pairs):
    if not pairs:
        raise Http404
    form = ReviewForm(request.POST if request.method == "POST" else None, clinic=plan.clinic, pairs=pairs)
    if form.is_valid() and try_reviews(form, plan, by=request.user, now=timezone.now()):
        messages.success(request, _("The review is noted."))
        return redirect("desk_plan", plan.clinic.pk)
    return _show(request, "desk/plans/review.html", plan, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_plan_let_go(request, clinic_pk, action_key):
    plan = requested_plan(request, clinic_pk)
    line = plan.line_of(action_key)
    if line is None or line.is_done:
        raise Http404
    form = LetGoForm(request.POST if request.method == "POST" else None, clinic=plan.clinic)
    if form.is_valid() and try_letting_go(form, line, by=request.user, now=timezone.now()):
        messages.success(request, _("The action was let go. There is room for another."))
        return redirect("desk_plan", clinic_pk)
    return _show(request, "desk/plans/let_go.html", plan, form, line=line)


@login_required
@require_safe
def desk_plan_pdf(request, clinic_pk):
    plan, now = requested_plan(request, clinic_pk), timezone.now()
    size = request.GET.get("hoja")
    content = wall_sheet_pdf(plan, paper=size if size in PAPERS else "letter", language=request.LANGUAGE_CODE)
    group = group_of_plan(plan.clinic, by=request.user)
    audit_log("plan_printed", by=request.user, cohort=group, subject=plan.clinic, now=now)
    return download(content, file_name(_("Plan of the centre"), None, "pdf", now=now), "application/pdf")


def requested_plan(request, clinic_pk):
    now = timezone.now()
    clinics = clinics_looked_after_by(request.user, today=timezone.localdate(now)).select_related("area")
    plan = plan_of(get_object_or_404(clinics, pk=clinic_pk), now=now)
    # Saves a query: a user who sees a plan is a trainer.
    request.user.trains = True
    return plan


def _show(request, template, plan, form=None, **more):
    context = {"plan": plan, "form": form, "plan_pages": ("desk_plan", [plan.clinic.pk]), **more}
    return render(request, template, context, status=422 if form is not None and form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_plan_heads(request, clinic_pk):
    plan, now = requested_plan(request, clinic_pk), timezone.now()
    if "quitar" in request.POST:
        for head in heads_of(plan.clinic):
            if str(head.key) == request.POST["quitar"]:
                remove_head(head, by=request.user, now=now)
                messages.success(request, _("%(person)s does not open the plan any more.") % {"person": head.person})
        return redirect("desk_plan", clinic_pk)
    people = people_to_name(plan.clinic, by=request.user)
    form = HeadForm(request.POST if request.method == "POST" else None, people=people)
    if form.is_valid():
        person = form.cleaned_data["person"]
        name_head(plan.clinic, person, by=request.user, now=now)
        messages.success(request, _("%(person)s opens the plan in “My course” from now on.") % {"person": person})
        return redirect("desk_plan", clinic_pk)
    context = {"plan": plan, "form": form, "people": people}
    return render(request, "desk/plans/heads.html", context, status=422 if form.errors else 200)


CLINICS_A_PAGE = 100


@login_required
@require_safe
def desk_plans(request):
    clinics, now = _clinics(request, clinics_looked_after_by), timezone.now()
    page = Paginator(clinics, CLINICS_A_PAGE).get_page(request.GET.get("pagina"))
    context = {"page": page, "lines": clinic_plans(list(page), now=now), "figures": plan_figures(clinics)}
    return render(request, "desk/plans/plans.html", context)


@login_required
@require_safe
def desk_plans_file(request, ending):
    lines = clinic_plans(list(_clinics(request, clinics_looked_after_by)), now=timezone.now())
    return send_table(request, ending, _("Plans of the centres"), plans_table(lines))


@login_required
@require_safe
def desk_due_plans_file(request, ending):
    due = due_plans(_clinics(request, clinics_reminded_of), now=timezone.now())
    return send_table(request, ending, _("Plans to review"), due_table(due))


def _clinics(request, whose):
    if not request.user.trains:
        raise Http404
    return whose(request.user, today=timezone.localdate()).select_related("area").order_by("sort_key", "pk")
