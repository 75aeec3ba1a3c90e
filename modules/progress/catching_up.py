"""Learners of earlier editions: differences to the current edition, moving them."""

import json
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count
from wagtail.log_actions import log

from modules.models import Edition, TrainingRecord

from .differences import Difference, and_of_drafts, difference_between, titles_of_today
from .following import in_the_middle, newest_edition, take_along

PEOPLE_TAKEN_ALONG = "modules.people_taken_along"


class Behind(NamedTuple):
    edition: Edition
    people: int
    difference: Difference


def those_behind(edition, contents, titles):
    """Return a `Behind` per earlier edition that people take and have not finished; two to four queries."""
    middle = in_the_middle().filter(edition__course_key=edition.course_key).exclude(edition=edition)
    people = dict(middle.order_by().values_list("edition").annotate(people=Count("pk")))
    editions = list(Edition.objects.filter(pk__in=people))
    titles = and_of_drafts(titles, *(one.contents for one in editions))
    return [Behind(one, people[one.pk], difference_between(one.contents, contents, titles)) for one in editions]


class CatchingUp(NamedTuple):
    edition: Edition
    behind: list[Behind]

    @property
    def people(self):
        return sum(behind.people for behind in self.behind)

    @property
    def fingerprint(self):
        """What was shown, without the numbers of people: those change while somebody reads."""
        return json.dumps([self.edition.pk, self.edition.contents, *(behind.edition.pk for behind in self.behind)])


def catching_up_with(edition):
    newest = newest_edition(edition.course_key)
    behind = those_behind(edition, edition.contents, titles_of_today()) if edition == newest else []
    return CatchingUp(edition, behind)


class TakenAlong(NamedTuple):
    moved: int
    finished: int


@transaction.atomic
def catch_up(edition, *, by):
    wholes = TrainingRecord.objects.valid().of_the_course()
    known = wholes.count()
    moved = take_along(edition)
    done = TakenAlong(moved, wholes.count() - known)
    log(instance=edition, action=PEOPLE_TAKEN_ALONG, user=by, data=done._asdict())
    return done
