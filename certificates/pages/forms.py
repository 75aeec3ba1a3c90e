"""What somebody brings to verify a certificate: a code or a file."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from certificates.verifying.uploads import LARGEST
from certificates.wording.serials import code_in, normalise, problem_of


class CodeForm(forms.Form):
    """The code of a certificate, however it was typed, or the whole address that a telephone reads from the square."""

    code = forms.CharField(
        label=_("Code of the certificate"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )

    def clean_code(self):
        code = code_in(self.cleaned_data["code"])
        if problem := problem_of(code):
            raise forms.ValidationError(problem)
        return normalise(code)


class FileForm(forms.Form):
    """A PDF, or the SHA-256 that a browser computed of it; the file itself was not kept: see `uploads`."""

    pdf = forms.FileField(
        label=_("PDF of the certificate"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
    )
    sha256 = forms.CharField(required=False, widget=forms.HiddenInput)

    @classmethod
    def too_large(cls):
        """Return the form of whoever sent more than is listened to."""
        form = cls({})
        form.errors.clear()
        form.add_error("pdf", _TOO_LARGE)
        return form

    def clean(self):
        cleaned = super().clean()
        file, digest = cleaned.get("pdf"), cleaned.get("sha256", "").lower()
        if file:
            if problem := _problem_of_file(file):
                self.add_error("pdf", problem)
            digest = file.digest
        elif not re.fullmatch("[0-9a-f]{64}", digest):
            self.add_error("pdf", _("Choose the PDF of the certificate."))
        self.digest = digest
        return cleaned

    def say_unknown(self):
        """Say that no certificate is this file."""
        self.add_error("pdf", _UNKNOWN_FILE)


_TOO_LARGE = _("The file has more than 5 MB; no certificate has as much. Choose the PDF that was downloaded here.")
_UNKNOWN_FILE = _(
    "This file is none that was issued here. A certificate that was printed and scanned, or saved anew, is another"
    " file: write its code instead."
)


def _problem_of_file(file):
    """Return, in words, why this file cannot be a certificate, or nothing when it can."""
    if not file.size:
        return _("The file is empty. Download the certificate once more.")
    if file.size > LARGEST:
        return _TOO_LARGE
    if not file.is_pdf:
        return _("This file is no PDF. Choose the one that was downloaded here.")
    return ""
