"""What was finished and is not on record, through whichever door it came in: written down later, dated as it was."""

from datetime import timedelta
from itertools import batched

from django.contrib.auth import get_user_model

from course.models import Attendance
from modules.models import Edition, LessonRead
from modules.progress.following import people_without_row
from modules.progress.training_record import record_beginnings, record_finished
from quizzes.models import Attempt, HandMark, HeldWrite

# Facts so old are looked at every night: a site that stood still for a week misses nothing.
_LOOKED_BACK = timedelta(days=10)
_AT_ONCE = 500
# What may finish a module: the fact, whose it is, and the moments that make it one of the last days.
_FACTS = (
    (LessonRead, "learner", ("read_at",)),
    (Attempt, "learner", ("submitted_at", "released_at")),
    (HandMark, "attempt__learner", ("marked_at",)),
    (HeldWrite, "attempt__learner", ("resolved_at",)),
    (Attendance, "learner", ("noted_at",)),
)


def record_missing(*, now):
    """Write down what people with facts of the last days finished, and who began, of all people; return how many rows.

    Where the edition in force came since then so does what people without a row did before, as while the course was not
    published. A record that somebody annulled is not written again unless something else bears it.
    """
    since = now - _LOOKED_BACK
    people, rows = _people_with_facts(since), 0
    newest = Edition.objects.order_by("in_force_from").last()
    if newest and newest.in_force_from >= since:
        people.update(people_without_row(newest))
    for chunk in batched(sorted(people), _AT_ONCE):
        rows += record_finished(get_user_model().objects.filter(pk__in=chunk), now=now)
    record_beginnings(now=now)
    return rows


def _people_with_facts(since):
    people = set()
    for model, learner, moments in _FACTS:
        for moment in moments:
            facts = model.objects.filter(**{f"{moment}__gte": since})
            people.update(facts.order_by().values_list(learner, flat=True).distinct())
    return people
