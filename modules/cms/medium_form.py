"""What the forms of photographs, recordings and films have in common: rights, consent, and taking back for good."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm

from modules.models import Rights, Shows
from modules.reading.usage import lessons_that_show
from quizzes.bank.admin_forms import HYPHENATED, LOWER_CASE_HELP

from .deletion import named


class MediumForm(WagtailAdminModelForm):
    """Rights and consent are demanded; what was taken back stays so, and what people see and hear stays what it is.

    `kept` are the fields whose value a published lesson shows: they do not change as long as one does.
    """

    kept = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.withdrawn_on and "withdrawn_on" in self.fields:
            self.fields["withdrawn_on"].disabled = True
        if "shows" in self.fields:
            # Nothing is chosen before somebody has thought about it.
            self.fields["shows"].widget = forms.RadioSelect(choices=Shows.choices)

    def clean_identifier(self):
        identifier = self.cleaned_data["identifier"].strip()
        if self.instance.pk and identifier != self.instance.identifier:
            raise ValidationError(
                _("The identifier stays «%(identifier)s»: results and files refer to it."),
                params={"identifier": self.instance.identifier},
            )
        if not re.fullmatch(HYPHENATED, identifier):
            raise ValidationError(LOWER_CASE_HELP)
        return identifier

    def clean_withdrawn_on(self):
        day = self.cleaned_data["withdrawn_on"]
        if day and day > timezone.localdate():
            raise ValidationError(
                _("Taking it back is at once: write today's date, or that of the day when somebody asked.")
            )
        return day

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("rights") and cleaned["rights"] != Rights.OWN and not cleaned.get("rights_note"):
            self.add_error("rights_note", _("Write where the permission or the licence stands."))
        if cleaned.get("shows", Shows.CONSENTED) != Shows.NOBODY and not cleaned.get("withdrawn_on"):
            if not cleaned.get("consent_number"):
                self.add_error("consent_number", _("Write the number of the paper on which the person consents."))
            if not cleaned.get("consent_scope"):
                self.add_error("consent_scope", _("Write what the person consents to, such as: in this course."))
        self._keep_what_people_see(cleaned)
        return cleaned

    def _keep_what_people_see(self, cleaned):
        changed = [name for name in self.kept if name in self.changed_data and name in cleaned]
        lessons = lessons_that_show(self.instance) if changed and self.instance.pk else []
        for name in changed if lessons else ():
            self.add_error(
                name,
                ValidationError(
                    _(
                        "Published lessons show it as it was reviewed: %(places)s. Leave this as it is; for another one"
                        " add a new entry, and choose that in the lesson."
                    ),
                    params={"places": named(lessons)},
                ),
            )
