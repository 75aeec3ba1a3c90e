"""Making a group, and changing its name, clinic, dates and trainers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from course.people.cohorts import cohorts_of
from course.people.enrolment import create_cohort, update_cohort

from .group_form import GroupForm, written_in
from .requested import requested_cohort

_WRITTEN = "group_form"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_new_group(request):
    """Ask for the name, the clinic, the dates and the trainers of a new group."""
    if not request.user.trains:
        raise Http404
    if "centro_nuevo" in request.POST:
        return _add_clinic(request)
    form = _form(request)
    if form.is_valid():
        trainers = form.cleaned_data["trainers"]
        cohort = create_cohort(form.instance, trainers=trainers, by=request.user, now=timezone.now())
        messages.success(request, _("The group is made. Bring in its people now."))
        return redirect("desk_roster", cohort.pk)
    return render(request, "desk/group_form.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_change_group(request, cohort_pk):
    """Show the name, the clinic, the dates and the trainers of a group; a post changes them."""
    cohort = requested_cohort(request, cohort_pk)
    name = cohort.name
    if "centro_nuevo" in request.POST:
        return _add_clinic(request, cohort)
    form = _form(request, instance=cohort)
    if form.is_valid():
        update_cohort(cohort, trainers=form.cleaned_data["trainers"], by=request.user, now=timezone.now())
        messages.success(request, _("Saved."))
        # Whoever gave the group to somebody else does not see it any more.
        mine = cohorts_of(request.user).filter(pk=cohort.pk).exists()
        return redirect("desk_cohort", cohort.pk) if mine else redirect("desk_cohorts")
    context = {"form": form, "cohort": cohort, "name": name}
    return render(request, "desk/group_form.html", context, status=422 if form.errors else 200)


def _add_clinic(request, cohort=None):
    request.session[_WRITTEN] = {"group": cohort and cohort.pk, "fields": written_in(request.POST)}
    return redirect(reverse("desk_new_clinic", query={"grupo": cohort.pk} if cohort else None))


def _form(request, **options):
    group, back = options.get("instance"), {"centro", "escrito"} & set(request.GET)
    if request.method == "POST":
        request.session.pop(_WRITTEN, None)
        return GroupForm(request.POST, by=request.user, **options)
    waiting = request.session.get(_WRITTEN, {}) if back else {}
    initial = waiting["fields"] if waiting and waiting["group"] == (group and group.pk) else {}
    if clinic := request.GET.get("centro"):
        initial = initial | {"clinic": clinic}
    return GroupForm(by=request.user, initial=initial, **options)
