"""Effects of a change of the course on learners, before and after it."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page

from modules.models import Edition, TrainingRecord
from modules.signals import certified_count_requested

from .catching_up import Behind, those_behind
from .deriving import get_started_learners, progress_by_learner
from .differences import Difference, and_of_drafts, difference_between, titles_of_today
from .editions import edition_in_force
from .following import (
    asks_the_same,
    in_chunks,
    in_the_middle,
    newest_edition,
    people_without_row,
    published_contents,
    take_along,
    who_may_lack_nothing,
)
from .outline import get_course_structure

EDITION_CAME_INTO_FORCE = "modules.edition_came_into_force"


class People(NamedTuple):
    """Numbers of affected people: `middle` started and did not finish, `middle_began` of them worked on it,
    `finishing` of them lack only what is removed.
    """

    middle: int = 0
    middle_began: int = 0
    finished: int = 0
    certified: int = 0
    finishing: int = 0

    @property
    def all(self):
        return self.middle + self.finished

    @property
    def began(self):
        return self.middle_began + self.finished


def is_empty(module):
    return not module["lessons"] and module["quiz"] is None


class Before(NamedTuple):
    edition: Edition | None
    titles: dict[str, str]
    ends: dict[int, datetime]


@dataclass(frozen=True)
class Change:
    """What a change does, and to how many people; `asks`: a new edition starts, so the editor must choose."""

    edition: Edition
    contents: list
    difference: Difference
    people: People
    closed: list[str] = field(default_factory=list)
    later: datetime | None = None
    behind: list[Behind] = field(default_factory=list)

    @property
    def nothing_left(self):
        return not self.contents

    @property
    def another_edition(self):
        return bool(self.contents) and not asks_the_same(self.edition.contents, self.contents)

    @property
    def asks(self):
        return self.another_edition and self.later is None and self.people.middle > 0

    @property
    def only_takes_away(self):
        return bool(self.difference.removed) and not (self.difference.added or self.difference.changed)

    @property
    def changes_how_quizzes_ask(self):
        """Whether a quiz asks by job differently: paper quizzes use the present rule in any case."""
        asked = {module["key"]: module.get("pools", []) for module in self.edition.contents}
        return any(asked.get(module["key"], module["pools"]) != module["pools"] for module in self.contents)

    @property
    def empty_modules(self):
        """New modules without requirements: learners cannot finish them."""
        known = {module["key"] for module in self.edition.contents if not is_empty(module)}
        return [module for module in self.contents if module["key"] not in known and is_empty(module)]

    @property
    def fingerprint(self):
        """What was shown, without the numbers of people: those change while somebody reads."""
        later = self.later and self.later.isoformat()
        behind = [one.edition.pk for one in self.behind]
        shown = [self.edition.pk, self.edition.contents, self.contents, self.closed, later, behind]
        return json.dumps(shown, sort_keys=True)


def course_before():
    structure = get_course_structure()
    is_published = any(structure.modules.values())
    return Before(edition_in_force(structure) if is_published else None, titles_of_today(), what_ends())


def change_of(waiting, before):
    """Return the Change held back by `waiting`, or None if it needs no confirmation; constant number of queries."""
    if before.edition is None or not (waiting.changed or waiting.closed or waiting.scheduled):
        return None
    edition, contents = before.edition, published_contents()[1]
    if contents:
        edition = newest_edition(before.edition.course_key) or edition
    required = {module["quiz"] for module in contents}
    closed = sorted(quiz.title for quiz in waiting.closed if str(quiz.translation_key) in required)
    later = None
    if not closed and contents and asks_the_same(edition.contents, contents):
        later, contents = _what_comes_later(waiting, before, edition, contents)
        if later is None:
            return None
    people = people_affected(edition, contents)
    if not people.all:
        return None
    titles = and_of_drafts(titles_of_today() | before.titles, edition.contents)
    difference = difference_between(edition.contents, contents, titles)
    change = Change(edition, contents, difference, people, closed, later)
    return replace(change, behind=_behind(change, titles)) if change.asks else change


def _behind(change, titles):
    found = [
        one._replace(difference=one.difference.beyond(change.difference))
        for one in those_behind(change.edition, change.contents, titles)
    ]
    return [one for one in found if any(one.difference)]


def what_ends():
    return dict(Page.objects.live().exclude(expire_at=None).values_list("pk", "expire_at"))


def _what_comes_later(waiting, before, edition, contents):
    later, then = _what_is_scheduled(waiting, edition, contents)
    if later:
        return later, then
    ends = {pk: when for pk, when in what_ends().items() if before.ends.get(pk) != when}
    for pk, when in sorted(ends.items(), key=lambda one: (one[1], one[0])):
        then = _published_without(pk)
        if not asks_the_same(edition.contents, then):
            return when, then
    return None, contents


def _published_without(page_pk):
    with transaction.atomic():
        Page.objects.filter(pk=page_pk).update(live=False)
        contents = published_contents()[1]
        transaction.set_rollback(True)
    return contents


def _what_is_scheduled(waiting, edition, contents):
    revisions = {revision.pk: revision for revision in waiting.scheduled}
    for revision in sorted(revisions.values(), key=lambda one: (one.approved_go_live_at, one.pk)):
        then = _published_with(revision)
        if not asks_the_same(edition.contents, then):
            return revision.approved_go_live_at, then
    return None, contents


def _published_with(revision):
    with transaction.atomic():
        thing = revision.as_object()
        thing.go_live_at, thing.live = None, True
        thing.save()
        contents = published_contents()[1]
        transaction.set_rollback(True)
    return contents


def people_affected(edition, contents):
    without_row = people_without_row(edition)
    middle = set(in_the_middle().values_list("learner_id", flat=True)) | set(without_row)
    finished = TrainingRecord.objects.valid().of_the_course().filter(registration__ended_at=None)
    finished = finished.exclude(learner=None).values("learner")
    of_the_middle = get_user_model().objects.exclude(pk__in=finished).values_list("pk", flat=True)
    return People(
        middle=len(middle),
        middle_began=len(get_started_learners(of_the_middle) & middle),
        finished=finished.distinct().count(),
        certified=sum(answer for _receiver, answer in certified_count_requested.send(None)),
        finishing=_how_many_finish(edition.contents, contents, without_row),
    )


def _how_many_finish(before, contents, without_row):
    candidates = who_may_lack_nothing(before, contents, without_row) if contents else []
    now = timezone.now()
    return sum(
        progress.finished and progress.recorded_at is None
        for chunk in in_chunks(candidates)
        for progress in progress_by_learner(chunk, now=now).values()
    )


class Outcome(NamedTuple):
    before: Edition
    edition: Edition
    moved: int
    stay: int
    finished: int


@transaction.atomic
def carry_out(waiting, change, *, also_the_middle, by=None):
    """Follow a change that was held back, log it, return its Outcome; None without a new edition."""
    wholes = TrainingRecord.objects.valid().of_the_course()
    known = wholes.count()
    followed = waiting.follow(by=by)
    if followed is None:
        return None
    moved = take_along(followed.edition) if also_the_middle else 0
    stay = in_the_middle().exclude(edition=followed.edition).count()
    outcome = Outcome(followed.before, followed.edition, moved, stay, wholes.count() - known)
    log(
        instance=outcome.edition,
        action=EDITION_CAME_INTO_FORCE,
        user=by,
        data={
            "for": "middle" if also_the_middle else "beginners",
            "people": change.people._asdict(),
            "did": {"moved": moved, "stay": stay, "finished": outcome.finished},
            "difference": change.difference._asdict(),
        },
    )
    return outcome
