"""The form of a session."""

from django import forms
from django.utils.translation import gettext_lazy as _

from course.models import Session
from course.sessions.modules import module_choices


class SessionForm(forms.ModelForm):
    """Date, place, modules by their stable keys, and length."""

    modules = forms.MultipleChoiceField(
        label=_("Modules"), required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )

    class Meta:
        model = Session
        fields = ["held_on", "place", "modules", "minutes"]
        widgets = {"held_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.fields["modules"].choices = module_choices()
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"
