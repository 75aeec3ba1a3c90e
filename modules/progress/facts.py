"""Where the fact that a lesson was read comes in, from whichever door."""

from modules.models import LessonRead

from .editions import asked_of, registrations_of
from .records import record_finished
from .structure import course_structure


def mark_lesson_read(learner, lesson, *, read_at=None, now):
    """Keep the fact that `learner` read, or skipped, the lesson (a page or an outline), and what that finished.

    The first time stays. Whoever began the course anew reads it once more, beside the first time. `read_at` is before
    `now` where it is told later.
    """
    read_at = read_at or now
    key = getattr(lesson, "translation_key", None) or lesson.key
    registration = registrations_of([learner]).get(learner.pk)
    fact = LessonRead(learner=learner, lesson_key=key, read_at=read_at)
    since = registration.counts_from if registration else None
    if (
        since
        and since <= read_at
        and LessonRead.objects.filter(learner=learner, lesson_key=key, read_at__lt=since).exists()
    ):
        fact.again_for = registration
    LessonRead.objects.bulk_create([fact], ignore_conflicts=True)
    asked = asked_of(registration, course_structure())
    together = [{other.key for other in outline.lessons} for outline in asked]
    together = next((keys for keys in together if key in keys), set())
    read = LessonRead.objects.filter(learner=learner, lesson_key__in=together).values("lesson_key").distinct()
    # Only the last lesson of a module can finish it.
    if together and read.count() == len(together):
        record_finished([learner], now=now)
