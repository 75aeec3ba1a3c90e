"""Sending what waits. A mail server cannot be asked to forget: each reminder is marked as begun before it is handed
over, and one that a broken line or a killed worker left so is never sent again."""

import logging
import smtplib
from datetime import timedelta

from django.core.mail import mailers
from django.db import transaction
from django.utils import timezone

from course.groups.calling import can_go_on, languages_of
from course.models import Enrolment, Failure, Reminder
from course.refresher_cases import current_finish, offered_week
from modules.progress.deriving import progress_of

from .letters import letter_to
from .reachability import PAUSE, is_address, lock_person

logger = logging.getLogger(__name__)

# How long to wait before each new try when the mail server takes nothing.
WAITS = [timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6)]
# No mail server holds a message for longer without an answer.
BROKEN_OFF = timedelta(minutes=15)
_REFUSED = 500


def send_waiting(*, clock=timezone.now):
    """Send the reminders whose turn it is; return when to come back for those that were put off, or None."""
    _give_up_broken_off(clock())
    turn = Reminder.objects.unfinished().filter(begun_at=None, next_try_at__lte=clock())
    keys = list(turn.order_by("requested_at", "pk").values_list("pk", flat=True))
    moments, mailer = [], mailers["at_once"]
    for place, key in enumerate(keys):
        try:
            mailer.open()
        except OSError:
            logger.exception("The mail server does not answer")
            moments.append(_put_off(keys[place:], now=clock()))
            break
        # A sign of life for whoever waits for a turn.
        turn.update(seen_at=clock())
        moments.append(_send(key, mailer, clock=clock))
    _close(mailer)
    return min(filter(None, moments), default=None)


def _send(key, mailer, *, clock):
    reminder = _begin(key, now=clock())
    if reminder is None:
        return None
    letter = letter_to(reminder, language=languages_of([reminder.learner])[reminder.learner_id])
    try:
        mailer.send_messages([letter])
    except (OSError, ValueError) as error:
        logger.exception("A reminder was not sent")
        # The next one needs a line of which nothing is left from this one.
        _close(mailer)
        problem = _problem_of(error)
        if problem is None:
            return _put_off([key], now=clock(), begun=True)
        _give_up(key, problem, now=clock())
    else:
        Reminder.objects.unfinished().filter(pk=key).update(sent_at=clock())
    return None


def _begin(key, *, now):
    waiting = Reminder.objects.unfinished().filter(pk=key, begun_at=None)
    reminder = waiting.select_related("learner", "cohort", "requested_by").first()
    if reminder is None:
        return None
    # Looked up before the lock: it takes several questions.
    has_finished = reminder.week is None and not can_go_on(progress_of(reminder.learner, now=now))
    with transaction.atomic():
        reminder.learner = lock_person(reminder.learner_id)
        if reminder.learner is None:
            return None
        problem = Failure.FINISHED if has_finished else _hindrance(reminder, now=now)
        if problem:
            waiting.update(failed_at=now, problem=problem)
            return None
        return reminder if waiting.update(begun_at=now) else None


def _hindrance(reminder, *, now):
    learner = reminder.learner
    if learner.reminders_stopped_at:
        return Failure.STOPPED
    if not is_address(learner.email):
        return Failure.NO_ADDRESS
    if not learner.has_confirmed_address:
        return Failure.UNCONFIRMED
    if reminder.week is not None:
        return _hindrance_of_case(reminder, now=now)
    cohort = reminder.cohort
    in_group = Enrolment.objects.current().filter(learner=learner, cohort=cohort)
    if (
        not learner.is_active
        or cohort is None
        or not cohort.is_open_on(timezone.localdate(now))
        or not in_group.exists()
    ):
        return Failure.LEFT
    if learner.reminders.of_the_course().counting_since(now - PAUSE).exists():
        return Failure.EARLY
    return None


def _hindrance_of_case(reminder, *, now):
    learner = reminder.learner
    if not learner.is_active:
        return Failure.LEFT
    finish_key, finished_at = current_finish(learner)
    is_due = finish_key == reminder.finish_key and reminder.week == offered_week(
        learner, finish_key, finished_at, now=now
    )
    return None if is_due else Failure.FINISHED


def _problem_of(error):
    if isinstance(error, ValueError):
        # An address that cannot be written in a message.
        return Failure.REFUSED
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPHeloError | smtplib.SMTPAuthenticationError):
        # Not about this person: something with the site's own account.
        return None
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _words in error.recipients.values()]
        return Failure.REFUSED if codes and min(codes) >= _REFUSED else None
    if isinstance(error, smtplib.SMTPResponseException):
        return Failure.REFUSED if error.smtp_code >= _REFUSED else None
    return Failure.UNSURE


def _put_off(keys, *, now, begun=False):
    waiting = Reminder.objects.unfinished().filter(pk__in=keys, begun_at__isnull=not begun)
    waiting.filter(tries__gte=len(WAITS)).update(failed_at=now, problem=Failure.SERVER)
    moments = []
    # From the last try down, so that none is counted twice.
    for tries in reversed(range(len(WAITS))):
        at = now + WAITS[tries]
        if waiting.filter(tries=tries).update(tries=tries + 1, next_try_at=at, begun_at=None):
            moments.append(at)
    return min(moments, default=None)


def _give_up(key, problem, *, now):
    Reminder.objects.unfinished().filter(pk=key).update(failed_at=now, problem=problem)


def _give_up_broken_off(now):
    lost = Reminder.objects.unfinished().filter(begun_at__lt=now - BROKEN_OFF)
    lost.update(failed_at=now, problem=Failure.UNSURE)


def _close(mailer):
    try:
        mailer.close()
    except OSError:
        logger.warning("The mail server did not say goodbye")
