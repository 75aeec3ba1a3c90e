"""Who has earned a certificate: whoever finished the course, that is, every module of it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from modules.progress.outline import LessonOutline, ModuleOutline
from modules.progress.states import progress_of


class NotEligible(Exception):
    """The course is not finished; the message says so to the person."""


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


def check_eligible(learner):
    """Raise `NotEligible`, with a sentence for the person, unless the course is finished."""
    if not is_eligible(learner):
        raise NotEligible(_("The certificate is issued when the course is finished, and something is still missing."))


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
