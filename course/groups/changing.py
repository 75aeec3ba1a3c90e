"""What a correction, attendance or a paper sheet changes for whom, in words."""

from contextlib import contextmanager

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.issuing.issue import get_certificates
from certificates.issuing.status import has_expired
from modules.models import TrainingRecord
from modules.progress.deriving import progress_by_learner
from modules.progress.outline import course_outline

from .training import module_titles

LINES_TOLD = 8


@contextmanager
def telling(people, *, now):
    """Yield a list that gets (change in words, people) at the end of the block, in a constant number of queries."""
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


@contextmanager
def watching(people, *, merged=None):
    """Yield a list that gets a sentence for each completion that the block ended, or the merge with `merged`."""
    people, sentences = list(people), []
    leads_to = {person.pk: person.pk for person in people}
    if merged is not None:
        leads_to[merged.pk] = people[0].pk
    before = _standing(leads_to)
    yield sentences
    after = _standing(leads_to)
    ended = {person: before[person.pk].keys() - after[person.pk].keys() for person in people}
    sentences += _in_words({person: keys for person, keys in ended.items() if keys})
    sentences += _finished_anew(people, before, after)


def _standing(leads_to):
    records = TrainingRecord.objects.valid().filter(learner__in=list(leads_to), registration__ended_at=None)
    standing = {pk: {} for pk in leads_to.values()}
    for pk, module, *record in records.order_by().values_list("learner_id", "module_key", "key", "finished_at"):
        standing[leads_to[pk]][module] = tuple(record)
    return standing


def _finished_anew(people, before, after):
    records = {
        person.pk: (before[person.pk][None], after[person.pk][None])
        for person in people
        if None in before[person.pk] and None in after[person.pk]
    }
    moved = [person for person in people if person.pk in records and len(set(records[person.pk])) > 1]
    if not moved:
        return []
    certified = {one.learner_id for one in get_certificates(moved) if one.record_key == records[one.learner_id][0][0]}
    words = _(
        "%(person)s: finished by something else, on %(day)s. The certificate that was issued names the earlier day: "
        "issue another on the page of the person."
    )
    return [
        words % {"person": person, "day": date_format(timezone.localdate(records[person.pk][1][1]), "DATE_FORMAT")}
        for person in moved
        if person.pk in certified
    ]


def _still_certified(people):
    today = timezone.localdate()
    held = [one for one in get_certificates(people) if not has_expired(one, today=today)]
    before = TrainingRecord.objects.filter(key__in=[one.record_key for one in held])
    before = set(before.filter(registration__ended_at__isnull=False).values_list("key", flat=True))
    return {one.learner_id for one in held if one.record_key not in before}


def _in_words(ended):
    if not ended:
        return []
    certified = _still_certified([person for person, keys in ended.items() if None in keys])
    titles = module_titles(course_outline())
    sentences = []
    for person, keys in ended.items():
        what = [title for key, title in titles.items() if key in keys and key is not None]
        what += [_("the whole course")] if None in keys else []
        words = _("%(person)s: with this it is no longer finished: %(what)s.") % {
            "person": person,
            "what": "; ".join(what),
        }
        if person.pk in certified:
            words += " " + _("The certificate that was issued still holds: revoke it if it should not.")
        sentences.append(words)
    return sentences
