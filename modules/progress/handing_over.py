"""What a person read, when the account goes: handed to another account of the same person, or deleted."""

from modules.models import LessonRead

from .editions import registrations_of


def hand_over_reading(old, learner):
    """Give `learner` what `old`, an account of the same person, read; of a lesson read in both the first time stays.

    What was read once more, by whoever began the course anew, goes along beside it. Call it after `hand_over_records`.
    """
    read = {row.lesson_key: row for row in LessonRead.objects.filter(learner=learner, again_for=None)}
    LessonRead.objects.filter(learner=old).exclude(again_for=None).update(learner=learner)
    registration = registrations_of([learner]).get(learner.pk)
    for row in LessonRead.objects.filter(learner=old):
        known = read.get(row.lesson_key)
        if known is not None:
            first, later = sorted([row, known], key=lambda one: one.read_at)
            _leave(later, first, registration)
            first.learner = learner
            first.save(update_fields=["learner"])
            continue
        row.learner = learner
        row.save(update_fields=["learner"])


def _leave(later, first, registration):
    """Keep the second time that a lesson was read where it counts, and the first does not; else it goes."""
    since = registration.counts_from if registration else None
    known = LessonRead.objects.filter(again_for=registration, lesson_key=later.lesson_key)
    if since and first.read_at < since <= later.read_at and not known.exists():
        later.learner_id, later.again_for = registration.learner_id, registration
        later.save(update_fields=["learner", "again_for"])
    else:
        later.delete()


def delete_reading_of(learner):
    """Delete what a person read."""
    LessonRead.objects.filter(learner=learner).delete()
