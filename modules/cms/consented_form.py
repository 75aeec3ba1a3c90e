"""What the forms of all that needs somebody's consent have in common: an identifier that stays, and taking back."""

import hashlib
import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm

from quizzes.bank.admin_forms import HYPHENATED, LOWER_CASE_HELP

# What is looked at before something of a person is shown.
AGREED = ("shows", "rights", "rights_note", "consent_number", "consent_scope", "consent_until", "withdrawn_on")


class ConsentedForm(WagtailAdminModelForm):
    """Whoever may edit takes back here: at once, without review and for good; no new date brings it back.

    Nobody writes over a consent that somebody else changed meanwhile without having read it.
    """

    agreed_as_read = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._agreed = [name for name in AGREED if name in self.fields]
        self.initial["agreed_as_read"] = _mark_of({name: self.initial.get(name) for name in self._agreed})
        if self.instance.withdrawn_on and "withdrawn_on" in self.fields:
            self.fields["withdrawn_on"].disabled = True

    def clean(self):
        cleaned = super().clean()
        self._read = cleaned.pop("agreed_as_read", "")
        self._refuse_what_nobody_read()
        return cleaned

    def full_clean(self):
        super().full_clean()
        # To look at a file takes seconds, in which somebody else may save.
        if self.is_bound and not self.errors:
            self._refuse_what_nobody_read()

    def _refuse_what_nobody_read(self):
        there = type(self.instance).objects.filter(pk=self.instance.pk).values(*self._agreed).first()
        if not there or not self._read or self._read == (now := _mark_of(there)):
            return
        self.add_error(None, _("Somebody else changed rights or consent while you had this open. See what stands now."))
        for name, value in there.items():
            if name in self.cleaned_data and (self.cleaned_data[name] or None) != (value or None):
                said = self._in_words(name, value)
                self.add_error(name, ValidationError(_("Now stands here: %(now)s"), params={"now": said}))
        # Whoever sends it once more has read that.
        self.data = self.data.copy()
        self.data[self.add_prefix("agreed_as_read")] = now

    def _in_words(self, name, value):
        if hasattr(value, "year"):
            return date_format(value)
        return dict(getattr(self.fields[name], "choices", ())).get(value, value) or _("nothing")

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


def _mark_of(agreed):
    return hashlib.sha256(repr([(name, str(value or "")) for name, value in agreed.items()]).encode()).hexdigest()[:16]
