"""The public page that verifies many codes at once; the same list again as a file. Nothing of it is kept."""

from allauth.account.adapter import get_adapter
from django import forms
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from certificates.verifying.lists import MOST_CODES, codes_in, table_of, verify_codes
from quizzes.base.spreadsheets import CSV, XLSX, download, table_csv, table_xlsx

from .unlisted import not_to_be_found

# Five hundred rows of a ministry's spreadsheet have less.
LARGEST_FILE = 300 * 1024
_LONGEST_TEXT = 100_000


class ListForm(forms.Form):
    """A list of codes, pasted or as a CSV file; `codes` after validation is that of `codes_in`."""

    text = forms.CharField(
        label=_("Codes, one on each line"),
        required=False,
        max_length=_LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"max_length": _("This list is too long. Verify it in parts.")},
    )
    file = forms.FileField(
        label=_("Or a file (CSV or text)"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        return _text_in(file) if file else ""

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        written = [line for line in (cleaned["text"], cleaned["file"]) if line.strip()]
        self.codes = codes_in("\n".join(written))
        if not self.codes:
            self.add_error("text", _("Paste the codes of the certificates, one on each line, or choose a file."))
        elif len(self.codes) > MOST_CODES:
            said = _("The list has %(count)d lines, and %(most)d are verified at once. Verify it in parts.")
            self.add_error("text", said % {"count": len(self.codes), "most": MOST_CODES})
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
def verify_list(request):
    """Ask for a list of codes, and say of each line how its certificate stands; with `as`, as a file."""
    form = ListForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        status = 400 if form.errors else 200
        return not_to_be_found(
            render(request, "certificates/verify_list.html", {"form": form, "most": MOST_CODES}, status=status)
        )
    address = get_adapter().get_client_ip(request)
    lines = verify_codes(form.codes, today=timezone.localdate(), address=address, now=timezone.now())
    if wanted := _FILES.get(request.POST.get("as")):
        return wanted(table_of(lines))
    context = {"form": form, "lines": lines, "codes": "\n".join(code for _number, code in form.codes)}
    return not_to_be_found(render(request, "certificates/verify_list.html", context))


def _as_xlsx(table):
    return download(table_xlsx(gettext("Verification"), *table), _file_name("xlsx"), XLSX)


def _as_csv(table):
    return download(table_csv(*table), _file_name("csv"), CSV)


_FILES = {"xlsx": _as_xlsx, "csv": _as_csv}


def _file_name(ending):
    return f"{slugify(gettext('Verification of certificates'))}-{timezone.localdate():%Y-%m-%d}.{ending}"


def _text_in(file):
    """Return the text of a file, in the encodings that spreadsheets write; raises `ValidationError` with a sentence."""
    if file.size > LARGEST_FILE:
        raise forms.ValidationError(_("The file is too large for a list of codes. Keep only the column of the codes."))
    content = file.read()
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise forms.ValidationError(
            _("This is a workbook. Save it as CSV, or copy the column of the codes and paste it above.")
        )
    for encoding in ("utf-8-sig", "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise forms.ValidationError(_("This file is no text. Save the list as CSV, or paste the codes above."))
