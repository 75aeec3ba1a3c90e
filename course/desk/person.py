"""What a trainer may know of one person: completion, attempts and grades. No answer is read to make it."""

from dataclasses import dataclass, field

from modules.progress import ModuleProgress
from quizzes.models import Attempt
from quizzes.outcomes import pick_counting

from .grid import Row, row_of


@dataclass(frozen=True)
class AttemptLine:
    """An attempt without its paper: which one it is, and whether it is the one that counts."""

    number: int
    attempt: Attempt
    counts: bool


@dataclass(frozen=True)
class ModuleReport:
    """A module of the course, and the attempts at its quiz from the first to the last."""

    progress: ModuleProgress
    attempts: list[AttemptLine] = field(default_factory=list)

    @property
    def lessons_read(self):
        return len(self.progress.lessons_read)

    @property
    def counting(self):
        return next((line for line in self.attempts if line.counts), None)


@dataclass(frozen=True)
class PersonReport:
    """A person's row of the grid with the attempts at every quiz."""

    row: Row
    modules: list[ModuleReport]

    @property
    def attempts(self):
        return [(module, line) for module in self.modules for line in module.attempts]


def person_report(learner, *, now):
    """Return the `PersonReport` of a learner; the number of queries is the same for any number of attempts."""
    row = row_of(learner, now=now)
    quiz_keys = [module.outline.quiz_key for module in row.progress.modules if module.outline.quiz_key]
    by_quiz = {}
    attempts = Attempt.objects.filter(learner=learner, quiz_key__in=quiz_keys).without_paper()
    for attempt in attempts.order_by("started_at", "pk"):
        by_quiz.setdefault(attempt.quiz_key, []).append(attempt)
    return PersonReport(
        row, [ModuleReport(module, _lines(by_quiz.get(module.outline.quiz_key, []))) for module in row.progress.modules]
    )


def _lines(attempts):
    """Number the attempts and mark the one that counts by the rule of the quiz."""
    counting = pick_counting(attempts)
    return [AttemptLine(number, attempt, attempt is counting) for number, attempt in enumerate(attempts, start=1)]
