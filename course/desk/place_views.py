"""Pages: clinics of one's areas."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from course.models import Clinic
from course.models.people import spanish_key
from course.people.clinics import (
    areas_by_groups,
    areas_for_new_clinic,
    areas_of,
    areas_of_trained_cohorts,
    clinic_name_key,
    clinics_of,
    clinics_with_counts,
    manages_areas,
    save_clinic,
)
from course.people.cohorts import cohorts_of
from quizzes.base.identifiers import parse_key

from .downloads import send_table
from .tables import places_table


class ClinicForm(forms.ModelForm):
    class Meta:
        model = Clinic
        fields = ["name", "area", "municipality", "department"]
        labels = {"name": _("Name of the clinic")}
        help_texts = {
            "name": _("Its whole name, as it is printed on certificates."),
            "area": _("Whoever leads the health area sees the groups of the clinic."),
        }
        error_messages = {"name": {"required": _("Write the name of the clinic.")}}

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        area = self.fields["area"]
        area.queryset = areas_for_new_clinic(by).order_by("sort_key", "pk")
        area.required = manages_areas(by) and not by.administers
        if self.instance.pk is None:
            likely = list((areas_of(by) if area.required else areas_of_trained_cohorts(by))[:2])
            area.initial = likely[0].pk if len(likely) == 1 else None
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean(self):
        """Refuse another spelling of an existing clinic, such as «C/S San Pedro» in the same municipality."""
        cleaned = super().clean()
        if not (name := cleaned.get("name")):
            return cleaned
        key, place = clinic_name_key(name), spanish_key(cleaned.get("municipality", ""))
        for other in Clinic.objects.filter(area=cleaned.get("area")).exclude(pk=self.instance.pk):
            if clinic_name_key(other.name) == key and spanish_key(other.municipality) == place:
                self.say_it_is_there(other.name)
                break
        return cleaned

    def say_it_is_there(self, name):
        self.add_error("name", gettext("It is in the list already: “%(clinic)s”.") % {"clinic": name})


_CLINICS_A_PAGE = 100


@require_safe
@login_required
def desk_places(request):
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
    if not manages_areas(request.user):
        raise Http404
    return send_table(request, ending, gettext("Clinics"), places_table(clinics_with_counts(request.user)))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_new_clinic(request):
    if not request.user.trains:
        raise Http404
    group = cohorts_of(request.user).filter(pk=parse_key(request.GET.get("grupo", ""))).first()
    form = ClinicForm(request.POST if request.method == "POST" else None, by=request.user)
    if form.is_valid() and (clinic := _add(form, request)):
        messages.success(request, gettext("The clinic is in the list now."))
        page = reverse("desk_change_group", args=[group.pk]) if group else reverse("desk_new_group")
        return redirect(f"{page}?centro={clinic.pk}")
    context = {"form": form, "group": group}
    return render(request, "desk/clinic_form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_change_clinic(request, clinic_pk):
    clinic = get_object_or_404(clinics_of(request.user), pk=clinic_pk)
    name = clinic.name
    form = ClinicForm(request.POST if request.method == "POST" else None, instance=clinic, by=request.user)
    if form.is_valid():
        save_clinic(clinic, by=request.user, now=timezone.now())
        messages.success(request, gettext("Saved."))
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
