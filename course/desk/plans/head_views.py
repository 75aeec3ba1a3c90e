"""Who heads a centre: named by those who look after it, and taken back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from course.plans.forms import HeadForm
from course.plans.heads import heads_of, name_head, people_to_name, remove_head

from .views import requested_plan


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_plan_heads(request, clinic_pk):
    """Ask who heads the centre; a post names that person. `quitar`, the key of a head, takes it back."""
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
