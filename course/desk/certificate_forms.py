"""What a trainer writes to issue a certificate, to correct the name on it, or to annul it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from certificates.issuing.confirming import ConfirmationForm

# As long as the columns that hold them.
LONGEST_NOTE = 300


class IssueForm(ConfirmationForm):
    """The name and the post that are printed, confirmed by a trainer."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["post"].label = _("Post")


class CorrectionForm(forms.Form):
    """The right name, and why it was wrong."""

    printed_name = forms.CharField(
        label=_("Name to be printed"),
        strip=False,
        help_text=_("With accents, capital letters and both surnames, as in the identity document."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "words"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_NOTE,
        help_text=_("It stays in the history, for facilitators. Write nothing about anybody's health or private life."),
        error_messages={"required": _("Write the reason: it stays in the history.")},
    )


class AnnulmentForm(forms.Form):
    """Why a certificate should not have been issued: everyone who verifies it reads that."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Everyone who verifies the certificate reads it, for ever. Write what was wrong with the certificate, and"
            " nothing about the person."
        ),
        error_messages={"required": _("Write the reason: whoever verifies the certificate reads it.")},
    )
