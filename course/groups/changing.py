"""What attendance or a sheet of paper changed for whom: told in words to whoever kept it, on the page that kept it."""

from contextlib import contextmanager

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from modules.progress.deriving import progress_by_learner

# A list that is longer tells nobody anything: the grid has it all.
LINES_TOLD = 8


@contextmanager
def telling(people, *, now):
    """Look at how far these people are before and after what is done inside; yields a list.

    At the end it holds (what changed, in words, the people it changed for) for each thing that did; in as many queries
    for any number of people.
    """
    people, told = list(people), []
    before = progress_by_learner(people, now=now)
    yield told
    after = progress_by_learner(people, now=now)
    by_words = {}
    for person in people:
        for words in _changes(before[person.pk], after[person.pk]):
            by_words.setdefault(words, []).append(person)
    told += by_words.items()


def in_lines(told):
    """Return a sentence for each thing that changed, with how many people and who, the commonest first."""
    in_order = sorted(told, key=lambda one: -len(one[1]))
    lines = [
        f"{words} ({len(people)}): {'; '.join(str(person) for person in people)}."
        for words, people in in_order[:LINES_TOLD]
    ]
    return [*lines, _("There is more: see the grid of the group.")] if len(in_order) > LINES_TOLD else lines


def _changes(before, after):
    known = {module.outline.key: module for module in before.modules}
    changed = [_change(known.get(module.outline.key), module) for module in after.modules]
    if after.finished and not before.finished:
        changed.append(_("The whole course is finished"))
    return [words for words in changed if words]


def _change(before, after):
    number = after.outline.number
    if after.is_finished:
        done = before is not None and before.is_finished
        return "" if done else _("Module %(number)s is finished") % {"number": number}
    if before and _facts(before) == _facts(after):
        return ""
    return missing_words(after)


def _facts(module):
    return module.is_finished, bool(module.attended_at), module.lessons_read, module.quiz


def missing_words(module):
    """Return what is missing in an unfinished module, such as «the quiz of module 3 is missing»."""
    names = {"number": module.outline.number, "count": len(module.unread_lessons)}
    quiz = module.outline.quiz_key is not None and not module.quiz_passed and not module.quiz_pending
    if names["count"] and quiz:
        words = ngettext(
            "%(count)d lesson and the quiz of module %(number)s are missing",
            "%(count)d lessons and the quiz of module %(number)s are missing",
            names["count"],
        )
    elif names["count"]:
        words = ngettext(
            "%(count)d lesson of module %(number)s is missing",
            "%(count)d lessons of module %(number)s are missing",
            names["count"],
        )
    elif quiz:
        words = _("The quiz of module %(number)s is missing")
    else:
        words = _("The quiz of module %(number)s waits to be marked")
    return words % names
