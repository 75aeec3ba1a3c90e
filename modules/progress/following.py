"""Creates an edition in the transaction that changes the published course."""

from collections import Counter, defaultdict
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import batched
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, Exists, F, Min, OuterRef
from django.utils import timezone

from modules.models import (
    CoursePage,
    Edition,
    LessonPage,
    LessonRead,
    ModulePage,
    Registration,
    TrainingRecord,
)
from modules.signals import enrolments_requested
from quizzes.models import Attempt

from .deriving import get_attendance, get_restarted_modules
from .training_record import record_finished

_held_back = ContextVar("changes of the course that wait", default=None)

# Learners per batch.
_AT_ONCE = 500

# The other keys only describe a module.
_OF_A_MODULE = ("lessons", "quiz", "pass_mark", "counting_attempt", "pools")


class Followed(NamedTuple):
    before: Edition | None
    edition: Edition


def published_contents():
    """Return (course key, published course as `Edition.contents`) in five queries; (None, []) without."""
    courses = (
        CoursePage.objects.live().order_by("-path").values_list("path", "translation_key", "locale__language_code")
    )
    by_language = {language: (path, key) for path, key, language in courses}
    found = by_language.get(settings.LANGUAGE_CODE) or next(iter(by_language.values()), None)
    if found is None:
        return None, []
    course_path, course_key = found
    modules = ModulePage.objects.live().filter(path__startswith=course_path, depth=_depth(course_path) + 1)
    lessons = LessonPage.objects.live().filter(path__startswith=course_path).order_by("path")
    by_module = {}
    for path, key in lessons.values_list("path", "translation_key"):
        by_module.setdefault(path[: -LessonPage.steplen], []).append(str(key))
    contents = [
        {
            "key": str(module.translation_key),
            "number": module.number,
            "title": module.title,
            "lessons": by_module.get(module.path, []),
            "quiz": str(module.quiz.translation_key) if module.quiz else None,
            "pass_mark": module.quiz.pass_mark if module.quiz else None,
            "counting_attempt": module.quiz.counting_attempt if module.quiz else None,
            "pools": _pools_of(module.quiz) if module.quiz else [],
        }
        for module in modules.select_related("quiz").prefetch_related("quiz__draws").order_by("path")
    ]
    return course_key, contents


def _pools_of(quiz):
    counts = Counter()
    for draw in quiz.draws.all():
        if draw.pool:
            counts[draw.pool] += draw.count
    return sorted([pool, count] for pool, count in counts.items())


def _depth(path):
    return len(path) // CoursePage.steplen


def asks_the_same(contents, others):
    return _comparable(contents) == _comparable(others)


def _comparable(contents):
    return {
        module["key"]: [sorted(module[name]) if name == "lessons" else module[name] for name in _OF_A_MODULE]
        for module in contents
    }


@transaction.atomic
def follow_course(*, now=None, by=None):
    """Make the current edition equal to the published course; return Followed, or None for no change.
    Started or enrolled learners keep the previous edition; one without learners is updated in place.
    Concurrent publishing is serialised by the lock on the `StructureStamp`.
    """
    course_key, contents = published_contents()
    if not contents:
        return None
    now = now or timezone.now()
    before = newest_edition(course_key)
    if before and asks_the_same(before.contents, contents):
        return None
    if before and before.contents:
        register_everybody(before, now=now)
        _record_who_lacks_nothing(before.contents, contents, now=now)
    if before and not _is_used(before):
        edition = before
        edition.contents, edition.current_from = contents, now
        edition.save(update_fields=["contents", "current_from"])
    else:
        number = before.number + 1 if before else 1
        edition = Edition.objects.create(
            course_key=course_key, number=number, contents=contents, current_from=now, created_by=by
        )
    return Followed(before, edition)


def newest_edition(course_key):
    return Edition.objects.filter(course_key=course_key).order_by("-number").first()


def _is_used(edition):
    return (
        Registration.objects.filter(edition=edition).exists() or TrainingRecord.objects.filter(edition=edition).exists()
    )


def register_everybody(edition, *, now):
    rows = (
        Registration(learner_id=learner_pk, edition=edition, registered_at=min(when, now))
        for learner_pk, when in sorted(people_without_row(edition).items())
    )
    Registration.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)


def people_without_row(edition):
    since = {}
    for learner_pk, when in _who_belongs(edition):
        since[learner_pk] = min(when, since.get(learner_pk, when))
    registered = set(Registration.objects.current().values_list("learner_id", flat=True))
    return {learner_pk: when for learner_pk, when in since.items() if learner_pk not in registered}


def _who_belongs(edition):
    without = {"learner__registrations": None}
    reads = LessonRead.objects.filter(**without).order_by().values("learner_id").annotate(first=Min("read_at"))
    yield from reads.values_list("learner_id", "first")
    attempts = Attempt.objects.filter(**without).order_by().values("learner_id").annotate(first=Min("started_at"))
    yield from attempts.values_list("learner_id", "first")
    for _receiver, answer in enrolments_requested.send(None):
        # Enrolled learners who have not begun are registered later, at their first activity.
        yield from (pair for pair in answer if pair[1] >= edition.current_from)
    without_row = get_user_model().objects.filter(registrations=None)
    yield from ((one.learner, one.held_at) for one in get_attendance(without_row))


def _record_who_lacks_nothing(before, contents, *, now):
    for chunk in in_chunks({*who_may_lack_nothing(before, contents), *_who_may_finish_a_module(before, contents)}):
        record_finished(chunk, now=now)


def who_may_lack_nothing(before, contents, without_row=()):
    """Return the pks of unfinished learners who may have finished because something was removed."""
    old = {module["key"]: module for module in before}
    new = {module["key"]: module for module in contents}
    if not any(_takes_away(module, new.get(key)) for key, module in old.items()):
        return []
    stay = {key: new[key] for key in old.keys() & new.keys() if _comparable([old[key]]) == _comparable([new[key]])}
    asked = {pk: _surely_asked(held, stay) for pk, held in Edition.objects.values_list("pk", "contents")}
    finished = defaultdict(set)
    records = TrainingRecord.objects.valid().filter(registration__in=in_the_middle().values("pk"))
    for registration_pk, key in records.values_list("registration_id", "module_key"):
        finished[registration_pk].add(key)
    middle = list(in_the_middle().only("learner", "edition", "counts_from", "restarted_modules"))
    restarted = {one.learner_id: one for one in middle if one.counts_from}
    for chunk in batched(restarted, _AT_ONCE):
        records = TrainingRecord.objects.valid().filter(learner__in=chunk)
        for learner_pk, key in records.values_list("learner_id", "module_key"):
            finished[restarted[learner_pk].pk] |= {key} - get_restarted_modules(restarted[learner_pk])
    others = [] if _surely_asked(before, stay) else list(without_row)
    return others + [one.learner_id for one in middle if asked[one.edition_id] <= finished[one.pk]]


def _who_may_finish_a_module(before, contents):
    new = {module["key"]: module for module in contents}
    lessons = {key for module in contents for key in module["lessons"]}
    gone = {key for module in before for key in module["lessons"]} - lessons
    taken = {module["key"] for module in before if module["key"] in new and _takes_away(module, new[module["key"]])}
    taken |= new.keys() - {module["key"] for module in before}
    people = set()
    for edition_pk, contents_then in Edition.objects.values_list("pk", "contents"):
        if not any(module["key"] in new for module in contents_then):
            people |= set(in_the_middle().filter(edition=edition_pk).values_list("learner_id", flat=True))
            continue
        for module in contents_then:
            published = new.get(module["key"])
            holds = module["lessons"] or module["quiz"]
            if published and (module["key"] in taken or gone & set(module["lessons"]) or not holds):
                held = module if holds else published
                people |= _who_may_finish(edition_pk, held, published, lessons & set(held["lessons"]))
    return people


def _who_may_finish(edition_pk, held, published, lessons):
    known = TrainingRecord.objects.valid().filter(registration=OuterRef("pk"), module_key=held["key"])
    middle = in_the_middle().filter(edition=edition_pk).exclude(Exists(known))
    if held["quiz"] and published["quiz"]:
        passed = Attempt.objects.filter(passed=True, quiz_key__in=[held["quiz"], published["quiz"]])
        middle = middle.filter(Exists(passed.filter(learner=OuterRef("learner"))))
    elif not lessons:
        return set()
    middle = middle.values("learner")
    if not lessons:
        return set(middle.values_list("learner", flat=True))
    reads = LessonRead.objects.filter(learner__in=middle, lesson_key__in=lessons).order_by().values("learner_id")
    reads = reads.annotate(lessons=Count("lesson_key", distinct=True)).filter(lessons=len(lessons))
    people = set(reads.values_list("learner_id", flat=True))
    on_it = (one for one in get_attendance(middle) if one.module == UUID(held["key"]))
    return people | {one.learner for one in on_it if one.counts}


def _surely_asked(held, stay):
    return {
        UUID(module["key"])
        for module in held
        if module["key"] in stay
        and (module["lessons"] or module["quiz"])
        and not _takes_away(module, stay[module["key"]])
    }


def _takes_away(held, published):
    return (
        published is None
        or not set(held["lessons"]) <= set(published["lessons"])
        or (held["quiz"] is not None and held["quiz"] != published["quiz"])
    )


def in_the_middle():
    whole = TrainingRecord.objects.valid().of_the_course().filter(registration=OuterRef("pk"))
    return Registration.objects.current().exclude(Exists(whole))


def in_chunks(pks):
    for chunk in batched(sorted(pks), _AT_ONCE):
        yield list(get_user_model().objects.filter(pk__in=chunk))


@transaction.atomic
def take_along(edition, *, now=None):
    """Move unfinished learners to this edition, the current one; return how many. It may finish some."""
    now = now or timezone.now()
    middle = in_the_middle().exclude(edition=edition).filter(edition__course_key=edition.course_key)
    # What was finished before the change is on record before anybody is moved.
    for chunk in in_chunks(middle.values_list("learner_id", flat=True)):
        record_finished(chunk, now=now)
    moved = 0
    for chunk in in_chunks(middle.values_list("learner_id", flat=True)):
        # Again, because somebody may have finished meanwhile.
        behind = in_the_middle().filter(learner__in=chunk)
        moved += behind.update(moved_from=F("edition"), moved_at=now, edition=edition)
        record_finished(chunk, now=now)
    return moved


@contextmanager
def changing_much():
    """Make one edition of everything that is published inside, at the end; `result.followed` is the outcome."""
    with holding_back() as waiting:
        yield waiting
    waiting.follow()


@contextmanager
def holding_back():
    """Publish inside without a new edition; the caller calls `follow` afterwards."""
    if _held_back.get() is not None:
        yield Waiting(within=_held_back.get())
        return
    waiting = Waiting()
    token = _held_back.set(waiting)
    try:
        yield waiting
    finally:
        _held_back.reset(token)


class Waiting:
    def __init__(self, within=None):
        self.within = within
        self.changed = False
        self.by = None
        self.closed, self.scheduled = [], []
        self.followed = None

    def follow(self, *, by=None):
        if self.changed and self.within is None:
            self.followed = follow_course(by=by or self.by)
        return self.followed


def course_changed(*, by=None):
    waiting = _held_back.get()
    if waiting is None:
        return follow_course(by=by)
    waiting.changed, waiting.by = True, by or waiting.by
    return None


def quiz_closed(quiz):
    if waiting := _held_back.get():
        waiting.closed.append(quiz)


def change_scheduled(revision):
    if waiting := _held_back.get():
        waiting.scheduled.append(revision)
