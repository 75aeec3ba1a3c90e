"""Asking for booklets and answer sheets: one PDF of a group and quiz, made in the background, kept for a day."""

from django.db.models import Q
from django.utils.translation import gettext as _

from certificates.jobs import ask_once, fingerprint_of, forget_outdated
from course.models import PaperPrint

from .sheets import is_waiting, sheets_of
from .tasks import make_papers


class NothingToPrint(ValueError):
    """No sheet waits to be entered; the message says so to the person."""


def waiting_sheets(cohort, quiz_key):
    """Return the sheets of a group and quiz of which something is to be entered, by surname."""
    return [sheet for sheet in sheets_of(cohort, quiz_key) if is_waiting(sheet)]


def request_papers(cohort, quiz_key, *, paper_size, by, language, now):
    """Return the `PaperPrint` of all sheets that wait, making it in the background unless these are there already.

    Sheets never change, so those that were asked for and are being made, or can still be fetched, are the same.
    Raises `NothingToPrint`.
    """
    forget_outdated(PaperPrint, now=now)
    sheets = waiting_sheets(cohort, quiz_key)
    codes = [sheet.code for sheet in sheets]
    if not codes:
        raise NothingToPrint(_("There is no sheet to print. Make the sheets first."))
    return ask_once(
        PaperPrint,
        # Of an attempt that asks again another sheet is printed under the same code.
        fingerprint_of(cohort.pk, paper_size, [f"{one.code}{'+' * one.attempt.is_in_second_chance}" for one in sheets]),
        serves=Q(problem="") & (Q(finished_at=None) | Q(pdf__isnull=False)),
        new=lambda: {
            "cohort": cohort,
            "quiz_key": quiz_key,
            "sheets": codes,
            "paper_size": paper_size,
            "language": language,
            "requested_by": by,
        },
        task=make_papers,
        now=now,
    )


def prints_of(cohort):
    """Return the prints of a group, the last first, without their bytes; whoever trains it may fetch them."""
    return (
        PaperPrint.objects.filter(cohort=cohort)
        .without_bytes()
        .select_related("requested_by")
        .order_by("-requested_at")
    )


def recent_prints(cohort, quiz_key, *, now):
    """Return those of a quiz that are being made, or can still be fetched."""
    return prints_of(cohort).filter(quiz_key=quiz_key, requested_at__gt=now - PaperPrint.FILE_KEPT, problem="")
