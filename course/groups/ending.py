"""What a correction ends: it is told to whoever made it, on the page on which it was made."""

from contextlib import contextmanager

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certificates.issuing.issue import get_certificates
from certificates.issuing.status import has_expired
from modules.models import TrainingRecord
from modules.progress.outline import course_outline

from .training import module_titles


@contextmanager
def watching(people, *, merged=None):
    """Look at what these people have on record before and after what is done inside; yields a list.

    At the end it holds a sentence about each person of whom something is finished no more. What is on record again by
    then, because something else bears it, has not ended: it is told where a certificate names the earlier day. The
    account `merged` goes into that of the first person.
    """
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
            words += " " + _("The certificate that was issued still holds: annul it if it should not.")
        sentences.append(words)
    return sentences
