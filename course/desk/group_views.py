"""Making a group, and changing its name, clinic, dates and trainers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from course.models import AuditEntry, Cohort, User
from course.people.audit import note
from course.people.cohorts import cohorts_of
from course.sessions.attendance import ONE_CLICK

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
        cohort = _make_once(form, request)
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
        with transaction.atomic():
            form.save()
            note("group_changed", by=request.user, cohort=cohort, now=timezone.now())
            _note_trainers(form, cohort, request)
            _note_switch(request, form)
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


@transaction.atomic
def _make_once(form, request):
    """Return the group, made now or by the first of two clicks."""
    now = timezone.now()
    # The second click waits here for the first.
    User.objects.select_for_update().get(pk=request.user.pk)
    just_made = AuditEntry.objects.filter(action="group_made", by=request.user, at__gt=now - ONE_CLICK)
    alike = {name: form.cleaned_data[name] for name in ("name", "clinic", "opens_on", "closes_on")}
    if made := Cohort.objects.filter(**alike, pk__in=just_made.values("cohort")).first():
        return made
    cohort = form.save()
    note("group_made", by=request.user, cohort=cohort, now=now)
    _note_trainers(form, cohort, request)
    _note_switch(request, form)
    return cohort


def _note_trainers(form, cohort, request):
    if form.trainers_changed:
        names = ", ".join(sorted(str(person) for person in form.cleaned_data["trainers"]))
        note("trainers_named", by=request.user, cohort=cohort, subject=names, now=timezone.now())


def _note_switch(request, form):
    """Keep who turned reminders without being asked on or off."""
    if "sends_reminders" in form.changed_data:
        words = _("on") if form.instance.sends_reminders else _("off")
        note("reminders_switched", by=request.user, cohort=form.instance, subject=words, now=timezone.now())
