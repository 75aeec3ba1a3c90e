"""The form in which a trainer mends how a person is registered: names, role, post, clinic and numbers."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.text.fields import post_in_site_language
from certificates.text.names import check_printable_name
from course.models import Clinic, User
from course.people.identifier_fields import add_number_fields, check_numbers, set_optional_form_fields


class PersonForm(forms.ModelForm):
    """Names as in the identity document, the role, and the clinic, of somebody in a group, filled in `by` a trainer.

    The user code and the PIN stay.
    """

    class Meta:
        model = User
        fields = ["first_name", "last_name", "role", "job_title", "clinic", "phone", "sex"]
        help_texts = {
            "last_name": _("Both surnames, as in the identity document: certificates are issued under this name."),
            "role": _("Decides which scene and tip come first."),
            "job_title": _("As the list of staff or the appointment has it. Certificates print it."),
        }

    def __init__(self, *args, by, cohort, **kwargs):
        super().__init__(*args, **kwargs)
        self.by, self.cohort = by, cohort
        self.fields["clinic"].queryset = Clinic.objects.order_by("sort_key", "pk")
        set_optional_form_fields(self)
        add_number_fields(self)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    @property
    def registered(self):
        """The names of the fields of the account that the form shows."""
        return [name for name in self.fields if name in self._meta.fields]

    def clean(self):
        cleaned = super().clean()
        check_numbers(self, by=self.by, cohort=self.cohort, now=timezone.now())
        return cleaned

    def clean_first_name(self):
        return check_printable_name(self.cleaned_data["first_name"])

    def clean_last_name(self):
        return check_printable_name(self.cleaned_data["last_name"])

    def clean_job_title(self):
        return post_in_site_language(self.cleaned_data["job_title"])
