"""What the worker does for reminders, as Django's tasks."""

from django.conf import settings
from django.db import transaction
from django.tasks import task

from course.models import Reminder

from .confirming import ask_to_confirm, people_to_ask
from .sending import BROKEN_OFF, send_waiting


@task(backend="background")
def send_reminders():
    """Send the reminders whose turn it is; what the mail server did not take is tried again later."""
    if at := send_waiting():
        send_later(at)


@task(backend="background")
def ask_for_confirmations():
    """Ask whoever reads the mail of a new address whether messages may come there."""
    at = ask_to_confirm()
    if at and ask_for_confirmations.get_backend().supports_defer:
        ask_for_confirmations.using(run_after=at).enqueue()


def ask_soon():
    """Have the letters sent that ask to confirm, once what was written is kept; a page does not wait for it."""
    if settings.MAIL_GOES_OUT:
        transaction.on_commit(ask_for_confirmations.enqueue)


def send_later(at):
    """Have reminders sent at a moment; where tasks run at once, the next click or start of a worker does it."""
    if send_reminders.get_backend().supports_defer:
        send_reminders.using(run_after=at).enqueue()


def take_up_again(*, now):
    """Put the reminders that wait in the queue again: a worker calls it at its start."""
    if settings.MAIL_GOES_OUT and people_to_ask().exists():
        ask_for_confirmations.enqueue()
    waiting = Reminder.objects.unfinished()
    if waiting.exists():
        send_reminders.enqueue()
    if waiting.exclude(begun_at=None).exists():
        send_later(now + BROKEN_OFF)
