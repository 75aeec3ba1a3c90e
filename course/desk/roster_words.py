"""Sentences about what a list of staff will do."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from course.roster.reading import MOST_SHEETS
from course.roster.rows import Fate

_MOST_NUMBERS, _MOST_NAMED = 60, 12
OPEN_CLINIC = "centro-por-decidir"


def plan_words(plan):
    counts = plan.counts
    parts = [
        ngettext("%(count)d person is new", "%(count)d people are new", counts[Fate.CREATE])
        % {"count": counts[Fate.CREATE]}
    ]
    if counts[Fate.JOIN]:
        words = ngettext("%(count)d comes into the group", "%(count)d come into the group", counts[Fate.JOIN])
        parts.append(words % {"count": counts[Fate.JOIN]})
    parts += [
        ngettext("%(count)d changes", "%(count)d change", counts[Fate.UPDATE]) % {"count": counts[Fate.UPDATE]},
        ngettext("%(count)d stays as it is", "%(count)d stay as they are", counts[Fate.UNCHANGED])
        % {"count": counts[Fate.UNCHANGED]},
    ]
    return f"{', '.join(parts)}."


def waiting_words(plan):
    """Return [(sentence, value of the filter that shows those rows)] on rows that need a look."""
    counts = plan.counts
    asking, open_clinics = len(plan.asking), len(plan.with_open_clinic)
    asks = ngettext(
        "%(count)d row is to be decided: is it the same person? Until you answer it does not go in.",
        "%(count)d rows are to be decided: is it the same person? Until you answer they do not go in.",
        asking,
    )
    clinics = ngettext(
        "%(count)d row waits for its clinic. Until you choose it below the row does not go in.",
        "%(count)d rows wait for their clinic. Until you choose it below they do not go in.",
        open_clinics,
    )
    problems = ngettext(
        "%(count)d row has a problem and does not go in.",
        "%(count)d rows have a problem and do not go in.",
        counts[Fate.PROBLEM],
    )
    out = ngettext("%(count)d row was left out by you.", "%(count)d rows were left out by you.", counts[Fate.OUT])
    waiting = [
        (Fate.ASK.value, asks, asking),
        (OPEN_CLINIC, clinics, open_clinics),
        (Fate.PROBLEM.value, problems, counts[Fate.PROBLEM]),
        (Fate.OUT.value, out, counts[Fate.OUT]),
    ]
    return [(value, words % {"count": count}) for value, words, count in waiting if count]


def left_out_words(outcome):
    reasons = {
        Fate.ASK: _("Not decided: rows %(rows)s."),
        Fate.PROBLEM: _("With a problem: rows %(rows)s."),
        Fate.OUT: _("Left out by you: rows %(rows)s."),
    }
    said = []
    for fate, words in reasons.items():
        numbers = [str(number) for number, value in outcome.rows if value == fate]
        more = ["…"] if len(numbers) > _MOST_NUMBERS else []
        if numbers:
            said.append(words % {"rows": ", ".join(numbers[:_MOST_NUMBERS] + more)})
    return said


def line_words(line):
    """Return the sentences about a row: its problem, or the account, its changes and warnings."""
    if line.out:
        return ""
    if line.problem:
        return line.problem
    if line.fate == Fate.ASK:
        return " · ".join(_what_is_open(line))
    return " · ".join([*_change_words(line), *line.notes])


def _what_is_open(line):
    if line.asks and line.like_row and not (line.candidates or line.went_on):
        yield _("Is it the same person as in row %(row)d?") % {"row": line.like_row.number}
    elif line.asks:
        yield _("Is it the same person?")
    if line.open_clinic:
        yield _("It is open which clinic “%(clinic)s” is: choose it above.") % {"clinic": line.open_clinic}


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
    if "phone" in changes:
        yield _("phone number changes") if person.phone else _("gets the phone number")
    if "sex" in changes:
        yield _("sex is noted")
    if line.new_identifiers:
        yield _("is known by the number from now on")


def unread_words(names):
    if not names:
        return ""
    words = {"limit": MOST_SHEETS, "names": _("”, “").join(names[:_MOST_NAMED]), "more": len(names) - _MOST_NAMED}
    if words["more"] > 0:
        return _("Only the first %(limit)d sheets were read, and not “%(names)s” and %(more)d more.") % words
    return _("Only the first %(limit)d sheets were read, and not “%(names)s”.") % words
