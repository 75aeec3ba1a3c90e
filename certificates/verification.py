"""Verifying: whoever holds a paper sees what was printed, without signing in; nobody can list or guess codes."""

import hashlib
from typing import NamedTuple

from django.core.cache import cache
from django.utils.translation import get_language_info, gettext, pgettext_lazy

from .models import Certificate, PaperSize
from .serials import grouped, problem_of

UNKNOWN_PER_MINUTE = 60
_LABELS = {
    "heading": pgettext_lazy("certificate", "Kind of document"),
    "name": pgettext_lazy("certificate", "Name"),
    "role": pgettext_lazy("certificate", "Post"),
    "clinic": pgettext_lazy("certificate", "Health centre"),
    "statement": pgettext_lazy("certificate", "It certifies that the person"),
    "course": pgettext_lazy("certificate", "Course"),
    "subject": pgettext_lazy("certificate", "About"),
    "modules_count": pgettext_lazy("certificate", "Content"),
    "hours": pgettext_lazy("certificate", "Length"),
    "date_in_words": pgettext_lazy("certificate", "Date of issue"),
    "date": pgettext_lazy("certificate", "Date in figures"),
    "issuer": pgettext_lazy("certificate", "Issued by"),
    "signatories": pgettext_lazy("certificate", "To be signed by"),
    "language": pgettext_lazy("certificate", "Language"),
    "paper_size": pgettext_lazy("certificate", "Paper"),
    "serial": pgettext_lazy("certificate", "Code"),
    "verify_url": pgettext_lazy("certificate", "Address in the QR"),
}
# Said in the language of whoever verifies; the rest stands as it was printed.
_IN_MY_LANGUAGE = {"language", "paper_size", "date"}


class PrintedRow(NamedTuple):
    """A printed field to show: its label, its values, and the language they were printed in."""

    label: str
    values: list[str]
    language: str


def find_certificate(serial):
    """Return the certificate with this serial, without the bytes of its PDF, or None."""
    return Certificate.objects.without_pdf().filter(serial=serial).first()


def printed_rows(certificate):
    """Return every printed field that holds something, in the order of the paper, as `PrintedRow`."""
    rows = []
    for field, value in certificate.printed.items():
        values = [shown for shown in _values_shown(field, value) if shown]
        if values:
            language = "" if field in _IN_MY_LANGUAGE else certificate.language
            rows.append(PrintedRow(_LABELS.get(field, field), values, language))
    return rows


def _values_shown(field, value):
    if field == "signatories":
        return [", ".join(part for part in (line["name"], line["post"]) if part) for line in value]
    if field == "serial":
        return [grouped(value)]
    if field == "language":
        return [get_language_info(value)["name_translated"]]
    if field == "paper_size":
        return [str(PaperSize(value).label)]
    return [str(value)]


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
    return f"unknown-codes:{digest}:{int(now.timestamp()) // 60}"
