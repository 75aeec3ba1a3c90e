"""Verify a list of codes, pasted or from a CSV file; nothing of it is stored."""

import hashlib
import re
from dataclasses import dataclass

from django.core.cache import cache
from django.utils.translation import gettext as _

from certificates.issuing.integrity import Integrity, get_integrity
from certificates.issuing.status import CertificateStatus, get_status
from certificates.models import Certificate
from certificates.text.codes import LENGTH, code_error, extract_code, format_serial, normalise_serial

from .verification import (
    can_show_status,
    count_unknown,
    may_look_up,
    minute_number,
    translated_facts,
    verifiable_certificates,
)

MAX_CODES = 500
# Lengths of cells that are more likely mistyped codes than names or dates.
_CODE_LENGTHS = range(LENGTH - 2, LENGTH + 3)
_CELLS = re.compile(r"[,;\t|]")


@dataclass(frozen=True)
class CodeResult:
    line: int
    written: str
    certificate: Certificate | None = None
    status: CertificateStatus | None = None
    problem: str = ""
    is_altered: bool = False

    @property
    def code(self):
        return self.certificate.grouped_serial if self.certificate else self.written

    @property
    def facts(self):
        return translated_facts(self.certificate) if self.certificate else {}


def parse_codes(text):
    """Return [(line number, code)] of a pasted list or a CSV file, without a heading."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [extract_code(cell.strip().strip("\"'")) for cell in _CELLS.split(line)]
        cells = [cell for cell in cells if cell]
        if not cells:
            continue
        valid = next((cell for cell in cells if not code_error(cell)), None)
        likely = valid or next(
            (cell for cell in cells if len(normalise_serial(cell)) in _CODE_LENGTHS and _has_digit(cell)), None
        )
        if likely or found or number > 1:
            found.append((number, likely or cells[0]))
    return found


def verify_codes(written, *, today, address, now):
    """Return a `CodeResult` per code of `parse_codes`, in one query; unknown codes count towards the rate limit."""
    serials = {normalise_serial(code) for _line, code in written if not code_error(code)}
    is_allowed = may_look_up(address, now=now)
    found = verifiable_certificates().filter(serial__in=serials) if is_allowed else ()
    known = {certificate.serial: certificate for certificate in found}
    results = []
    for number, code in written:
        serial, problem = normalise_serial(code), code_error(code)
        if certificate := known.get(serial):
            results.append(_result_of(number, code, certificate, today))
            continue
        if not problem and is_allowed:
            _count_once(serial, address, now=now)
            problem = _("No certificate with this code was issued here.")
            is_allowed = may_look_up(address, now=now)
        elif not problem:
            problem = _("Not looked up: too many unknown codes. Continue in one minute.")
        results.append(CodeResult(number, code[:60], problem=problem))
    return results


def _result_of(number, code, certificate, today):
    status, integrity = get_status(certificate, today=today), get_integrity(certificate)
    if can_show_status(status, integrity):
        return CodeResult(number, code, certificate, status)
    is_altered = integrity is Integrity.ALTERED
    problem = (
        _("The stored facts of this certificate have been altered: do not trust it.")
        if is_altered
        else _("This site cannot confirm that it issued this certificate: it is not signed with the key of the site.")
    )
    return CodeResult(number, certificate.grouped_serial, problem=problem, is_altered=is_altered)


def results_table(results):
    """Return (headings, rows) for a file; dates stay dates, and a line without certificate has its problem."""
    headings = [_("Line"), _("Code"), _("State"), _("Name on the certificate"), _("Post"), _("Health centre")]
    headings += [
        _("Course"),
        _("Course finished on"),
        _("Date of issue"),
        _("Valid until"),
        _("Length"),
        _("Replaced by"),
    ]
    return headings, [_row_of(result) for result in results]


def _row_of(result):
    certificate = result.certificate
    if certificate is None:
        return [result.line, result.written, result.problem, *[None] * 9]
    facts, successor = result.facts, getattr(certificate, "successor", None)
    return [
        *(result.line, certificate.grouped_serial, result.status.label),
        *(facts["name"], facts["role"], facts["clinic"], facts["course"]),
        *(certificate.finished_on, certificate.issue_day, certificate.expires_on),
        *(facts["hours"], format_serial(successor.serial) if successor else ""),
    ]


def _count_once(serial, address, *, now):
    # Not again when the same list is downloaded as a file in the same minute.
    key = hashlib.sha256(f"{serial} {address} {minute_number(now)}".encode()).hexdigest()[:32]
    if cache.add(f"unknown-code:{key}", 1, timeout=120):
        count_unknown(address, now=now)


def _has_digit(text):
    return any(character.isdigit() for character in text)
