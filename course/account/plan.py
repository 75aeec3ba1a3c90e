"""The plan of the own centre, for whoever heads it: as on the desk, on a telephone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from course.plans.access import clinic_headed_by
from course.plans.forms import ActionForm, LetGoForm, ReviewForm
from course.plans.printing import wall_sheet_pdf
from course.plans.reading import plan_of
from course.plans.writing import action_asked, review_asked, try_action, try_letting_go, try_reviews
from quizzes.base.spreadsheets import download


@login_required
@require_safe
def my_plan(request):
    """The open actions with their reviews, and all that was agreed before."""
    return _show(request, "account/plan.html", own_plan(request))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_plan_new(request):
    """Ask for an action; a post puts it into the plan. `otra` is an earlier one that is agreed anew."""
    plan, now = own_plan(request), timezone.now()
    form = ActionForm(
        request.POST if request.method == "POST" else None,
        clinic=plan.clinic,
        today=timezone.localdate(now),
        again=action_asked(plan, request.GET.get("otra")),
    )
    if form.is_valid() and try_action(form, plan, by=request.user, now=now):
        messages.success(request, _("The action is in the plan. Print the sheet for the wall."))
        return redirect("my_plan")
    return _show(request, "account/plan_action.html", plan, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_plan_review(request):
    """Ask how each open action stands; a post keeps what is said."""
    plan = own_plan(request)
    return _review(request, plan, review_asked(plan, posted=request.POST))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_plan_correct(request, action_key, days):
    """Ask about one review of one action, also one that was noted already: then a post corrects it."""
    plan = own_plan(request)
    return _review(request, plan, review_asked(plan, key=action_key, days=days))


def _review(request, plan, pairs):
    if not pairs:
        raise Http404
    form = ReviewForm(request.POST if request.method == "POST" else None, clinic=plan.clinic, pairs=pairs)
    if form.is_valid() and try_reviews(form, plan, by=request.user, now=timezone.now()):
        messages.success(request, _("The review is noted."))
        return redirect("my_plan")
    return _show(request, "account/plan_review.html", plan, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_plan_let_go(request, action_key):
    """Ask why an action is let go; a post ends it."""
    plan = own_plan(request)
    line = plan.line_of(action_key)
    if line is None or line.is_done:
        raise Http404
    form = LetGoForm(request.POST if request.method == "POST" else None, clinic=plan.clinic)
    if form.is_valid() and try_letting_go(form, line, by=request.user, now=timezone.now()):
        messages.success(request, _("The action was let go. There is room for another."))
        return redirect("my_plan")
    return _show(request, "account/plan_let_go.html", plan, form, line=line)


@login_required
@require_safe
def my_plan_pdf(request):
    """The sheet for the wall."""
    content = wall_sheet_pdf(own_plan(request), paper="letter", language=request.LANGUAGE_CODE)
    name = f"{slugify(_('Plan of the centre'))}-{timezone.localdate():%Y-%m-%d}.pdf"
    return download(content, name, "application/pdf")


def own_plan(request):
    """Return the Plan of the clinic that this person heads; for everybody else there is no such page."""
    clinic = clinic_headed_by(request.user)
    if clinic is None:
        raise Http404
    return plan_of(clinic, now=timezone.now())


def plan_to_keep(person, *, now):
    """Return the Plan of the clinic that this person heads, for *Mi curso*; of nobody else anything is asked."""
    clinic = clinic_headed_by(person)
    return plan_of(clinic, now=now) if clinic else None


def _show(request, template, plan, form=None, **more):
    context = {"plan": plan, "form": form, "plan_pages": ("my_plan", []), **more}
    return render(request, template, context, status=422 if form is not None and form.errors else 200)
