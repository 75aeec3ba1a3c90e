"""«Por revisar»: answers that could not be placed, for a trainer who decides about them without seeing them."""

from dataclasses import dataclass

from course.models import User
from quizzes.attempts.holding import COUNTABLE
from quizzes.models import Attempt, HeldWrite

from .marking import number_on


@dataclass(frozen=True)
class LateLine:
    """Whose answer it is, to which question of which quiz; what was answered is not read from the database."""

    held: HeldWrite
    learner: User
    title: str
    number: int | None

    @property
    def may_count(self):
        return self.held.reason in COUNTABLE


def late_lines(held):
    """Return the `LateLine`s of HeldWrites (a QuerySet), in two queries."""
    rows = list(held.defer("response"))
    attempts = Attempt.objects.select_related("learner__clinic").in_bulk({row.attempt_id for row in rows})
    lines = []
    for row in rows:
        attempt = attempts[row.attempt_id]
        lines.append(LateLine(row, attempt.learner, attempt.paper["title"], number_on(attempt.paper, row.question)))
    return lines
