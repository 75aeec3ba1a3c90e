"""Who began the course: written down once each time, with the post and the places of that day."""

from collections import defaultdict
from datetime import timedelta
from itertools import batched
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Min

from modules.models import Beginning, LessonRead, Registration
from quizzes.models import Attempt

from .attendance import attended_by
from .circumstances import circumstances_then, circumstances_today
from .outline import course_outline
from .structure import course_structure

_AT_ONCE = 500
# What is written down so late, such as attendance noted weeks after a session, is not of today's group and place.
_LATE = timedelta(days=3)


@transaction.atomic
def record_beginnings(pks=None, *, now):
    """Write down who of these people (their pks, or None: of all) began and is not on record for it; return how many.

    Twice is once. A session attended is a beginning, whatever it counts for. Whoever begins the course anew begins once
    more, with the first thing done since.
    """
    people = get_user_model().objects.all()
    people = people if pks is None else people.filter(pk__in=pks)
    began = _first_times(people.filter(beginnings=None)) | _times_anew(people)
    known = Beginning.objects.filter(learner__in=people).exclude(counts_from=None)
    recorded = set(known.values_list("learner_id", "counts_from")) if any(time for _pk, time in began) else ()
    missing = [(pk, time, when) for (pk, time), when in began.items() if (pk, time) not in recorded]
    for some in batched(sorted(missing, key=lambda one: (one[0], one[2])), _AT_ONCE):
        late = [one for one in some if now - one[2] > _LATE]
        circumstances = circumstances_today(get_user_model().objects.filter(pk__in={pk for pk, *_rest in some}))
        then = circumstances_then(late) if late else {}
        Beginning.objects.bulk_create(
            [
                Beginning(
                    learner_id=pk,
                    counts_from=time,
                    began_at=min(when, now),
                    **(then[pk, time] if (pk, time) in then else circumstances[pk]),
                )
                for pk, time, when in some
            ],
            ignore_conflicts=True,
        )
    return len(missing)


def _first_times(people):
    """Return {(pk, None): when} of the first thing that each of these people did."""
    first = {}
    for done, moment in _things_done():
        facts = done.filter(learner__in=people.values("pk")).order_by().values("learner_id")
        for pk, when in facts.annotate(first=Min(moment)).values_list("learner_id", "first"):
            first[pk, None] = min(when, first.get((pk, None), when))
    for one in attended_by(people):
        first[one.learner, None] = min(one.held_at, first.get((one.learner, None), one.held_at))
    return first


def _times_anew(people):
    """Return {(pk, since when it counts): when} of the first thing that was done since then."""
    times = defaultdict(list)
    anew = Registration.objects.filter(learner__in=people.values("pk"), counts_from__isnull=False)
    for pk, since in anew.order_by("counts_from").values_list("learner_id", "counts_from"):
        times[pk].append(since)
    began = {}
    for pk, when in _moments(times) if times else ():
        since = next((since for since in reversed(times[pk]) if since <= when), None)
        if since is not None:
            began[pk, since] = min(when, began.get((pk, since), when))
    return began


def _moments(pks):
    """Yield (pk, when) of all that these people did."""
    for done, moment in _things_done():
        yield from done.filter(learner__in=pks).values_list("learner_id", moment)
    yield from ((one.learner, one.held_at) for one in attended_by(pks))


def _things_done():
    """Return [(rows, the field with their moment)]: with the first of them somebody has begun.

    A quiz that no edition ever held, such as one to practise with, is no part of the course.
    """
    editions = course_structure().editions.values()
    quizzes = {UUID(module["quiz"]) for edition in editions for module in edition.contents if module["quiz"]}
    quizzes |= {module.quiz_key for module in course_outline() if module.quiz_key}
    tried = Attempt.objects.worked_on().filter(quiz_key__in=quizzes)
    return [(LessonRead.objects.all(), "read_at"), (tried, "done_at")]


def hand_over_beginnings(old, learner):
    """Give `learner` those of `old`, an account of the same person; of two of the same time the earlier one stays."""
    held = {one.counts_from: one for one in Beginning.objects.filter(learner=learner)}
    for one in Beginning.objects.filter(learner=old):
        other = held.get(one.counts_from)
        if other is not None:
            later = max(one, other, key=lambda beginning: (beginning.began_at, beginning.pk))
            later.delete()
            if later is one:
                continue
        one.learner = learner
        one.save(update_fields=["learner"])
