"""What follows from a graded attempt: the record of what it finished, or the end of one that it bears no more."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from modules.models import TrainingRecord
from quizzes.attempts.grading import who_changed_grade

from .counting import quizzes_again
from .editions import edition_of, pass_rule, registrations_of
from .records import annul_what_fails, record_finished
from .structure import course_structure


def reckon_attempt(attempt, **kwargs):
    """An attempt got its grade, or another one."""
    now = timezone.now()
    if not attempt.passed and TrainingRecord.objects.standing().filter(learner=attempt.learner_id).exists():
        by, reason = who_changed_grade(attempt)
        why = reason or _("A quiz was graded again and is not passed any more.")
        annul_what_fails(attempt.learner, why=why, by=by, now=now)
    record_finished([attempt.learner], now=now)


def pass_rule_of(learner, quiz_key, **kwargs):
    """An attempt begins: say the rule of the edition that the person takes, where it holds this quiz."""
    return pass_rule(edition_of(registrations_of([learner]).get(learner.pk), course_structure()), quiz_key)


def counting_since_of(learner, **kwargs):
    """Quizzes ask since when attempts count: of whoever began the course anew, in the modules that count again."""
    registration = registrations_of([learner]).get(learner)
    if registration is None or registration.counts_from is None:
        return {}
    return quizzes_again(registration, course_structure())
