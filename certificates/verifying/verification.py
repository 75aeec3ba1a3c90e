"""Look up a certificate by code or file, and what its public page shows."""

import hashlib
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from certificates.issuing.integrity import Integrity, get_integrity
from certificates.issuing.status import CertificateStatus, expired_since, get_status
from certificates.models import BorderMotif, Certificate, Palette, PaperSize
from certificates.text.codes import format_serial
from certificates.text.fields import modules_in_words, post_in_words, study_time_in_words
from quizzes.base.languages import language_name

LANGUAGES = tuple(code for code, _name in settings.INTERFACE_LANGUAGES)
# Our files have at most a few hundred kilobytes.
MAX_FILE_SIZE = 5 * 1024 * 1024
MAX_REQUEST_SIZE = 40 * 1024 * 1024
_PDF_MAGIC = b"%PDF-"
MAX_UNKNOWN_PER_MINUTE = 60


def status_sentences(certificate, status):
    sentences = []
    for language in LANGUAGES:
        with translation.override(language):
            sentences.append((language, _status_sentence(certificate, status)))
    return sentences


def _status_sentence(certificate, status):
    if status is CertificateStatus.REPLACED:
        sentence = _("This certificate of %(name)s is not valid: on %(day)s another one took its place.")
        day = timezone.localdate(certificate.replaced_at)
    elif status is CertificateStatus.REVOKED:
        sentence = _("This certificate of %(name)s is not valid: it was revoked on %(day)s.")
        day = timezone.localdate(certificate.revoked_at)
    elif status is CertificateStatus.EXPIRED:
        sentence, day = _("%(what)s The certificate has expired: it was valid until %(day)s."), certificate.expires_on
    elif certificate.expires_on:
        sentence, day = _("%(what)s The certificate is valid until %(day)s."), certificate.expires_on
    else:
        sentence, day = _("%(what)s The certificate is valid."), None
    values = {"what": _completion(certificate), "name": certificate.printed["name"], "day": _day_in_words(day)}
    return sentence % values


def _completion(certificate):
    printed = certificate.printed
    facts = {"name": printed["name"], "course": printed["course"]}
    if "finished" in printed:
        day = _day_in_words(date.fromisoformat(printed["finished"]))
        return _("%(name)s completed the course “%(course)s” on %(day)s.") % (facts | {"day": day})
    day = _day_in_words(certificate.issue_day)
    return _("%(name)s completed the course “%(course)s”, certified on %(day)s.") % (facts | {"day": day})


class HashedFile(UploadedFile):
    """Uploaded file of which only the SHA-256, the size and the type are known."""

    def __init__(self, *, digest, is_pdf, **about):
        super().__init__(**about)
        self.digest = digest
        self.is_pdf = is_pdf

    def close(self):
        """Nothing to close: no content is stored."""


class DigestUploadHandler(FileUploadHandler):
    """Hashes an upload as it arrives, and stores nothing of it on disk or in memory."""

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.hash, self.beginning, self.seen = hashlib.sha256(), b"", 0

    def receive_data_chunk(self, raw_data, start):
        self.beginning = self.beginning or raw_data[: len(_PDF_MAGIC)]
        self.seen += len(raw_data)
        # The rest of a too large file is read, so that the browser gets the error page.
        if self.seen <= MAX_FILE_SIZE:
            self.hash.update(raw_data)

    def file_complete(self, file_size):
        return HashedFile(
            digest=self.hash.hexdigest(),
            is_pdf=self.beginning == _PDF_MAGIC,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
        )


_LABELS = {
    "heading": pgettext_lazy("certificate", "Kind of document"),
    "name": pgettext_lazy("certificate", "Name"),
    "role": pgettext_lazy("certificate", "Post"),
    "clinic": pgettext_lazy("certificate", "Health centre"),
    "statement": pgettext_lazy("certificate", "It certifies that the person"),
    "course": pgettext_lazy("certificate", "Course"),
    "subject": pgettext_lazy("certificate", "About"),
    "edition": pgettext_lazy("certificate", "Edition of the course"),
    "modules_count": pgettext_lazy("certificate", "Content"),
    "modules": pgettext_lazy("certificate", "Modules"),
    "hours": pgettext_lazy("certificate", "Length"),
    "finished_in_words": pgettext_lazy("certificate", "Course finished on"),
    "finished": pgettext_lazy("certificate", "Day finished, in figures"),
    "date_in_words": pgettext_lazy("certificate", "Date of issue"),
    "date": pgettext_lazy("certificate", "Date in figures"),
    "issuer": pgettext_lazy("certificate", "Issued by"),
    "signatories": pgettext_lazy("certificate", "To be signed by"),
    "language": pgettext_lazy("certificate", "Language"),
    "paper_size": pgettext_lazy("certificate", "Paper"),
    "text": pgettext_lazy("certificate", "Further lines"),
    "grade": pgettext_lazy("certificate", "Grade"),
    "expires_in_words": pgettext_lazy("certificate", "Valid until"),
    "logos": pgettext_lazy("certificate", "Logos of"),
    "border": pgettext_lazy("certificate", "Border"),
    "palette": pgettext_lazy("certificate", "Colours of the border"),
    "corrected_in_words": pgettext_lazy("certificate", "Corrected on"),
    "corrected": pgettext_lazy("certificate", "Date of the correction in figures"),
    "corrected_fields": pgettext_lazy("certificate", "What was corrected"),
    "serial": pgettext_lazy("certificate", "Code"),
    "verify_url": pgettext_lazy("certificate", "Address in the QR"),
}
_TRANSLATED = {"language", "paper_size", "border", "palette", "date", "corrected", "corrected_fields"}
# Already in the sentence above, or less important.
_NOT_IN_SUMMARY = {"course", "modules_count"}
_AS_PRINTED = {"course", "clinic", "issuer"}

_NO_ROW = {"minutes"}


class PrintedRow(NamedTuple):
    # `language` is that of the values, "" for the active one.
    label: str
    values: list[str]
    language: str


def verifiable_certificates():
    return Certificate.objects.select_related("successor").defer("pdf", "successor__pdf", "successor__credential")


def find_certificate(serial):
    return verifiable_certificates().filter(serial=serial).first()


def find_by_pdf_digest(digest):
    return verifiable_certificates().filter(sha256=digest).first()


def verification_context(certificate, *, today):
    status, integrity = get_status(certificate, today=today), get_integrity(certificate)
    return {
        "certificate": certificate,
        "status": status,
        "integrity": integrity,
        "can_show_status": can_show_status(status, integrity),
        "successor": getattr(certificate, "successor", None),
        "expired_since": expired_since(certificate),
        "sentences": status_sentences(certificate, status),
        "facts": fact_rows(certificate),
        "rows": printed_rows(certificate),
    }


def can_show_status(status, integrity):
    is_harmless = integrity is Integrity.UNCONFIRMED and status in (
        CertificateStatus.REVOKED,
        CertificateStatus.REPLACED,
    )
    return integrity is Integrity.AS_ISSUED or is_harmless


def translated_facts(certificate):
    """Return {field: text} of the facts, in the active language where possible."""
    printed, finished = certificate.printed, certificate.printed.get("finished")
    modules, minutes = printed.get("modules"), printed.get("minutes")
    return {
        "name": printed["name"],
        "role": post_in_words(printed["role"]) if printed["role"] else "",
        "clinic": printed["clinic"],
        "course": printed["course"],
        "modules_count": modules_in_words(len(modules)) if modules else printed["modules_count"],
        "hours": study_time_in_words(minutes) if minutes else printed["hours"],
        "finished_in_words": _day_in_words(finished and date.fromisoformat(finished)),
        "date_in_words": _day_in_words(certificate.issue_day),
        "expires_in_words": _day_in_words(certificate.expires_on),
        "grade": printed.get("grade", ""),
        "issuer": printed["issuer"],
        "serial": certificate.grouped_serial,
    }


def fact_rows(certificate):
    return [
        PrintedRow(_LABELS[field], [text], certificate.language if field in _AS_PRINTED else "")
        for field, text in translated_facts(certificate).items()
        if text and field not in _NOT_IN_SUMMARY
    ]


def _day_in_words(day):
    return date_format(day, "DATE_FORMAT") if day else ""


def printed_rows(certificate):
    rows = []
    for field, value in certificate.printed.items():
        if field in _NO_ROW:
            continue
        values = [text for text in _display_values(field, value) if text]
        if values:
            language = "" if field in _TRANSLATED else certificate.language
            rows.append(PrintedRow(_LABELS.get(field, field), values, language))
    return rows


def _display_values(field, value):
    if display := _DISPLAY.get(field):
        return display(value)
    return value if isinstance(value, list) else [str(value)]


# {field: function from its value to a list of texts}
_DISPLAY = {
    "corrected_fields": lambda fields: [str(_LABELS[field]) for field in fields],
    "signatories": lambda lines: [", ".join(part for part in (line["name"], line["post"]) if part) for line in lines],
    "logos": lambda logos: [logo["institution"] for logo in logos],
    "serial": lambda serial: [format_serial(serial)],
    "language": lambda code: [capfirst(language_name(code))],
    "paper_size": lambda size: [str(PaperSize(size).label)],
    "border": lambda motif: [str(BorderMotif(motif).label)],
    "palette": lambda palette: [str(Palette(palette).label)],
}


def may_look_up(address, *, now):
    return cache.get(_counter(address, now), 0) < MAX_UNKNOWN_PER_MINUTE


def count_unknown(address, *, now):
    key = _counter(address, now)
    cache.set(key, cache.get(key, 0) + 1, timeout=120)


def _counter(address, now):
    # Only a digest of the address is stored, for two minutes.
    digest = hashlib.sha256(address.encode()).hexdigest()[:32]
    return f"unknown-codes:{digest}:{minute_number(now)}"


def minute_number(now):
    return int(now.timestamp()) // 60
