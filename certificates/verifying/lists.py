"""Many codes at once, as an employer or a ministry has them: pasted, or in a CSV file. Nothing of the list is kept."""

import hashlib
import re
from dataclasses import dataclass

from django.core.cache import cache
from django.utils.translation import gettext as _

from certificates.issuing.integrity import Fidelity, is_as_issued
from certificates.issuing.status import Standing, standing_of
from certificates.models import Certificate
from certificates.text.codes import LENGTH, code_in, grouped, normalise, problem_of

from .verification import certificates_to_show, count_unknown, facts_in_words, may_be_told, may_look_up, minute_of

MOST_CODES = 500
# What is no code but as long as one, or nearly: more likely mistyped than a name or a date.
_NEARLY = range(LENGTH - 2, LENGTH + 3)
_CELLS = re.compile(r"[,;\t|]")


@dataclass(frozen=True)
class ListedCode:
    """One line of the list: what was written, and the certificate with that code, or why there is none to show."""

    line: int
    written: str
    certificate: Certificate | None = None
    standing: Standing | None = None
    problem: str = ""
    is_altered: bool = False

    @property
    def code(self):
        return self.certificate.grouped_serial if self.certificate else self.written

    @property
    def facts(self):
        """Return {field: words} of what the certificate says, in the active language; nothing without one."""
        return facts_in_words(self.certificate) if self.certificate else {}


def codes_in(text):
    """Return [(number of the line, what stands for a code in it)] of a pasted list or the text of a CSV file.

    Of each line the first cell that is a code counts; else the one most like a code, so that it can be said what is
    wrong with it. A first line without any is a heading.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [code_in(cell.strip().strip("\"'")) for cell in _CELLS.split(line)]
        cells = [cell for cell in cells if cell]
        if not cells:
            continue
        good = next((cell for cell in cells if not problem_of(cell)), None)
        likely = good or next((cell for cell in cells if len(normalise(cell)) in _NEARLY and _has_digit(cell)), None)
        if likely or found or number > 1:
            found.append((number, likely or cells[0]))
    return found


def verify_codes(written, *, today, address, now):
    """Return a `ListedCode` for each of `codes_in`, in one query however many there are.

    Codes that nobody has count for the network address as they do on the page of one: past its limit nothing more is
    looked up, and the lines say so. Raises nothing: each line has its own sentence.
    """
    serials = {normalise(code) for _line, code in written if not problem_of(code)}
    may_ask = may_look_up(address, now=now)
    known = {one.serial: one for one in certificates_to_show().filter(serial__in=serials)} if may_ask else {}
    lines = []
    for number, code in written:
        serial, problem = normalise(code), problem_of(code)
        if certificate := known.get(serial):
            lines.append(_listed(number, code, certificate, today))
            continue
        if not problem and may_ask:
            _count_once(serial, address, now=now)
            problem = _("No certificate with this code was issued here.")
            may_ask = may_look_up(address, now=now)
        elif not problem:
            problem = _("Not looked up: too many unknown codes. In one minute you can go on.")
        lines.append(ListedCode(number, code[:60], problem=problem))
    return lines


def _listed(number, code, certificate, today):
    standing, fidelity = standing_of(certificate, today=today), is_as_issued(certificate)
    if may_be_told(standing, fidelity):
        return ListedCode(number, code, certificate, standing)
    is_altered = fidelity is Fidelity.ALTERED
    problem = _altered() if is_altered else _unconfirmed()
    return ListedCode(number, certificate.grouped_serial, problem=problem, is_altered=is_altered)


def table_of(lines):
    """Return (headings, rows) of what was found, for a file: days are days, and a line without certificate says why."""
    headings = [
        _("Line"),
        _("Code"),
        _("State"),
        _("Name on the certificate"),
        _("Post"),
        _("Health centre"),
        _("Course"),
        _("Course finished on"),
        _("Date of issue"),
        _("Valid until"),
        _("Length"),
        _("Replaced by"),
    ]
    return headings, [_row_of(line) for line in lines]


def _row_of(line):
    certificate = line.certificate
    if certificate is None:
        return [line.line, line.written, line.problem, *[None] * 9]
    facts, successor = line.facts, getattr(certificate, "successor", None)
    return [
        line.line,
        certificate.grouped_serial,
        line.standing.label,
        facts["name"],
        facts["role"],
        facts["clinic"],
        facts["course"],
        certificate.finished_on,
        certificate.issue_day,
        certificate.expires_on,
        facts["hours"],
        grouped(successor.serial) if successor else "",
    ]


def _altered():
    return _("The facts kept of this certificate are not those that were issued: do not trust it.")


def _unconfirmed():
    return _("This site cannot confirm that it issued this certificate: it is not signed with the key of the site.")


def _count_once(serial, address, *, now):
    """Count an unknown code, but not again when the same list is asked for as a file in the same minute."""
    known_by = hashlib.sha256(f"{serial} {address} {minute_of(now)}".encode()).hexdigest()[:32]
    if cache.add(f"unknown-code:{known_by}", 1, timeout=120):
        count_unknown(address, now=now)


def _has_digit(text):
    return any(character.isdigit() for character in text)
