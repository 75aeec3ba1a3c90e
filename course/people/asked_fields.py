"""The fields of forms for what the site asks of people beyond what the course needs, each with its reason as hint."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from course.models import Sex

from .asked import what_is_asked
from .phones import NotAPhone, phone_in_words, read_phone


class PhoneField(forms.CharField):
    """A phone number as people write it; what comes out is E.164, or nothing."""

    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"})

    def clean(self, value):
        text = super().clean(value)
        if not text.strip():
            return ""
        try:
            return read_phone(text)
        except NotAPhone as refusal:
            raise ValidationError(str(refusal)) from refusal

    def prepare_value(self, value):
        # What is kept begins with +; what was typed comes back as it was typed.
        return phone_in_words(value) if value and value.startswith("+") else value


def asked_fields():
    """Return {name: field} of what the site asks, nothing of it required; one query."""
    asked, fields = what_is_asked(), {}
    if asked.phone:
        fields["phone"] = PhoneField(
            label=capfirst(_("phone number")), help_text=asked.phone, max_length=30, required=False
        )
    if asked.sex:
        choices = [("", "---------"), *Sex.choices]
        fields["sex"] = forms.ChoiceField(
            label=capfirst(_("sex")), help_text=asked.sex, choices=choices, required=False
        )
    return fields


def ask_in(form):
    """Give the form of a person the fields of what the site asks in place of the model's, and take away the others."""
    for name in ("phone", "sex"):
        form.fields.pop(name, None)
    form.fields |= asked_fields()
