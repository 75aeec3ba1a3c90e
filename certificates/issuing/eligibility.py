"""Who has earned a certificate: whoever finished the course, that is, every module of the edition that they took."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from modules.progress.deriving import progress_of
from modules.progress.outline import LessonOutline, ModuleOutline
from modules.progress.training_record import record_finished

from .composing import design_in_use, expiry, language_of_certificate


class NotEligible(Exception):
    """There is nothing to certify; the message says so to the person."""


@dataclass(frozen=True)
class Missing:
    """What a person still lacks in one module: lessons to read, a quiz to pass, or both.

    `pending` says that the quiz was sent and waits for a marker: there is nothing to do about it.
    """

    module: ModuleOutline
    lessons: list[LessonOutline]
    quiz: bool
    pending: bool = False


def is_eligible(learner):
    """Say whether this person may have a certificate."""
    return progress_of(learner).finished


def finished_training(learner, *, now):
    """Return the `CourseProgress` of somebody who finished the course, on record; raises `NotEligible` for others."""
    record_finished([learner], now=now)
    progress = progress_of(learner, now=now)
    if not progress.finished:
        raise NotEligible(_("The certificate is issued when the course is finished, and something is still missing."))
    return progress


def certifies(certificate, progress):
    """Say whether a certificate is of the training that a `CourseProgress` tells of, and not of one before."""
    return certificate.record_key == progress.record_key


def check_still_holds(last_day, *, today):
    """Raise `NotEligible` for a certificate that would have expired on the day on which it is issued."""
    if last_day and last_day < today:
        raise NotEligible(
            _("What was finished held until %(day)s. To have a certificate again, the course is taken again.")
            % {"day": date_format(last_day, "DATE_FORMAT")}
        )


def still_holds(progress, *, today, design=None):
    """Say whether a certificate of a `CourseProgress` that is finished would hold today.

    `design` is the one in use, where it is known.
    """
    design = design or design_in_use(language_of_certificate(get_language()))
    last_day = expiry(design, timezone.localdate(progress.finished_at))
    return last_day is None or last_day >= today


def missing_in(progress):
    """Return what is missing as a list of `Missing`, one a module, in order; empty also when there is no course yet."""
    return [
        Missing(
            module.outline,
            module.unread_lessons,
            bool(module.outline.quiz_key) and not module.quiz_passed,
            module.quiz_pending,
        )
        for module in progress.modules
        if not module.is_finished
    ]
