"""The plan of one centre on the desk: as it stands, a new action, its reviews, letting go, the sheet for the wall."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
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
from course.plans.access import group_of_plan
from course.plans.forms import ActionForm, LetGoForm, ReviewForm
from course.plans.heads import heads_of
from course.plans.printing import wall_sheet_pdf
from course.plans.reading import plan_of
from course.plans.sheets import plan_table
from course.plans.writing import action_asked, review_asked, try_action, try_letting_go, try_reviews
from quizzes.base.spreadsheets import download


@login_required
@require_safe
def desk_plan(request, clinic_pk):
    """The open actions with their reviews, and all that was agreed before."""
    plan = requested_plan(request, clinic_pk)
    return _show(request, "desk/plans/plan.html", plan, papers=PAPERS, heads=heads_of(plan.clinic))


@login_required
@require_safe
def desk_plan_file(request, ending, clinic_pk):
    """Every action with every review of it, as a file."""
    plan = requested_plan(request, clinic_pk)
    group = group_of_plan(plan.clinic, by=request.user)
    return send_table(request, ending, _("Plan of the centre"), plan_table(plan), cohort=group)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_plan_new(request, clinic_pk):
    """Ask for an action; a post puts it into the plan. `otra` is an earlier one that is agreed anew."""
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
    """Ask how each open action stands; a post keeps what is said."""
    plan = requested_plan(request, clinic_pk)
    return _review(request, plan, review_asked(plan, posted=request.POST))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_plan_correct(request, clinic_pk, action_key, days):
    """Ask about one review of one action, also one that was noted already: then a post corrects it."""
    plan = requested_plan(request, clinic_pk)
    return _review(request, plan, review_asked(plan, key=action_key, days=days))


def _review(request, plan, pairs):
    if not pairs:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = ReviewForm(data, clinic=plan.clinic, pairs=pairs)
    if form.is_valid() and try_reviews(form, plan, by=request.user, now=timezone.now()):
        messages.success(request, _("The review is noted."))
        return redirect("desk_plan", plan.clinic.pk)
    return _show(request, "desk/plans/review.html", plan, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_plan_let_go(request, clinic_pk, action_key):
    """Ask why an action is let go; a post ends it."""
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
    """The sheet for the wall, on Letter unless `?hoja=a4`."""
    plan, now = requested_plan(request, clinic_pk), timezone.now()
    size = request.GET.get("hoja")
    content = wall_sheet_pdf(plan, paper=size if size in PAPERS else "letter", language=request.LANGUAGE_CODE)
    group = group_of_plan(plan.clinic, by=request.user)
    audit_log("plan_printed", by=request.user, cohort=group, subject=plan.clinic, now=now)
    return download(content, file_name(_("Plan of the centre"), None, "pdf", now=now), "application/pdf")


def requested_plan(request, clinic_pk):
    """Return the Plan of a clinic whose plan this person sees; of any other there is none."""
    now = timezone.now()
    clinics = clinics_looked_after_by(request.user, today=timezone.localdate(now)).select_related("area")
    plan = plan_of(get_object_or_404(clinics, pk=clinic_pk), now=now)
    # Whoever sees a plan has a desk: the menu need not ask the database again.
    request.user.trains = True
    return plan


def _show(request, template, plan, form=None, **more):
    context = {"plan": plan, "form": form, "plan_pages": ("desk_plan", [plan.clinic.pk]), **more}
    return render(request, template, context, status=422 if form is not None and form.errors else 200)
