"""E-mail address of a person, used for reminders alone."""

from django import forms
from django.utils.translation import gettext_lazy as _

from course.people.accounts import AddressTaken, change_address

from .tasks import ask_soon


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={
            "invalid": _("That is no e-mail address. Write one such as nombre@ejemplo.gt, or leave it empty.")
        },
    )
    # It does not say that somebody has the address: that would tell who takes the course.
    cannot_be_used = _("This address cannot be used here. Write another one, or leave it empty.")

    def __init__(self, *args, person, initial=None, **kwargs):
        super().__init__(*args, initial={"email": person.email} | (initial or {}), **kwargs)
        self.person = person

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def save(self, *, by, cohort=None, now):
        """Save the address; return False, with an error in the form, if it is another person's."""
        try:
            change_address(self.person, self.cleaned_data["email"], by=by, cohort=cohort, now=now)
        except AddressTaken:
            self.add_error("email", self.cannot_be_used)
            return False
        ask_soon()
        return True
