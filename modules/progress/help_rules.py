"""When somebody needs help in a module that is begun and not finished: a rule, and the reason in words."""

from datetime import timedelta
from typing import NamedTuple

from django.utils.translation import ngettext


class HelpRule(NamedTuple):
    """After how many attempts without passing, or days without activity, somebody needs help."""

    tries: int = 2
    quiet_days: int = 14

    def is_stuck(self, quiz):
        """Whether the person has sent so many attempts at the quiz (its `QuizOutcome`, or None) without passing."""
        return bool(quiz and not quiz.passed and not quiz.pending and quiz.failed >= self.tries)

    def is_quiet(self, quiet):
        """Whether somebody who was last active this `timedelta` ago has been quiet for too long."""
        return quiet >= timedelta(days=self.quiet_days)


# What people see of themselves; a group may have a rule of its own.
USUAL_HELP_RULE = HelpRule()


def why_help_is_needed(quiz, *, last_activity, rule, now):
    """Return the rule, in words, by which an unfinished module needs help, or nothing."""
    if rule.is_stuck(quiz):
        return ngettext(
            "The quiz was sent %(count)d time and is not passed yet.",
            "The quiz was sent %(count)d times and is not passed yet.",
            quiz.failed,
        ) % {"count": quiz.failed}
    quiet = now - last_activity
    if rule.is_quiet(quiet):
        return ngettext(
            "Begun, and %(days)d day without activity.", "Begun, and %(days)d days without activity.", quiet.days
        ) % {"days": quiet.days}
    return ""
