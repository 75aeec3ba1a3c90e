"""Plan of the own centre, for its head."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from course.plans.access import clinic_headed_by
from course.plans.forms import (
    ActionForm,
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
def my_plan(request):
    return _show(request, "account/plan/my_plan.html", get_own_plan(request))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_plan_new(request):
    plan, now = get_own_plan(request), timezone.now()
    form = ActionForm(
        request.POST if request.method == "POST" else None,
        clinic=plan.clinic,
        today=timezone.localdate(now),
        again=action_asked(plan, request.GET.get("otra")),
    )
    if form.is_valid() and try_action(form, plan, by=request.user, now=now):
        messages.success(request, _("The action is in the plan. Print the sheet for the wall."))
        return redirect("my_plan")
    return _show(request, "account/plan/my_plan_new.html", plan, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_plan_review(request):
    plan = get_own_plan(request)
    return _review(request, plan, review_asked(plan, posted=request.POST))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_plan_correct(request, action_key, days):
    plan = get_own_plan(request)
    return _review(request, plan, review_asked(plan, key=action_key, days=days))


def _review(request, plan, pairs):
    if not pairs:
        raise Http404
    form = ReviewForm(request.POST if request.method == "POST" else None, clinic=plan.clinic, pairs=pairs)
    if form.is_valid() and try_reviews(form, plan, by=request.user, now=timezone.now()):
        messages.success(request, _("The review is noted."))
        return redirect("my_plan")
    return _show(request, "account/plan/my_plan_review.html", plan, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_plan_let_go(request, action_key):
    plan = get_own_plan(request)
    line = plan.line_of(action_key)
    if line is None or line.is_done:
        raise Http404
    form = LetGoForm(request.POST if request.method == "POST" else None, clinic=plan.clinic)
    if form.is_valid() and try_letting_go(form, line, by=request.user, now=timezone.now()):
        messages.success(request, _("The action was let go. There is room for another."))
        return redirect("my_plan")
    return _show(request, "account/plan/my_plan_let_go.html", plan, form, line=line)


@login_required
@require_safe
def my_plan_pdf(request):
    content = wall_sheet_pdf(get_own_plan(request), paper="letter", language=request.LANGUAGE_CODE)
    name = f"{slugify(_('Plan of the centre'))}-{timezone.localdate():%Y-%m-%d}.pdf"
    return download(content, name, "application/pdf")


def get_own_plan(request):
    clinic = clinic_headed_by(request.user)
    if clinic is None:
        raise Http404
    return plan_of(clinic, now=timezone.now())


def find_own_plan(person, *, now):
    clinic = clinic_headed_by(person)
    return plan_of(clinic, now=now) if clinic else None


def _show(request, template, plan, form=None, **more):
    context = {"plan": plan, "form": form, "plan_pages": ("my_plan", []), **more}
    return render(request, template, context, status=422 if form is not None and form.errors else 200)
