"""What the worker does for reminders, as Django's tasks."""

from django.tasks import task

from course.models import Reminder

from .sending import BROKEN_OFF, send_waiting


@task(backend="background")
def send_reminders():
    """Send the reminders whose turn it is; what the mail server did not take is tried again later."""
    if at := send_waiting():
        send_later(at)


def send_later(at):
    """Have reminders sent at a moment; where tasks run at once, the next click or start of a worker does it."""
    if send_reminders.get_backend().supports_defer:
        send_reminders.using(run_after=at).enqueue()


def take_up_again(*, now):
    """Put the reminders that wait in the queue again: a worker calls it at its start."""
    waiting = Reminder.objects.unfinished()
    if waiting.exists():
        send_reminders.enqueue()
    if waiting.exclude(begun_at=None).exists():
        send_later(now + BROKEN_OFF)
