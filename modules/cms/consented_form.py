"""What the forms of all that needs somebody's consent have in common: an identifier that stays, and taking back."""

import re

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm

from quizzes.bank.admin_forms import HYPHENATED, LOWER_CASE_HELP


class ConsentedForm(WagtailAdminModelForm):
    """Whoever may edit takes back here: at once, without review and for good; no new date brings it back."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.withdrawn_on and "withdrawn_on" in self.fields:
            self.fields["withdrawn_on"].disabled = True

    def clean_identifier(self):
        identifier = self.cleaned_data["identifier"].strip()
        if self.instance.pk and identifier != self.instance.identifier:
            raise ValidationError(
                _("The identifier stays “%(identifier)s”: results and files refer to it."),
                params={"identifier": self.instance.identifier},
            )
        if not re.fullmatch(HYPHENATED, identifier):
            raise ValidationError(LOWER_CASE_HELP)
        return identifier

    def clean_withdrawn_on(self):
        day = self.cleaned_data["withdrawn_on"]
        if day and day > timezone.localdate():
            raise ValidationError(
                _("Taking it back is at once: write today’s date, or that of the day when somebody asked.")
            )
        return day
