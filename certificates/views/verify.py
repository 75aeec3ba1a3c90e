"""Public verification of certificates by code, by file or by a list of codes."""

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

from certificates.text.codes import code_error, extract_code, normalise_serial
from certificates.verifying.lists import MAX_CODES, parse_codes, results_table, verify_codes
from certificates.verifying.verification import (
    MAX_FILE_SIZE,
    MAX_REQUEST_SIZE,
    DigestUploadHandler,
    count_unknown,
    find_by_pdf_digest,
    find_certificate,
    may_look_up,
    verification_context,
)
from quizzes.base.spreadsheets import CSV, XLSX, download, table_csv, table_xlsx

# Enough for MAX_CODES rows of a spreadsheet.
MAX_LIST_SIZE = 300 * 1024
_MAX_TEXT_LENGTH = 100_000
_TOO_LARGE = _("The file has more than 5 MB; no certificate is so large. Choose the PDF that was downloaded here.")
_UNKNOWN_FILE = _(
    "This file was not issued here. A certificate that was scanned or saved again is another file: write its code"
    " instead."
)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code of the certificate"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )

    def clean_code(self):
        code = extract_code(self.cleaned_data["code"])
        if problem := code_error(code):
            raise forms.ValidationError(problem)
        return normalise_serial(code)


class FileForm(forms.Form):
    """A PDF, or the SHA-256 that the browser computed; see `DigestUploadHandler`."""

    pdf = forms.FileField(
        label=_("PDF of the certificate"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
    )
    sha256 = forms.CharField(required=False, widget=forms.HiddenInput)

    @classmethod
    def too_large(cls):
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


def _problem_of_file(file):
    if not file.size:
        return _("The file is empty. Download the certificate again.")
    if file.size > MAX_FILE_SIZE:
        return _TOO_LARGE
    if not file.is_pdf:
        return _("This file is not a PDF. Choose the one that was downloaded here.")
    return ""


def forbid_indexing(response):
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def verify_form(request):
    # Posted, so that mistyped codes stay out of URLs.
    form = CodeForm(request.POST or None)
    if form.is_valid():
        return redirect("verify", form.cleaned_data["code"])
    return _form_page(request, form=form)


@require_safe
def verify(request, serial):
    if (canonical := normalise_serial(serial)) and canonical != serial:
        return redirect("verify", canonical)
    # No limit for existing codes: many phones share an address, and 60 bits cannot be guessed.
    if certificate := find_certificate(serial):
        return _certificate_page(request, certificate)
    return unknown_code_page(request, serial, now=timezone.now())


def unknown_code_page(request, serial, *, now):
    # Otherwise the language middleware redirects a 404 to the same path below /es/.
    request.urlconf = "certificates.urls"
    address = client_ip(request)
    if not may_look_up(address, now=now):
        return rate_limit_page(request)
    count_unknown(address, now=now)
    context = {
        "form": CodeForm(initial={"code": serial[:100]}),
        "problem": code_error(serial) or _("No certificate with this code was issued here. Compare it with the paper."),
    }
    return forbid_indexing(render(request, "certificates/verify/unknown_code.html", context, status=404))


# Changes nothing; and checking a token would read the body before the upload handler is set.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def verify_file(request):
    """Find a certificate by the SHA-256 of its PDF, or compare it with a code; an uploaded file is not stored."""
    if request.method != "POST":
        return redirect("verify_form")
    request.upload_handlers = [DigestUploadHandler(request)]
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_REQUEST_SIZE:
        return _form_page(request, file_form=FileForm.too_large(), status=413)
    form = FileForm(request.POST, request.FILES)
    code = normalise_serial(request.POST.get("code", ""))
    expected = find_certificate(code) if code else None
    if not form.is_valid():
        # Showing the certificate would tell that a guessed code exists.
        return _form_page(request, file_form=form, status=400)
    if expected and expected.sha256 == form.digest:
        return _certificate_page(request, expected, file="same")
    return _page_of_other_file(request, form, expected)


def _page_of_other_file(request, form, expected):
    now, address = timezone.now(), client_ip(request)
    if not may_look_up(address, now=now):
        return rate_limit_page(request)
    found = find_by_pdf_digest(form.digest)
    if expected or not found:
        count_unknown(address, now=now)
    if expected:
        return _certificate_page(request, expected, file="different", other=found)
    if found:
        return _certificate_page(request, found, file="same")
    form.add_error("pdf", _UNKNOWN_FILE)
    return _form_page(request, file_form=form, status=400)


def _certificate_page(request, certificate, **about_file):
    context = verification_context(certificate, today=timezone.localdate()) | about_file
    context["may_change"] = _may_change(request.user, certificate)
    return forbid_indexing(render(request, "certificates/verify/verify.html", context))


def _may_change(user, certificate):
    is_live = not (certificate.revoked_at or certificate.replaced_at)
    is_own = certificate.learner_id is not None and certificate.learner_id == user.pk
    return is_live and not is_own and user.has_perm("certificates.revoke_certificate", certificate)


def _form_page(request, *, form=None, file_form=None, status=200):
    context = {"form": form or CodeForm(), "file_form": file_form or FileForm()}
    return forbid_indexing(render(request, "certificates/verify/verify_form.html", context, status=status))


def rate_limit_page(request):
    response = forbid_indexing(render(request, "certificates/verify/rate_limit.html", status=429))
    response["Retry-After"] = "60"
    return response


def client_ip(request):
    """Return the client address; behind a trusted proxy it is not REMOTE_ADDR."""
    return get_adapter().get_client_ip(request)


class ListForm(forms.Form):
    text = forms.CharField(
        label=_("Codes, one on each line"),
        required=False,
        max_length=_MAX_TEXT_LENGTH,
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
        texts = [text for text in (cleaned["text"], cleaned["file"]) if text.strip()]
        self.codes = parse_codes("\n".join(texts))
        if not self.codes:
            self.add_error("text", _("Paste the codes of the certificates, one on each line, or choose a file."))
        elif len(self.codes) > MAX_CODES:
            message = _("The list has %(count)d lines; the limit is %(most)d. Verify it in parts.")
            self.add_error("text", message % {"count": len(self.codes), "most": MAX_CODES})
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
def verify_list(request):
    form = ListForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        status = 400 if form.errors else 200
        return forbid_indexing(
            render(request, "certificates/verify/verify_list.html", {"form": form, "most": MAX_CODES}, status=status)
        )
    results = verify_codes(form.codes, today=timezone.localdate(), address=client_ip(request), now=timezone.now())
    file_type = request.POST.get("as")
    if file_type in ("xlsx", "csv"):
        return _download(results_table(results), file_type)
    context = {"form": form, "results": results, "codes": "\n".join(code for _number, code in form.codes)}
    return forbid_indexing(render(request, "certificates/verify/verify_list.html", context))


def _download(table, file_type):
    file_name = f"{slugify(gettext('Verification of certificates'))}-{timezone.localdate():%Y-%m-%d}.{file_type}"
    if file_type == "xlsx":
        return download(table_xlsx(gettext("Verification"), *table), file_name, XLSX)
    return download(table_csv(*table), file_name, CSV)


def _text_in(file):
    if file.size > MAX_LIST_SIZE:
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
    raise forms.ValidationError(_("This file is not text. Save the list as CSV, or paste the codes above."))
