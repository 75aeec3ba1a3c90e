"""What a person read, when the account goes: handed to another account of the same person, or deleted."""

from modules.models import LessonRead


def hand_over_reading(old, learner):
    """Give `learner` what `old`, an account of the same person, read; of a lesson read in both the first time stays.

    What was read once more, by whoever began the course anew, goes along beside it.
    """
    read = {row.lesson_key: row for row in LessonRead.objects.filter(learner=learner, again_for=None)}
    LessonRead.objects.filter(learner=old).exclude(again_for=None).update(learner=learner)
    for row in LessonRead.objects.filter(learner=old):
        known = read.get(row.lesson_key)
        if known is None:
            row.learner = learner
            row.save(update_fields=["learner"])
            continue
        if row.read_at < known.read_at:
            known.read_at = row.read_at
            known.save(update_fields=["read_at"])
        row.delete()


def delete_reading_of(learner):
    """Delete what a person read."""
    LessonRead.objects.filter(learner=learner).delete()
