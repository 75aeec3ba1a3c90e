"""What follows from a graded attempt: the record of what it finished, or the end of one that it bears no more."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from modules.models import TrainingRecord
from quizzes.attempts.grading import who_changed_grade

from .counting import quizzes_again
from .editions import outlines_of, pass_rule, read_edition, registrations_of
from .records import annul_what_fails, record_and_tell, rests_on_quizzes
from .structure import course_structure


def reckon_attempt(attempt, passed_before=None, **kwargs):
    """An attempt got its grade, or another one; `passed_before` is None where it had none.

    Return the address of what it wove, as `page_after` does: here all is known that it asks for.
    """
    now = timezone.now()
    # Nothing rests on an attempt that was not passed before either, or that was sent later.
    if not attempt.passed and passed_before is not False and _finished_since(attempt).exists():
        by, reason = who_changed_grade(attempt)
        why = reason or _("A quiz was graded again and is not passed any more.")
        falls, since = rests_on_quizzes({attempt.quiz_key}), attempt.submitted_at
        annul_what_fails(attempt.learner, why=why, by=by, now=now, falls=falls, since=since)
    finished = record_and_tell(attempt.learner, now=now)
    return _page_of_woven(attempt, finished) if attempt.passed else None


def _finished_since(attempt):
    return TrainingRecord.objects.standing().filter(learner=attempt.learner_id, finished_at__gte=attempt.submitted_at)


def page_after(attempt, **kwargs):
    """An attempt was sent once more: return the address of what it wove, if it is what finished a module, else None."""
    if not attempt.passed:
        return None
    records = TrainingRecord.objects.standing().filter(learner=attempt.learner_id, finished_at__in=_moments_of(attempt))
    finished = dict(records.exclude(module_key=None).values_list("module_key", "finished_at"))
    if not finished:
        return None
    asked = outlines_of(*read_edition(attempt.learner_id))
    return _page_of_woven(attempt, [(one, finished[one.key]) for one in asked if one.key in finished])


def _page_of_woven(attempt, finished):
    """Return the address of what an attempt wove among the modules finished, [(ModuleOutline, when)], or None."""
    # A record is dated with the last thing that it rests on: of a module that was finished before it has another date.
    new = (outline for outline, finished_at in finished if finished_at in _moments_of(attempt))
    outline = next((one for one in new if attempt.quiz_key in (one.quiz_key, one.former_quiz_key)), None)
    return outline and reverse("woven", args=[outline.number])


def _moments_of(attempt):
    return [moment for moment in (attempt.submitted_at, attempt.second_at) if moment]


def pass_rule_of(learner, quiz_key, **kwargs):
    """An attempt begins: say the rule of the edition that the person takes, where it holds this quiz."""
    edition, _structure = read_edition(learner.pk)
    return pass_rule(edition, quiz_key)


def counting_since_of(learner, **kwargs):
    """Quizzes ask since when attempts count: of whoever began the course anew, in the modules that count again."""
    registration = registrations_of([learner]).get(learner)
    if registration is None or registration.counts_from is None:
        return {}
    return quizzes_again(registration, course_structure())
