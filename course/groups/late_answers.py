"""«Por revisar»: answers that could not be placed, for a trainer who decides about them without seeing them."""

from dataclasses import dataclass

from django.db import transaction

from course.models import User
from course.people.audit import audit_log
from course.people.cohorts import current_cohort_of
from quizzes.attempts.late_answers import ACCEPTABLE_REASONS, accept_late_answer, reject_late_answer
from quizzes.models import Attempt, LateAnswer

from .marking import number_on


@dataclass(frozen=True)
class LateLine:
    """Whose answer it is, to which question of which quiz; what was answered is not read from the database."""

    held: LateAnswer
    learner: User
    title: str
    number: int | None

    @property
    def may_count(self):
        return self.held.reason in ACCEPTABLE_REASONS


def late_lines(held):
    """Return the `LateLine`s of HeldWrites (a QuerySet), in two queries."""
    rows = list(held.defer("response"))
    attempts = Attempt.objects.select_related("learner__clinic").in_bulk({row.attempt_id for row in rows})
    lines = []
    for row in rows:
        attempt = attempts[row.attempt_id]
        lines.append(
            LateLine(row, attempt.learner, attempt.snapshot["title"], number_on(attempt.snapshot, row.question))
        )
    return lines


@transaction.atomic
def decide(held, *, counts, by, now):
    learner = held.attempt.learner
    (accept_late_answer if counts else reject_late_answer)(held, by=by, now=now)
    audit_log("late_answer_decided", by=by, cohort=current_cohort_of(by, learner), about=[learner], people=1, now=now)
