"""Asking for booklets and answer sheets: one PDF of a group and quiz, made in the background, kept for a day."""

import hashlib
import json
from datetime import timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from course.models import PaperPrint

from .sheets import sheets_of
from .tasks import make_papers

# What was printed can be printed again: the PDF is only kept so that it can be fetched again on the day.
KEPT = timedelta(days=1)
# Whoever makes a print gives a sign of life with every twenty people.
STALE = timedelta(minutes=2)


class NothingToPrint(ValueError):
    """No sheet waits to be entered; the message says so to the person."""


def waiting_sheets(cohort, quiz_key):
    """Return the sheets of a group and quiz that are neither entered nor withdrawn, by surname."""
    return [sheet for sheet in sheets_of(cohort, quiz_key) if not sheet.attempt.has_ended]


def request_papers(cohort, quiz_key, *, paper_size, by, now):
    """Return the `PaperPrint` of all sheets that wait, making it in the background unless these are there already.

    Sheets never change, so those that were asked for and are being made, or can still be fetched, are the same.
    Raises `NothingToPrint`.
    """
    forget_old_papers(now=now)
    codes = [sheet.code for sheet in waiting_sheets(cohort, quiz_key)]
    if not codes:
        raise NothingToPrint(_("There is no sheet to print. Make the sheets first."))
    fingerprint = hashlib.sha256(json.dumps([cohort.pk, paper_size, codes]).encode()).hexdigest()
    same = PaperPrint.objects.defer("pdf").filter(fingerprint=fingerprint, problem="")
    if asked := same.exclude(finished_at__isnull=False, pdf=None).order_by("-requested_at").first():
        return asked
    try:
        with transaction.atomic():
            papers = PaperPrint.objects.create(
                cohort=cohort,
                quiz_key=quiz_key,
                sheets=codes,
                paper_size=paper_size,
                fingerprint=fingerprint,
                requested_by=by,
                requested_at=now,
            )
            transaction.on_commit(partial(make_papers.enqueue, str(papers.pk)))
            return papers
    except IntegrityError:
        # Somebody was first by a hair.
        return same.latest("requested_at")


def prints_of(cohort):
    """Return the prints of a group, the last first, without their bytes; whoever trains it may fetch them."""
    return (
        PaperPrint.objects.filter(cohort=cohort).defer("pdf").select_related("requested_by").order_by("-requested_at")
    )


def recent_prints(cohort, quiz_key, *, now):
    """Return those of a quiz that are being made, or can still be fetched."""
    return prints_of(cohort).filter(quiz_key=quiz_key, requested_at__gt=now - KEPT, problem="")


def pdf_of(papers, *, now):
    """Return the bytes of a print that was made less than a day ago, or None."""
    if papers.finished_at is None or papers.finished_at + KEPT < now:
        return None
    return papers.pdf


def old_papers(*, now):
    """Return the prints that were made more than a day ago and still have their PDF."""
    return PaperPrint.objects.filter(finished_at__lt=now - KEPT, pdf__isnull=False)


def forget_old_papers(*, now):
    """Forget the PDFs that were made more than a day ago; return how many those were."""
    return old_papers(now=now).update(pdf=None)


def is_left_alone(papers, *, now):
    """Whether a print waits longer than a worker that runs would let it wait."""
    return papers.finished_at is None and (papers.seen_at or papers.requested_at) < now - STALE


def take_up_again(*, now):
    """Put every print that is not finished in the queue again, and forget the old: a worker calls it at its start.

    One that another worker is busy with comes after its last sign of life has grown stale.
    """
    forget_old_papers(now=now)
    for papers in PaperPrint.objects.defer("pdf").filter(finished_at=None):
        task = make_papers
        if papers.seen_at and papers.seen_at + STALE > now:
            task = task.using(run_after=papers.seen_at + STALE)
        task.enqueue(str(papers.pk))
