"""What a trainer may know of one person: completion, attempts and grades. No answer is read to make it."""

from dataclasses import dataclass, field

from django.utils.translation import get_language, gettext

from modules.progress.deriving import quizzes_again
from modules.progress.outline import ModuleOutline, course_outline, course_structure
from modules.progress.states import ModuleProgress
from quizzes.attempts.results import pick_counting
from quizzes.attempts.rules import counts_since
from quizzes.models import Attempt, Quiz

from .grid import Row, row_of


@dataclass(frozen=True)
class AttemptLine:
    """An attempt without its paper: which one it is, and whether it is the one that counts.

    One `of_before` counts no more: the quiz is taken again.
    """

    number: int
    attempt: Attempt
    counts: bool
    of_before: bool = False

    @property
    def result(self):
        """How it ended, or how far it is, in words."""
        if self.attempt.grade is not None:
            return gettext("Passed") if self.attempt.passed else gettext("To go over")
        if self.attempt.asks_again:
            return gettext("One indispensable question is missing")
        if self.attempt.submitted_at:
            return gettext("Waiting to be marked")
        return gettext("Never sent") if self.attempt.abandoned_at else gettext("In progress")


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
class QuizAttempts:
    """A quiz, by its title or the number of its module, with the attempts at it."""

    title: str
    attempts: list[AttemptLine]


@dataclass(frozen=True)
class PersonReport:
    """A person's row of the grid with the attempts at every quiz, those of no module at the end."""

    row: Row
    modules: list[ModuleReport]
    others: list[QuizAttempts]
    # Modules that were published since the person began, and are not asked.
    not_asked: list[ModuleOutline] = field(default_factory=list)

    @property
    def attempts(self):
        quizzes = [
            QuizAttempts(gettext("Module %(number)s") % {"number": module.progress.outline.number}, module.attempts)
            for module in self.modules
        ]
        return [(quiz, line) for quiz in [*quizzes, *self.others] for line in quiz.attempts]


def person_report(learner, *, rule, now):
    """Return the `PersonReport` of a learner, by the `HelpRule` of the group.

    The number of queries is the same for any number of attempts.
    """
    row = row_of(learner, rule=rule, now=now)
    by_quiz, since = {}, {}
    if row.progress.begins_anew:
        since = quizzes_again(row.progress.registration, course_structure())
    for attempt in Attempt.objects.filter(learner=learner).without_snapshot().order_by("started_at", "pk"):
        by_quiz.setdefault(attempt.quiz_key, []).append(attempt)
    modules = [
        ModuleReport(module, _lines(by_quiz.pop(module.outline.quiz_key, []), since.get(module.outline.quiz_key)))
        for module in row.progress.modules
    ]
    asked = {module.outline.key for module in row.progress.modules}
    not_asked = [outline for outline in course_outline() if outline.key not in asked]
    return PersonReport(row, modules, _others(by_quiz), not_asked)


def _others(by_quiz):
    """Report the quizzes of no module; of one that was deleted only the attempts are left."""
    quizzes = Quiz.objects.in_language(get_language()).filter(translation_key__in=by_quiz)
    titles = {quiz.translation_key: quiz.title for quiz in reversed(quizzes)}
    reports = [QuizAttempts(titles.get(key, gettext("Deleted quiz")), _lines(lines)) for key, lines in by_quiz.items()]
    return sorted(reports, key=lambda report: report.title)


def _lines(attempts, since=None):
    """Number the attempts and mark the one that counts by the rule of the quiz, of those `since` then."""
    counting = pick_counting([attempt for attempt in attempts if counts_since(attempt, since)])
    return [
        AttemptLine(number, attempt, attempt is counting, not counts_since(attempt, since))
        for number, attempt in enumerate(attempts, start=1)
    ]
