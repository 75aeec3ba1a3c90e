"""What somebody brings to verify a certificate: a code or a file."""

import re

from allauth.account.adapter import get_adapter
from django import forms
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from certificates.text.codes import code_in, normalise, problem_of
from certificates.verifying.lists import MOST_CODES, codes_in, table_of, verify_codes
from certificates.verifying.verification import (
    LARGEST,
    LONGEST_LISTENED,
    DigestHandler,
    certificate_with_file,
    count_unknown,
    find_certificate,
    may_look_up,
    verified,
    why_unknown,
)
from quizzes.base.spreadsheets import CSV, XLSX, download, table_csv, table_xlsx


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


def not_to_be_found(response):
    """Keep the page out of search engines and of caches that people share."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def verify_form(request):
    """Ask for the code on a paper. It is posted, so that it stays out of addresses that were mistyped."""
    form = CodeForm(request.POST or None)
    if form.is_valid():
        return redirect("verify", form.cleaned_data["code"])
    return _form_page(request, form=form)


@require_safe
def verify(request, serial):
    """Show every printed field of a certificate, and how it stands, to anyone who has its code."""
    if (canonical := normalise(serial)) and canonical != serial:
        return redirect("verify", canonical)
    # A code that exists is always answered: many telephones share an address, and sixty bits are not guessed.
    if certificate := find_certificate(serial):
        return _certificate_page(request, certificate)
    return unknown_page(request, serial, now=timezone.now())


def unknown_page(request, serial, *, now):
    """Say what is wrong with a code that no certificate has, at most so many times a minute."""
    # After a 404 the language middleware tries the same address below /es/, where a page of the course could be.
    request.urlconf = "certificates.verification_urls"
    address = address_of(request)
    if not may_look_up(address, now=now):
        return later_page(request)
    count_unknown(address, now=now)
    context = {"form": CodeForm(initial={"code": serial[:100]}), "problem": why_unknown(serial)}
    return not_to_be_found(render(request, "certificates/verify_unknown.html", context, status=404))


# Nothing is changed here, so there is nothing to forge; and a token would have the body read before we say how.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def verify_file(request):
    """Compare a PDF with the certificate whose code is sent along, or find the one it is, by its SHA-256.

    A browser that can sends only the SHA-256. A file that is sent is read as it arrives and not kept.
    """
    if request.method != "POST":
        return redirect("verify_form")
    request.upload_handlers = [DigestHandler(request)]
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_LISTENED:
        return _form_page(request, file_form=FileForm.too_large(), status=413)
    form = FileForm(request.POST, request.FILES)
    code = normalise(request.POST.get("code", ""))
    expected = find_certificate(code) if code else None
    if not form.is_valid():
        # A page with the certificate would tell whoever guesses that the code exists.
        return _form_page(request, file_form=form, status=400)
    if expected and expected.sha256 == form.digest:
        return _certificate_page(request, expected, file="same")
    return _page_of_other_file(request, form, expected)


def _page_of_other_file(request, form, expected):
    """Answer about a file that is not the one expected, if any: at most so many times a minute."""
    now, address = timezone.now(), address_of(request)
    if not may_look_up(address, now=now):
        return later_page(request)
    found = certificate_with_file(form.digest)
    if expected or not found:
        count_unknown(address, now=now)
    if expected:
        return _certificate_page(request, expected, file="different", other=found)
    if found:
        return _certificate_page(request, found, file="same")
    form.say_unknown()
    return _form_page(request, file_form=form, status=400)


def _certificate_page(request, certificate, **about_file):
    context = verified(certificate, today=timezone.localdate()) | about_file
    context["may_change"] = _may_change(request.user, certificate)
    return not_to_be_found(render(request, "certificates/verify.html", context))


def _may_change(user, certificate):
    """Whether the page leads whoever may to a correction or an annulment; people's own pages lead there too."""
    holds = not (certificate.annulled_at or certificate.replaced_at)
    is_own = certificate.learner_id is not None and certificate.learner_id == user.pk
    return holds and not is_own and user.has_perm("certificates.annul_certificate", certificate)


def _form_page(request, *, form=None, file_form=None, status=200):
    context = {"form": form or CodeForm(), "file_form": file_form or FileForm()}
    return not_to_be_found(render(request, "certificates/verify_form.html", context, status=status))


def later_page(request):
    response = not_to_be_found(render(request, "certificates/verify_later.html", status=429))
    response["Retry-After"] = "60"
    return response


def address_of(request):
    """Return the address whose sign-ins are counted too: behind a trusted proxy it is not REMOTE_ADDR."""
    return get_adapter().get_client_ip(request)


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
