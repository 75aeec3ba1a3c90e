"""Wanting no reminders, and wanting them again: signed in, or with the address in a letter."""

from uuid import UUID

from course.models import Reminder, User


def person_with(token):
    """Return the person to whom the letter with this token went, or None."""
    try:
        key = UUID(token)
    except ValueError:
        return None
    reminder = Reminder.objects.select_related("learner").filter(token=key).first()
    return reminder and reminder.learner


def stop_reminders(person, *, now):
    """Send the person no more reminders; twice is once, and the first moment stays."""
    User.objects.filter(pk=person.pk, reminders_stopped_at=None).update(reminders_stopped_at=now)
    person.refresh_from_db(fields=["reminders_stopped_at"])


def allow_reminders(person):
    """Let the person be reminded again."""
    User.objects.filter(pk=person.pk).update(reminders_stopped_at=None)
    person.reminders_stopped_at = None
