"""The clock of an attempt: until when it takes answers, and in which state it is. Nothing here asks the database."""

from datetime import timedelta
from enum import Enum, nonmember
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from quizzes.wording.moments import tell_left, tell_moment

from .rules import rules_of

# A countdown that lasts longer helps nobody: the page says the day and the hour.
LONGEST_COUNTDOWN = timedelta(days=1)


class AttemptState(Enum):
    """Where an attempt stands; the value is also the name of its style."""

    IN_PROGRESS = "current"
    OVERDUE = "help"
    FINISHED = "done"
    NEVER_SENT = "todo"
    PENDING = "pending"
    ASKS_AGAIN = "again"

    # Templates would call the class to make an instance of it.
    do_not_call_in_templates = nonmember(True)

    @property
    def label(self):
        return _STATE_LABELS[self]


_STATE_LABELS = {
    AttemptState.IN_PROGRESS: _("In progress"),
    AttemptState.OVERDUE: _("Overdue"),
    AttemptState.FINISHED: _("Finished"),
    AttemptState.NEVER_SENT: _("Never sent"),
    AttemptState.PENDING: _("Waiting to be marked"),
    AttemptState.ASKS_AGAIN: _("One indispensable question is missing"),
}


def when_due(started_at, *, time_limit, closes_at, extra_minutes=0):
    """Return until when an attempt's answers count, without grace: its time limit or the closing; None without both.

    Extra minutes lengthen a time limit; where there is none they mean nothing.
    """
    ends = [closes_at] if closes_at else []
    if time_limit:
        ends.append(started_at + timedelta(minutes=time_limit + extra_minutes))
    return min(ends, default=None)


def takes_answers_until(attempt):
    """Return the last moment at which an answer still counts, grace included; None where there is no end."""
    return attempt.due_at and attempt.due_at + rules_of(attempt.paper).grace


def is_over(attempt, now):
    """Whether the time of the attempt is over, grace included, whether or not it was closed since.

    What is asked again has no limit of time.
    """
    return attempt.second_at is None and attempt.due_at is not None and now > takes_answers_until(attempt)


def was_sent_in_time(attempt):
    """Whether the person sent it before its time was over; of what is asked again it does not matter when."""
    sent_at = min(filter(None, (attempt.second_at, attempt.submitted_at)), default=None)
    return sent_at is not None and (attempt.due_at is None or sent_at < attempt.due_at)


def state_of(attempt, now):
    """Return the AttemptState of an attempt, of which the paper may be missing."""
    if attempt.abandoned_at:
        return AttemptState.NEVER_SENT
    if attempt.asks_again:
        return AttemptState.ASKS_AGAIN
    if attempt.submitted_at:
        return AttemptState.PENDING if attempt.grade is None else AttemptState.FINISHED
    if attempt.due_at and now > attempt.due_at:
        return AttemptState.OVERDUE
    return AttemptState.IN_PROGRESS


class Clock(NamedTuple):
    """What a page says about the time of an attempt: `moment` (when it is due) and `left` are in words."""

    seconds: int
    moment: str
    left: str
    is_overdue: bool
    counts_down: bool


def clock_of(attempt, *, now):
    """Return the Clock of an open attempt; None where there is no end."""
    if attempt.due_at is None or attempt.second_at:
        return None
    left = attempt.due_at - now
    seconds = max(0, int(left.total_seconds()))
    return Clock(
        seconds=seconds,
        moment=tell_moment(attempt.due_at, now=now),
        left=tell_left(seconds),
        is_overdue=left.total_seconds() <= 0,
        counts_down=left <= LONGEST_COUNTDOWN,
    )
