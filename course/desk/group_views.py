"""A trainer makes a group, and changes its name, clinic and dates."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from .audit import note
from .group_form import GroupForm
from .views import requested_cohort


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_new_group(request):
    """Ask for the name, the clinic and the dates of a new group; whoever makes it is its trainer."""
    if not request.user.trains:
        raise Http404
    form = GroupForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with transaction.atomic():
            cohort = form.save()
            cohort.trainers.add(request.user)
            note("group_made", by=request.user, cohort=cohort, now=timezone.now())
        messages.success(request, _("The group is made. Bring in its people now."))
        return redirect("desk_roster", cohort.pk)
    return render(request, "desk/group_form.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_change_group(request, cohort_pk):
    """Show the name, the clinic and the dates of a group; a post changes them."""
    cohort = requested_cohort(request, cohort_pk)
    name = cohort.name
    form = GroupForm(request.POST if request.method == "POST" else None, instance=cohort)
    if form.is_valid():
        with transaction.atomic():
            form.save()
            note("group_changed", by=request.user, cohort=cohort, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("desk_cohort", cohort.pk)
    context = {"form": form, "cohort": cohort, "name": name}
    return render(request, "desk/group_form.html", context, status=422 if form.errors else 200)
