"""What somebody writes who asks for a correction of an issued certificate."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certificates.issuing.composing import LONGEST_CLINIC
from certificates.issuing.confirming import LONGEST_NOTE, NAME_ATTRIBUTES, WordsForm, check_note
from certificates.issuing.requesting import printed_facts, registered_parts, words_for_certificate
from certificates.wording.claims import claim_in
from certificates.wording.naming import check_can_be_printed, check_clinic, check_post
from certificates.wording.words import post_on_paper


class OwnCorrectionForm(WordsForm):
    """How the own certificate should read, written by whoever it names."""

    def __init__(self, *args, certificate, **kwargs):
        super().__init__(*args, initial=registered_parts(certificate.learner)._asdict(), **kwargs)
        self.certificate = certificate

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not self.asked[0]:
            raise forms.ValidationError(gettext("Write what is not right: this is what is printed already."))
        return cleaned

    @property
    def asked(self):
        """({field: words}, {field: what is registered or printed}) of what should read otherwise."""
        written = self.cleaned_data
        return words_for_certificate(
            self.certificate,
            parts=self.parts,
            role=post_on_paper(written.get("post", ""), self.certificate.printed),
            clinic=written.get("clinic", ""),
        )


class HolderCorrectionForm(forms.Form):
    """How a certificate should read, written by anybody who holds it; nothing is asked about who that is."""

    name = forms.CharField(
        label=_("Name as it should be"),
        strip=False,
        max_length=300,
        widget=forms.TextInput(attrs=NAME_ATTRIBUTES),
        error_messages={"required": _("Write the name with letters, as in the identity document.")},
    )
    role = forms.CharField(label=_("Post as it should be"), required=False, strip=False, max_length=300)
    clinic = forms.CharField(
        label=_("Health centre as it should be"), required=False, strip=False, max_length=LONGEST_CLINIC
    )
    note = forms.CharField(
        label=_("What is wrong, in a few words (optional)"),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=_("Nothing about anybody’s health or private life, and no telephone numbers: nobody is called back."),
    )

    def __init__(self, *args, certificate, **kwargs):
        super().__init__(*args, initial=printed_facts(certificate), **kwargs)
        self.printed = certificate.printed
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean_name(self):
        name = check_can_be_printed(self.cleaned_data["name"])
        if claim_in(name):
            raise forms.ValidationError(gettext("Write only the name, as in the identity document."))
        return name

    def clean_role(self):
        return post_on_paper(check_post(self.cleaned_data["role"]), self.printed)

    def clean_clinic(self):
        return check_clinic(self.cleaned_data["clinic"])

    def clean_note(self):
        return check_note(self.cleaned_data["note"])

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not self.asked[0]:
            raise forms.ValidationError(gettext("Write what is not right: this is what is printed already."))
        return cleaned

    @property
    def asked(self):
        """({field: words}, {field: printed words}) of what should read otherwise; what was emptied is as printed."""
        written = self.cleaned_data
        fields = [field for field, was in self.initial.items() if written.get(field) and written[field] != was]
        return {f: written[f] for f in fields}, {f: self.initial[f] for f in fields}
