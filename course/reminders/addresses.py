"""A person's e-mail address: for reminders and nothing else, and never needed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from course.people.accounts import AddressTaken, change_address

from .tasks import ask_soon


class AddressForm(forms.Form):
    """The address of a person, or none."""

    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={
            "invalid": _("That is no e-mail address. Write one such as nombre@ejemplo.gt, or leave it empty.")
        },
    )
    # Not that somebody else has it: nobody may find out here who takes the course.
    cannot_be_used = _("This address cannot be used here. Write another one, or leave it empty.")

    def __init__(self, *args, person, initial=None, **kwargs):
        super().__init__(*args, initial={"email": person.email} | (initial or {}), **kwargs)
        self.person = person

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def save(self, *, by, cohort=None, now):
        """Keep the address and return whether that was possible: it is no other person's."""
        try:
            # The letter that asks to confirm it is sent by the worker.
            change_address(self.person, self.cleaned_data["email"], by=by, cohort=cohort, now=now)
        except AddressTaken:
            self.add_error("email", self.cannot_be_used)
            return False
        ask_soon()
        return True
