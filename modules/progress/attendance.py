"""Sessions that people attended: held in the app above, which is asked by a signal.

Each session says whether it counts as reading the lessons of its modules. Of one that does not say so, as those of
before, the module says it. Whatever it counts for, whoever attended has done something.
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

    `noted_at` is when that was noted, which is what counts is dated with; `held_at` when the person was there. `counts`
    is None where the session leaves it to the module.
    """

    learner: int
    module: UUID | None
    noted_at: datetime
    held_at: datetime
    counts: bool | None


@dataclass
class Sessions:
    """The sessions of a person on a module: when the first was noted that counts, and when they were held.

    `left_to_module` is the first that counts where the module says so.
    """

    counted: datetime | None = None
    left_to_module: datetime | None = None
    first_held: datetime | None = None
    last_held: datetime | None = None

    def counting_in(self, outline):
        """Return when the first was noted that counts as reading the lessons of the module, or None."""
        moments = [self.counted, self.left_to_module if outline.attendance_counts else None]
        return min((moment for moment in moments if moment), default=None)

    def add(self, one, *, counts):
        """Take another one in; where it does not `counts` for the person it is still known to have been held."""
        self.first_held = min(one.held_at, self.first_held or one.held_at)
        self.last_held = max(one.held_at, self.last_held or one.held_at)
        if not counts or one.counts is False:
            return
        name = "counted" if one.counts else "left_to_module"
        setattr(self, name, min(one.noted_at, getattr(self, name) or one.noted_at))


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
