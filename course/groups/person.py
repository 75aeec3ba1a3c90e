"""One person: progress, attempts, timeline; more time or attempts."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import groupby

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext as _

from certificates.models import Certificate
from course.models import Attendance, Call, Enrolment, Session
from course.people.audit import audit_log
from modules.models import LessonRead, Registration
from modules.progress.deriving import get_restarted_quizzes
from modules.progress.outline import ModuleOutline, course_outline, get_course_structure
from modules.progress.states import ModuleProgress
from quizzes.attempts.closing import allowances_of, create_allowance
from quizzes.attempts.results import pick_counting_attempt
from quizzes.attempts.rules import is_since_restart
from quizzes.models import Allowance, Attempt, Medium, Quiz

from .grid import Row, row_of


@dataclass(frozen=True)
class AttemptRow:
    number: int
    attempt: Attempt
    counts: bool
    of_before: bool = False

    @property
    def result(self):
        if self.attempt.grade is not None:
            return gettext("Passed") if self.attempt.passed else gettext("To go over")
        if self.attempt.is_in_second_chance:
            return gettext("One indispensable question is missing")
        if self.attempt.submitted_at:
            return gettext("Waiting to be marked")
        return gettext("Never sent") if self.attempt.abandoned_at else gettext("In progress")


@dataclass(frozen=True)
class ModuleReport:
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
    title: str
    attempts: list[AttemptRow]


@dataclass(frozen=True)
class PersonReport:
    row: Row
    modules: list[ModuleReport]
    others: list[QuizAttempts]
    # Modules published after the person began.
    not_asked: list[ModuleOutline] = field(default_factory=list)

    @property
    def attempts(self):
        quizzes = [
            QuizAttempts(gettext("Module %(number)s") % {"number": module.progress.outline.number}, module.attempts)
            for module in self.modules
        ]
        return [(quiz, line) for quiz in [*quizzes, *self.others] for line in quiz.attempts]


def person_report(learner, *, rule, now):
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
    quiz: Quiz
    allowances: list[Allowance]

    @property
    def current(self):
        return self.allowances[0] if self.allowances else None


def limited_quizzes(learner, *, quiz_key=None):
    """Return [LimitedQuiz] of a person by title, of all published quizzes or of one, in two queries."""
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


EVENTS_A_PAGE = 60


@dataclass(frozen=True)
class Event:
    at: datetime
    words: str

    @property
    def day(self):
        return timezone.localdate(self.at)


def timeline_of(learner, *, attempts, training, cohorts, now):
    """Return the Events of a person, newest first; calls and missed sessions of groups in `cohorts` (pks) only."""
    enrolments = list(Enrolment.objects.filter(learner=learner).select_related("cohort"))
    events = [
        *_lessons(learner),
        *(_attempt(quiz, line) for quiz, line in attempts),
        *_sessions(learner, enrolments, cohorts, now),
        *_records(training),
        *_certificates(learner),
        *_groups(learner, enrolments),
        *_calls(learner, cohorts),
        *_begun_anew(learner),
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)


def by_month(events):
    months = groupby(events, key=lambda event: event.day.replace(day=1))
    return [
        (month, [(day, list(of_day)) for day, of_day in groupby(of_month, key=lambda event: event.day)])
        for month, of_month in months
    ]


def _lessons(learner):
    numbers = {lesson.key: module.number for module in course_outline() for lesson in module.lessons}
    counts, last = Counter(), {}
    for key, at in LessonRead.objects.filter(learner=learner).values_list("lesson_key", "read_at"):
        of_day = timezone.localdate(at), numbers.get(key)
        counts[of_day] += 1
        last[of_day] = max(at, last.get(of_day, at))
    return [Event(last[of_day], _lessons_words(count, of_day[1])) for of_day, count in counts.items()]


def _lessons_words(count, number):
    names = {"count": count, "number": number}
    if number is None:
        gone = ngettext("Read %(count)d lesson", "Read %(count)d lessons", count)
        return _("%(read)s that the course has no more") % {"read": gone % names}
    return (
        ngettext("Read %(count)d lesson of module %(number)s", "Read %(count)d lessons of module %(number)s", count)
        % names
    )


def _attempt(quiz, line):
    attempt = line.attempt
    names = {"quiz": quiz.title, "number": line.number, "result": line.result.lower()}
    on_paper = attempt.medium == Medium.PAPER
    if not attempt.submitted_at:
        printed = _("%(quiz)s: sheet of attempt %(number)d printed, %(result)s")
        words = printed if on_paper else _("%(quiz)s: attempt %(number)d begun, %(result)s")
        return Event(attempt.started_at, words % names)
    entered = _("%(quiz)s: attempt %(number)d on paper, %(result)s")
    words = entered if on_paper else _("%(quiz)s: attempt %(number)d on screen, %(result)s")
    return Event(attempt.submitted_at, words % names)


def _sessions(learner, enrolments, cohorts, now):
    noted = Attendance.objects.filter(session=OuterRef("pk"))
    sessions = Session.objects.annotate(
        was_there=Exists(noted.filter(learner=learner)), is_noted=Exists(noted)
    ).select_related("cohort")
    groups = {one.cohort_id for one in enrolments} & set(cohorts)
    missed = Q(cohort__in=groups, held_on__lte=timezone.localdate(now), is_noted=True)
    for session in sessions.filter(Q(was_there=True) | missed):
        own = (one for one in enrolments if one.cohort_id == session.cohort_id)
        if session.was_there or any(one.was_current_on(session.held_on) for one in own):
            noon = timezone.make_aware(datetime.combine(session.held_on, time(12)))
            yield Event(noon, _session_words(session))


def _session_words(session):
    words = _("Session of the group %(group)s: attended") if session.was_there else None
    return (words or _("Session of the group %(group)s: did not attend")) % {"group": session.cohort}


def _records(training):
    for line in training:
        if line.record.revoked_at is None:
            what = format_html("<span{}>{}</span>", line.lang, line.what)
            yield Event(line.record.finished_at, format_html(_("Finished: {what}"), what=what))


def _certificates(learner):
    issued = Certificate.objects.filter(learner=learner).values_list("issued_at", "revoked_at", "replaces")
    for issued_at, revoked_at, replaces in issued:
        yield Event(issued_at, _("Certificate issued again") if replaces else _("Certificate issued"))
        if revoked_at:
            yield Event(revoked_at, _("Certificate revoked"))


def _groups(learner, enrolments):
    last = max((one.left_at for one in enrolments if one.left_at), default=None)
    for one in enrolments:
        names = {"group": one.cohort}
        yield Event(one.enrolled_at, _("Came to the group %(group)s") % names)
        if one.left_at:
            is_archived = not learner.is_active and one.left_at == last
            words = _("Left the group %(group)s and was archived") if is_archived else _("Left the group %(group)s")
            yield Event(one.left_at, words % names)


def _calls(learner, cohorts):
    calls = Call.objects.filter(learner=learner, cohort__in=cohorts).select_related("made_by")
    for call in calls:
        yield Event(call.made_at, _("%(who)s called: %(reason)s") % {"who": call.made_by, "reason": call.reason})


def _begun_anew(learner):
    anew = Registration.objects.filter(learner=learner, counts_from__isnull=False)
    for registered_at, name in anew.values_list("registered_at", "name"):
        yield Event(registered_at, _("Began the course anew: %(name)s") % {"name": name})
