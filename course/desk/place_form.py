"""The form in which a clinic is added, or its name and place are mended."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from course.models import Clinic
from course.models.people import spanish_key
from course.people.clinics import (
    areas_for_new_clinic,
    areas_of,
    areas_of_trained_cohorts,
    clinic_name_key,
    manages_areas,
)


class ClinicForm(forms.ModelForm):
    """Name, health area and place of a clinic. Whoever leads areas keeps their clinics in them."""

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
        """Refuse the same clinic written in another way: «C/S San Pedro» in the municipality of the health centre."""
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
