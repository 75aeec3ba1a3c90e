"""Eligibility: a certificate needs every module of the learner's edition."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from modules.progress.deriving import progress_of
from modules.progress.outline import LessonOutline, ModuleOutline
from modules.progress.training_record import record_finished

from .field_values import active_design, certificate_language, expiry_date


class NotEligible(Exception):
    """The message is for the learner."""


@dataclass(frozen=True)
class MissingItems:
    module: ModuleOutline
    lessons: list[LessonOutline]
    quiz: bool
    pending: bool = False


def is_eligible(learner):
    return progress_of(learner).finished


def get_finished_progress(learner, *, now):
    """Record the finished course and return its `CourseProgress`. Raises `NotEligible` if it is not finished."""
    record_finished([learner], now=now)
    progress = progress_of(learner, now=now)
    if not progress.finished:
        raise NotEligible(_("The certificate is issued when the course is finished, and something is still missing."))
    return progress


def certifies(certificate, progress):
    """Return whether the certificate is for this training, not for an earlier one."""
    return certificate.record_key == progress.record_key


def check_not_expired(last_day, *, today):
    if last_day and last_day < today:
        raise NotEligible(
            _("The completed course was valid until %(day)s. To get a certificate again, retake the course.")
            % {"day": date_format(last_day, "DATE_FORMAT")}
        )


def is_still_valid(progress, *, today, design=None):
    design = design or active_design(certificate_language(get_language()))
    last_day = expiry_date(design, timezone.localdate(progress.finished_at))
    return last_day is None or last_day >= today


def missing_items(progress):
    return [
        MissingItems(
            module.outline,
            module.unread_lessons,
            bool(module.outline.quiz_key) and not module.quiz_passed,
            module.quiz_pending,
        )
        for module in progress.modules
        if not module.is_finished
    ]
