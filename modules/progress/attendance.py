"""Sessions that people attended: held in the app above, which is asked by a signal.

Each session says whether it counts as reading the lessons of its modules. Whatever it counts for, whoever attended has
done something.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.dispatch import Signal

# Sent with `learners`; receivers answer with Attended of these people.
attended_asked = Signal()


class Attended(NamedTuple):
    """A person was at a session on a module (its stable key), or on none (None).

    `noted_at` is when that was noted, which is what counts is dated with; `held_at` when the person was there.
    """

    learner: int
    module: UUID | None
    noted_at: datetime
    held_at: datetime
    counts: bool


@dataclass
class Sessions:
    """The sessions of a person on a module: when the first was noted that counts, and when they were held."""

    counted: datetime | None = None
    first_held: datetime | None = None
    last_held: datetime | None = None

    def add(self, one, *, counts):
        """Take another one in; where it does not `counts` for the person it is still known to have been held."""
        self.first_held = min(one.held_at, self.first_held or one.held_at)
        self.last_held = max(one.held_at, self.last_held or one.held_at)
        if counts and one.counts:
            self.counted = min(one.noted_at, self.counted or one.noted_at)


def sessions_attended(learners, counts=None):
    """Return {learner_pk: {module key, or None: Sessions}} of the people, in one query.

    `counts(learner_pk, module key, when it was noted, held_at=…)` says what does not count for a person; None leaves
    out nothing.
    """
    attended = defaultdict(lambda: defaultdict(Sessions))
    for one in attended_by(learners):
        is_counted = counts is None or counts(one.learner, one.module, one.noted_at, held_at=one.held_at)
        attended[one.learner][one.module].add(one, counts=is_counted)
    return attended


def attended_by(learners):
    """Return the Attended of these people (a QuerySet of them, or these), in one query."""
    return [one for _receiver, answer in attended_asked.send(None, learners=learners) for one in answer]


def last_held_by(sessions):
    """Return when a person, of whom these are {module key: Sessions}, was last at a session, or None."""
    return max((one.last_held for one in sessions.values()), default=None)
