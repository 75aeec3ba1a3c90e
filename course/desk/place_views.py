"""Clinics on the desk: those of the areas one answers for, a new one, and mending how one is written."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from course.people.clinics import areas_by_groups, clinics_of, clinics_with_counts, manages_areas, save_clinic
from course.people.cohorts import cohorts_of
from quizzes.base.identifiers import parse_key

from .downloads import send_table
from .place_form import ClinicForm
from .tables import places_table

_CLINICS_A_PAGE = 100


@require_safe
@login_required
def desk_places(request):
    """The clinics of the areas that one answers for, with their groups and people, and what has no group yet."""
    if not manages_areas(request.user):
        raise Http404
    areas = areas_by_groups(request.user)
    context = {
        "page": Paginator(clinics_with_counts(request.user), _CLINICS_A_PAGE).get_page(request.GET.get("pagina")),
        "without_groups": [area for area in areas if not area.has_groups],
        "without_clinics": areas.filter(clinics=None),
    }
    return render(request, "desk/places.html", context)


@require_safe
@login_required
def desk_places_file(request, ending):
    """The same clinics as a file, all of the pages."""
    if not manages_areas(request.user):
        raise Http404
    return send_table(request, ending, _("Clinics"), places_table(clinics_with_counts(request.user)))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_new_clinic(request):
    """Ask for a clinic that is not in the list; a post adds it and goes back to the group that it is for."""
    if not request.user.trains:
        raise Http404
    group = _group_to_go_back_to(request)
    form = ClinicForm(request.POST if request.method == "POST" else None, by=request.user)
    if form.is_valid() and (clinic := _add(form, request)):
        messages.success(request, _("The clinic is in the list now."))
        page = reverse("desk_change_group", args=[group.pk]) if group else reverse("desk_new_group")
        return redirect(f"{page}?centro={clinic.pk}")
    context = {"form": form, "group": group}
    return render(request, "desk/clinic_form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_change_clinic(request, clinic_pk):
    """Show how a clinic of an own area is written; a post changes it. Issued certificates stay as they are."""
    clinic = get_object_or_404(clinics_of(request.user), pk=clinic_pk)
    name = clinic.name
    form = ClinicForm(request.POST if request.method == "POST" else None, instance=clinic, by=request.user)
    if form.is_valid():
        save_clinic(clinic, by=request.user, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("desk_places")
    context = {"form": form, "clinic": clinic, "name": name}
    return render(request, "desk/clinic_form.html", context, status=422 if form.errors else 200)


def _add(form, request):
    try:
        save_clinic(form.instance, by=request.user, now=timezone.now())
    except IntegrityError:
        form.say_it_is_there(form.instance.name)
        return None
    return form.instance


def _group_to_go_back_to(request):
    return cohorts_of(request.user).filter(pk=parse_key(request.GET.get("grupo", ""))).first()
