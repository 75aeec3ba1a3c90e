"""What whoever verifies a certificate reads first: one sentence, in Spanish and in English whatever the page speaks."""

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
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext as _

from certificates.issuing.integrity import Fidelity, is_as_issued
from certificates.issuing.status import Standing, expired_since, standing_of
from certificates.models import BorderMotif, Certificate, Palette, PaperSize
from certificates.text.codes import grouped, problem_of
from certificates.text.fields import modules_in_words, post_in_words, study_time_in_words
from quizzes.base.languages import language_in_words

LANGUAGES = tuple(code for code, _name in settings.INTERFACE_LANGUAGES)


def sentences_of(certificate, standing):
    """Return [(language, sentence)] that say whose certificate this is, of what, and how it stands."""
    sentences = []
    for language in LANGUAGES:
        with translation.override(language):
            sentences.append((language, _SENTENCES[standing](certificate)))
    return sentences


def _valid(certificate):
    if certificate.expires_on is None:
        return _("%(what)s The certificate is valid.") % {"what": _what(certificate)}
    return _("%(what)s The certificate is valid until %(day)s.") % {
        "what": _what(certificate),
        "day": _in_words(certificate.expires_on),
    }


def _expired(certificate):
    return _("%(what)s The certificate has expired: it was valid until %(day)s.") % {
        "what": _what(certificate),
        "day": _in_words(certificate.expires_on),
    }


def _replaced(certificate):
    return _("This certificate of %(name)s is not valid: on %(day)s another one took its place.") % {
        "name": certificate.printed["name"],
        "day": _in_words(timezone.localdate(certificate.replaced_at)),
    }


def _annulled(certificate):
    return _("This certificate of %(name)s is not valid: it was annulled on %(day)s.") % {
        "name": certificate.printed["name"],
        "day": _in_words(timezone.localdate(certificate.annulled_at)),
    }


def _what(certificate):
    """Return who completed what and when; the first certificates say only when they were issued."""
    printed = certificate.printed
    facts = {"name": printed["name"], "course": printed["course"]}
    if "finished" in printed:
        day = _in_words(date.fromisoformat(printed["finished"]))
        return _("%(name)s completed the course “%(course)s” on %(day)s.") % (facts | {"day": day})
    day = _in_words(certificate.issue_day)
    return _("%(name)s completed the course “%(course)s”, certified on %(day)s.") % (facts | {"day": day})


def _in_words(day):
    return date_format(day, "DATE_FORMAT")


_SENTENCES = {
    Standing.VALID: _valid,
    Standing.EXPIRED: _expired,
    Standing.REPLACED: _replaced,
    Standing.ANNULLED: _annulled,
}


# Ours have some tens of kilobytes; with logos and signatures a few hundred.
LARGEST = 5 * 1024 * 1024
# What is larger is not even listened to: its sender gets the sentence at once, or a broken line.
LONGEST_LISTENED = 40 * 1024 * 1024
_MARK = b"%PDF-"


class BroughtFile(UploadedFile):
    """What is known of the file when all of it has passed: its SHA-256, its size, whether it begins as a PDF does."""

    def __init__(self, *, digest, is_pdf, **about):
        super().__init__(**about)
        self.digest = digest
        self.is_pdf = is_pdf

    def close(self):
        """There is nothing to close: no byte of it was kept."""


class DigestHandler(FileUploadHandler):
    """Reads a file as it arrives, and keeps nothing of it but the digest: neither on disk nor in memory."""

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.hash, self.beginning, self.seen = hashlib.sha256(), b"", 0

    def receive_data_chunk(self, raw_data, start):
        self.beginning = self.beginning or raw_data[: len(_MARK)]
        self.seen += len(raw_data)
        # The rest of one that is too large passes by, so that the browser comes to hear why it is refused.
        if self.seen <= LARGEST:
            self.hash.update(raw_data)

    def file_complete(self, file_size):
        return BroughtFile(
            digest=self.hash.hexdigest(),
            is_pdf=self.beginning == _MARK,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
        )


UNKNOWN_PER_MINUTE = 60
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
# Said in the language of whoever verifies; the rest stands as it was printed.
_IN_MY_LANGUAGE = {"language", "paper_size", "border", "palette", "date", "corrected", "corrected_fields"}
# What the sentence that leads says as well, or what matters less: it stands where all is, word for word.
_IN_THE_SENTENCE = {"course", "modules_count"}
# Of the facts, those that no other language says otherwise.
_AS_PRINTED = {"course", "clinic", "issuer"}


# Said in words by another field.
_NO_ROW = {"minutes"}


class PrintedRow(NamedTuple):
    """A printed field to show: its label, its values, and the language they were printed in."""

    label: str
    values: list[str]
    language: str


def certificates_to_show():
    """Return certificates as pages that verify need them: with what took their place, without the bytes of PDFs."""
    # The credential is part of what the digest is of.
    return Certificate.objects.select_related("successor").defer("pdf", "successor__pdf", "successor__credential")


def find_certificate(serial):
    """Return the certificate with this serial and what took its place, both without the bytes of their PDF, or None."""
    return certificates_to_show().filter(serial=serial).first()


def certificate_with_file(digest):
    """Return the certificate whose PDF has this SHA-256, as `find_certificate` does, or None."""
    return certificates_to_show().filter(sha256=digest).first()


def verified(certificate, *, today):
    """Return what the page of a certificate shows: how it stands on the day `today`, and every printed field."""
    standing, fidelity = standing_of(certificate, today=today), is_as_issued(certificate)
    return {
        "certificate": certificate,
        "standing": standing,
        "fidelity": fidelity,
        "may_be_told": may_be_told(standing, fidelity),
        "successor": getattr(certificate, "successor", None),
        "expired_since": expired_since(certificate),
        "sentences": sentences_of(certificate, standing),
        "facts": rows_of_facts(certificate),
        "rows": printed_rows(certificate),
    }


def may_be_told(standing, fidelity):
    """Say whether the standing may be told: of one that is not confirmed only that it is not valid."""
    is_no_claim = fidelity is Fidelity.UNCONFIRMED and standing in (Standing.ANNULLED, Standing.REPLACED)
    return fidelity is Fidelity.AS_ISSUED or is_no_claim


def facts_in_words(certificate):
    """Return {field: words} of what a certificate says, in the active language wherever a word has one there."""
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


def rows_of_facts(certificate):
    """Return as `PrintedRow` the facts that matter to whoever holds the paper, beside those of the sentence above."""
    return [
        PrintedRow(_LABELS[field], [words], certificate.language if field in _AS_PRINTED else "")
        for field, words in facts_in_words(certificate).items()
        if words and field not in _IN_THE_SENTENCE
    ]


def _day_in_words(day):
    return date_format(day, "DATE_FORMAT") if day else ""


def printed_rows(certificate):
    """Return every printed field that holds something, in the order of the paper, as `PrintedRow`."""
    rows = []
    for field, value in certificate.printed.items():
        if field in _NO_ROW:
            continue
        values = [shown for shown in _values_shown(field, value) if shown]
        if values:
            language = "" if field in _IN_MY_LANGUAGE else certificate.language
            rows.append(PrintedRow(_LABELS.get(field, field), values, language))
    return rows


def _values_shown(field, value):
    if shown := _SHOWN.get(field):
        return shown(value)
    return value if isinstance(value, list) else [str(value)]


# How the fields are told that are no words: a list of values each.
_SHOWN = {
    "corrected_fields": lambda fields: [str(_LABELS[field]) for field in fields],
    "signatories": lambda lines: [", ".join(part for part in (line["name"], line["post"]) if part) for line in lines],
    "logos": lambda logos: [logo["institution"] for logo in logos],
    "serial": lambda serial: [grouped(serial)],
    "language": lambda code: [capfirst(language_in_words(code))],
    "paper_size": lambda size: [str(PaperSize(size).label)],
    "border": lambda motif: [str(BorderMotif(motif).label)],
    "palette": lambda palette: [str(Palette(palette).label)],
}


def why_unknown(serial):
    """Return, in words, what is wrong with a code that no certificate has."""
    return problem_of(serial) or gettext("No certificate with this code was issued here. Compare it with the paper.")


def may_look_up(address, *, now):
    """Say whether this network address may try another code: not after sixty unknown ones in the same minute."""
    return cache.get(_counter(address, now), 0) < UNKNOWN_PER_MINUTE


def count_unknown(address, *, now):
    """Remember that this network address asked for a code that does not exist."""
    key = _counter(address, now)
    cache.set(key, cache.get(key, 0) + 1, timeout=120)


def _counter(address, now):
    # Of the address only a digest is kept, for two minutes: enough to count.
    digest = hashlib.sha256(address.encode()).hexdigest()[:32]
    return f"unknown-codes:{digest}:{minute_of(now)}"


def minute_of(now):
    """Return the number of a minute, by which unknown codes are counted."""
    return int(now.timestamp()) // 60
