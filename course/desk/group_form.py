"""The form in which a trainer makes a group, or changes its name, clinic and dates."""

from django import forms
from django.utils.translation import gettext_lazy as _

from course.models import Clinic, Cohort


class GroupForm(forms.ModelForm):
    """Name, clinic and dates of a group."""

    class Meta:
        model = Cohort
        fields = ["name", "clinic", "opens_on", "closes_on"]
        labels = {"name": _("Name of the group")}
        help_texts = {
            "name": _("Such as the clinic and the time of day."),
            "clinic": _("Whoever comes in without a clinic in the list works here."),
            "closes_on": _("Empty: the course stays open."),
        }
        error_messages = {"name": {"required": _("Write a name for the group.")}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["clinic"].queryset = Clinic.objects.order_by("sort_key", "pk")
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        for name in ("opens_on", "closes_on"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean(self):
        cleaned = super().clean()
        opens, closes = cleaned.get("opens_on"), cleaned.get("closes_on")
        if opens and closes and closes < opens:
            self.add_error("closes_on", _("The last day comes before the first."))
        return cleaned
