"""The sentences of the desk: what a figure says, in words, with n of N."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from modules.progress import QUIET_BEFORE_HELP, TRIES_BEFORE_HELP


def finished_words(done, people):
    """Return «12 of 30 finished»."""
    return ngettext("%(done)s of %(people)s finished", "%(done)s of %(people)s finished", done) % {
        "done": done,
        "people": people,
    }


def summary_words(grid):
    """Return how a group is doing in one sentence: «12 of 30 finished; 3 need help»."""
    if not grid.people:
        return _("Nobody is enrolled in this group yet.")
    words = finished_words(grid.done, grid.people)
    if grid.done == grid.people:
        return f"{words}."
    if not grid.needing_help:
        return _("%(finished)s; nobody needs help.") % {"finished": words}
    needing_help = ngettext("%(count)s needs help", "%(count)s need help", grid.needing_help)
    return f"{words}; {needing_help % {'count': grid.needing_help}}."


def rule_words():
    """Return the rule behind the state «needs help», to stand beside it."""
    return _(
        "«Needs help» means: %(tries)d attempts of a quiz sent without passing, or a module begun and %(days)d days"
        " without activity."
    ) % {"tries": TRIES_BEFORE_HELP, "days": QUIET_BEFORE_HELP.days}
