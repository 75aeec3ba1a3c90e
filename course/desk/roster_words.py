"""What a list of staff will do, in a sentence."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from course.roster.planning import Fate


def plan_words(plan):
    """Return «12 people are new, 3 change, 40 stay as they are; 2 rows have a problem and are left out»."""
    counts = plan.counts
    parts = [
        ngettext("%(count)d person is new", "%(count)d people are new", counts[Fate.CREATE])
        % {"count": counts[Fate.CREATE]},
        ngettext("%(count)d changes", "%(count)d change", counts[Fate.UPDATE]) % {"count": counts[Fate.UPDATE]},
        ngettext("%(count)d stays as it is", "%(count)d stay as they are", counts[Fate.UNCHANGED])
        % {"count": counts[Fate.UNCHANGED]},
    ]
    words = ", ".join(parts)
    if not (problems := counts[Fate.PROBLEM]):
        return f"{words}."
    left_out = ngettext(
        "%(count)d row has a problem and is left out.", "%(count)d rows have a problem and are left out.", problems
    )
    return _("%(words)s; %(left_out)s") % {"words": words, "left_out": left_out % {"count": problems}}


def line_words(line):
    """Return what to know about a row: its problem, or who it is on the site, what changes, and what to look at."""
    if line.problem:
        return line.problem
    return " · ".join([*_change_words(line), *line.notes])


def _change_words(line):
    person, changes = line.person, line.changes
    if person is None:
        return
    yield person.username
    if line.reopens:
        yield _("the account is opened again")
    if line.enrols:
        yield _("comes into this group")
    if changes.keys() & {"first_name", "last_name"}:
        yield _("was called %(name)s") % {"name": person.surnames_first}
    if "role" in changes:
        yield _("role before: %(role)s") % {"role": person.get_role_display()} if person.role else _("gets the role")
    if "job_title" in changes:
        before = person.job_title
        yield _("job title before: %(words)s") % {"words": before} if before else _("gets the job title")
    if "clinic" in changes:
        yield _("clinic before: %(clinic)s") % {"clinic": person.clinic} if person.clinic else _("gets the clinic")
    if "email" in changes:
        yield _("gets the e-mail address")
