"""What a trainer can do next about each person of a group: the narrow grid says it beside the name."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from modules.progress.states import State

from .calling import stuck_words
from .certificates import may_issue_now
from .grid import Row, by_state


@dataclass(frozen=True)
class NextStep:
    """A row of the grid, why something is to be done, in words, and which page does it: "mark", "issue" or none."""

    row: Row
    why: str = ""
    page: str = ""


def next_steps(rows, *, rule, now):
    """Return [(state, [NextStep])], whoever waits for the trainer first. `rule` is the `HelpRule` of the group."""
    return [(state, [_next_step(row, rule, now) for row in those]) for state, those in by_state(rows)]


def _next_step(row, rule, now):
    if row.state is State.NEEDS_HELP:
        return NextStep(
            row, "; ".join(_why(module, rule, now) for module in row.progress.modules if module.help_reason)
        )
    if row.state is State.PENDING:
        return NextStep(row, _("Waits for a mark"), "mark")
    if may_issue_now(row):
        return NextStep(row, _("Without a certificate yet"), "issue")
    return NextStep(row)


def _why(module, rule, now):
    if rule.is_stuck(module.quiz):
        return stuck_words(module)
    days = (now - module.quiet_since).days
    return ngettext("%(days)d day without activity", "%(days)d days without activity", days) % {"days": days}
