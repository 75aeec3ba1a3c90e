"""Making a group, and changing its name, clinic, dates and trainers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from course.people.cohorts import cohorts_of
from course.people.grouping import change_group, make_group

from .group_form import GroupForm
from .requested import requested_cohort


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_new_group(request):
    """Ask for the name, the clinic, the dates and the trainers of a new group."""
    if not request.user.trains:
        raise Http404
    form = _form(request)
    if form.is_valid():
        trainers = form.cleaned_data["trainers"]
        cohort = make_group(form.instance, trainers=trainers, by=request.user, now=timezone.now())
        messages.success(request, _("The group is made. Bring in its people now."))
        return redirect("desk_roster", cohort.pk)
    return render(request, "desk/group_form.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_change_group(request, cohort_pk):
    """Show the name, the clinic, the dates and the trainers of a group; a post changes them."""
    cohort = requested_cohort(request, cohort_pk)
    name = cohort.name
    form = _form(request, instance=cohort)
    if form.is_valid():
        change_group(cohort, trainers=form.cleaned_data["trainers"], by=request.user, now=timezone.now())
        messages.success(request, _("Saved."))
        # Whoever gave the group to somebody else does not see it any more.
        mine = cohorts_of(request.user).filter(pk=cohort.pk).exists()
        return redirect("desk_cohort", cohort.pk) if mine else redirect("desk_cohorts")
    context = {"form": form, "cohort": cohort, "name": name}
    return render(request, "desk/group_form.html", context, status=422 if form.errors else 200)


def _form(request, **options):
    """Return the form; `centro` in the address is a clinic that was just added."""
    if clinic := request.GET.get("centro"):
        options["initial"] = {"clinic": clinic}
    return GroupForm(request.POST if request.method == "POST" else None, by=request.user, **options)
