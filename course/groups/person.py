"""One person: completion, attempts and grades without answers, and allowances in quizzes."""

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q
from django.utils.translation import get_language, gettext

from course.people.audit import audit_log
from modules.progress.deriving import get_restarted_quizzes
from modules.progress.outline import ModuleOutline, course_outline, get_course_structure
from modules.progress.states import ModuleProgress
from quizzes.attempts.closing import allowances_of, create_allowance
from quizzes.attempts.results import pick_counting_attempt
from quizzes.attempts.rules import is_since_restart
from quizzes.models import Allowance, Attempt, Quiz

from .grid import Row, row_of


@dataclass(frozen=True)
class AttemptRow:
    """An attempt without its snapshot: its number, and whether it counts.

    One `of_before` a restart of the quiz does not count.
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
        if self.attempt.is_in_second_chance:
            return gettext("One indispensable question is missing")
        if self.attempt.submitted_at:
            return gettext("Waiting to be marked")
        return gettext("Never sent") if self.attempt.abandoned_at else gettext("In progress")


@dataclass(frozen=True)
class ModuleReport:
    """A module of the course, and the attempts at its quiz from the first to the last."""

    progress: ModuleProgress
    attempts: list[AttemptRow] = field(default_factory=list)

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
    attempts: list[AttemptRow]


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
    if row.progress.is_restart:
        since = get_restarted_quizzes(row.progress.registration, get_course_structure())
    for attempt in Attempt.objects.filter(learner=learner).without_snapshot().order_by("started_at", "pk"):
        by_quiz.setdefault(attempt.quiz_key, []).append(attempt)
    modules = [
        ModuleReport(
            module, _attempt_rows(by_quiz.pop(module.outline.quiz_key, []), since.get(module.outline.quiz_key))
        )
        for module in row.progress.modules
    ]
    asked = {module.outline.key for module in row.progress.modules}
    not_asked = [outline for outline in course_outline() if outline.key not in asked]
    return PersonReport(row, modules, _other_quizzes(by_quiz), not_asked)


def _other_quizzes(by_quiz):
    quizzes = Quiz.objects.in_language(get_language()).filter(translation_key__in=by_quiz)
    titles = {quiz.translation_key: quiz.title for quiz in reversed(quizzes)}
    reports = [
        QuizAttempts(titles.get(key, gettext("Deleted quiz")), _attempt_rows(lines)) for key, lines in by_quiz.items()
    ]
    return sorted(reports, key=lambda report: report.title)


def _attempt_rows(attempts, since=None):
    counting = pick_counting_attempt([attempt for attempt in attempts if is_since_restart(attempt, since)])
    return [
        AttemptRow(number, attempt, attempt is counting, not is_since_restart(attempt, since))
        for number, attempt in enumerate(attempts, start=1)
    ]


@dataclass(frozen=True)
class LimitedQuiz:
    """A quiz with a limit of attempts or time, and the allowances of a person in it, the current one first."""

    quiz: Quiz
    allowances: list[Allowance]

    @property
    def current(self):
        return self.allowances[0] if self.allowances else None


def limited_quizzes(learner, *, quiz_key=None):
    """Return [LimitedQuiz] of a person by title, of all published quizzes or of one. Two queries."""
    limited = Q(attempts_allowed__isnull=False) | Q(time_limit__isnull=False) | Q(closes_at__isnull=False)
    quizzes = Quiz.objects.in_language(get_language()).filter(limited, live=True)
    if quiz_key:
        quizzes = quizzes.filter(translation_key=quiz_key)
    by_key = {}
    for quiz in quizzes:
        # The first is in the reader's language; an allowance counts in every language.
        by_key.setdefault(quiz.translation_key, quiz)
    if not by_key:
        return []
    allowances = allowances_of(learner, list(by_key))
    limited = [LimitedQuiz(quiz, allowances.get(key, [])) for key, quiz in by_key.items()]
    return sorted(limited, key=lambda row: row.quiz.title)


@transaction.atomic
def grant_allowance(learner, quiz_key, *, cohort, by, now, **limits):
    """Create an Allowance for a person of the group, and log it; for `limits` see `create_allowance`."""
    create_allowance(learner, quiz_key, by=by, now=now, **limits)
    audit_log("allowance_given", by=by, cohort=cohort, about=[learner], people=1, now=now)
