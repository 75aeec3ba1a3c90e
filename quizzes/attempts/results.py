"""Results of learners in quizzes: counting attempts, outcomes, topics."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from operator import attrgetter
from typing import NamedTuple

from django.conf import settings
from django.db.models import Case, OuterRef, Subquery, When

from quizzes.models import Answer, AnswerWrite, Attempt, CountingAttempt, Medium, Question, Quiz, Topic

from .review import attempts_with_hidden_answers
from .rules import ended_since_restart, is_since_restart, restart_times
from .scoring import round_down, scored_items, unrounded
from .taking import attempts_of


@dataclass(frozen=True)
class QuizOutcome:
    """`grade` (per cent) and `passed` of the attempt that counts; `failed` is a number of attempts."""

    failed: int
    passed: bool
    grade: Decimal | None
    pending: bool
    has_open_attempt: bool
    last_activity: datetime | None
    is_in_second_chance: bool = False


class AttemptFacts(NamedTuple):
    pk: object
    started_at: datetime
    submitted_at: datetime | None
    abandoned_at: datetime | None
    grade: Decimal | None
    passed: bool | None
    counting_attempt: str
    second_chance_at: datetime | None = None
    medium: str = Medium.SCREEN
    last_answer: datetime | None = None

    @property
    def moments(self):
        """Return when the learner worked on it; for paper, when it was entered."""
        begun = None if self.medium == Medium.PAPER else self.started_at
        return [moment for moment in (begun, self.submitted_at, self.second_chance_at, self.last_answer) if moment]


def pick_counting_attempt(attempts):
    """Return the attempt (AttemptFacts or Attempt) that counts by the rule of the newest one, or None."""
    rule, sent = _rule_of(attempts), _sent(attempts)
    graded = [attempt for attempt in sent if attempt.grade is not None]
    if rule == CountingAttempt.FIRST:
        graded = [attempt for attempt in graded if attempt is sent[0]]
    if rule == CountingAttempt.BEST:
        return max(graded, key=lambda attempt: (attempt.passed, attempt.grade), default=None)
    return graded[-1] if graded else None


def is_pending(attempts):
    rule, sent = _rule_of(attempts), _sent(attempts)
    if rule == CountingAttempt.FIRST:
        sent = sent[:1]
    elif rule == CountingAttempt.LAST:
        sent = sent[-1:]
    # A second chance waits for the learner, not for a marker.
    return any(attempt.grade is None and attempt.second_chance_at is None for attempt in sent)


def counting_attempt(learner, quiz_key, loaded=(), *, restarted_at=None):
    """Return (attempt that counts, without its snapshot, or None; whether one that may count is pending)."""
    attempts = [AttemptFacts(*row) for row in _facts(Attempt.objects.filter(learner=learner).of_quiz(quiz_key))]
    attempts = [attempt for attempt in attempts if is_since_restart(attempt, restarted_at)]
    facts = pick_counting_attempt(attempts)
    if facts is None:
        return None, is_pending(attempts)
    known = next((attempt for attempt in loaded if attempt.pk == facts.pk), None)
    return known or attempts_of(learner, quiz_key).get(pk=facts.pk), is_pending(attempts)


def counting_attempts(learner, restarts=None):
    """Return {quiz key: AttemptFacts} of all quizzes; `restarts` is the result of `restart_times`."""
    attempts, restarts = defaultdict(list), restarts or {}
    for *facts, quiz_key in _facts(Attempt.objects.filter(learner=learner), "quiz_key"):
        attempt = AttemptFacts(*facts)
        if is_since_restart(attempt, restarts.get(quiz_key)):
            attempts[quiz_key].append(attempt)
    counting = {quiz_key: pick_counting_attempt(of_quiz) for quiz_key, of_quiz in attempts.items()}
    return {quiz_key: facts for quiz_key, facts in counting.items() if facts}


def quiz_outcomes(learners, quiz_keys=None, counts=None):
    """Return {(learner's pk, quiz key): QuizOutcome} in one query; pairs without an attempt are absent."""
    rows = _with_last_answers().filter(learner__in=learners)
    rows = rows if quiz_keys is None else rows.filter(quiz_key__in=quiz_keys)
    attempts = defaultdict(list)
    for *facts, learner_pk, quiz_key in rows:
        attempt = AttemptFacts(*facts)
        if counts is None or counts(learner_pk, quiz_key, attempt.submitted_at or attempt.abandoned_at):
            attempts[learner_pk, quiz_key].append(attempt)
    return {pair: derive_outcome(of_pair) for pair, of_pair in attempts.items()}


@cache
def _with_last_answers():
    last_answer = AnswerWrite.objects.filter(attempt=OuterRef("pk")).order_by("-received_at").values("received_at")[:1]
    return _facts(
        Attempt.objects.all(),
        "last_answer",
        "learner_id",
        "quiz_key",
        last_answer=Case(When(submitted_at=None, abandoned_at=None, then=Subquery(last_answer))),
    )


def derive_outcome(attempts):
    counting = pick_counting_attempt(attempts)
    return QuizOutcome(
        failed=sum(attempt.passed is False for attempt in attempts),
        passed=counting is not None and counting.passed,
        grade=counting and counting.grade,
        pending=is_pending(attempts),
        has_open_attempt=any(a.submitted_at is None and a.abandoned_at is None for a in attempts),
        last_activity=max((moment for attempt in attempts for moment in attempt.moments), default=None),
        is_in_second_chance=any(a.second_chance_at and a.grade is None and a.abandoned_at is None for a in attempts),
    )


def _facts(attempts, *more, **annotations):
    names = [name for name in AttemptFacts._fields if name not in ("last_answer", *more)]
    return attempts.annotate(**annotations).values_list(*names, *more)


def _rule_of(attempts):
    newest = max(attempts, key=attrgetter("started_at"), default=None)
    return newest.counting_attempt if newest else CountingAttempt.BEST


def _sent(attempts):
    sent = (attempt for attempt in attempts if attempt.submitted_at)
    return sorted(sent, key=lambda attempt: (attempt.started_at, attempt.pk))


class QuizRow(NamedTuple):
    """`outcome` is None without attempts, `counting` while no attempt counts."""

    quiz: Quiz
    question_count: int
    outcome: QuizOutcome | None
    counting: Attempt | None


@dataclass(frozen=True)
class TopicProgress:
    """Points that a learner earned in a topic; `topic` is None for questions without one."""

    topic: Topic | None
    questions: int
    points: Decimal
    total: int

    @property
    def percent(self):
        return round_down(Fraction(self.points) * 100 / self.total, 1)


def list_quizzes(learner, *, language):
    """Return [(Topic or None, [QuizRow])] of the published quizzes, in a constant number of queries."""
    quizzes = {}
    for quiz in Quiz.objects.in_language(language).filter(live=True).select_related("topic__parent", "topic__locale"):
        quizzes.setdefault(quiz.translation_key, quiz)
    counts = Quiz.objects.filter(pk__in=[quiz.pk for quiz in quizzes.values()]).question_counts()
    restarts = restart_times(learner.pk)
    outcomes = quiz_outcomes(
        [learner], list(quizzes), lambda _pk, key, when: ended_since_restart(when, restarts.get(key))
    )
    counting = [facts.pk for facts in counting_attempts(learner, restarts).values()]
    counting = {attempt.quiz_key: attempt for attempt in Attempt.objects.filter(pk__in=counting).without_snapshot()}
    groups = defaultdict(list)
    for quiz in sorted(quizzes.values(), key=lambda quiz: quiz.identifier):
        key = quiz.translation_key
        row = QuizRow(quiz, counts.get(quiz.pk, 0), outcomes.get((learner.pk, key)), counting.get(key))
        groups[quiz.topic].append(row)
    return sorted(groups.items(), key=lambda group: _by_name(group[0]))


def topic_progress(learner, *, language, hidden_before=None):
    """Return TopicProgresses from the attempts that count, without those of hidden answers."""
    counting = [facts.pk for facts in counting_attempts(learner).values()]
    attempts = Attempt.objects.filter(pk__in=counting)
    hidden = attempts_with_hidden_answers(attempts, hidden_before)
    shown = [attempt for attempt in attempts if attempt.pk not in hidden]
    topics = _topics_of({item["key"] for attempt in shown for item in scored_items(attempt.snapshot)}, language)
    fractions = {
        (attempt, str(key)): unrounded(fraction)
        for attempt, key, fraction in Answer.objects.filter(attempt__in=shown, fraction__isnull=False).values_list(
            "attempt_id", "question_key", "fraction"
        )
    }
    questions, points, totals = Counter(), defaultdict(Fraction), Counter()
    for attempt in shown:
        for item in scored_items(attempt.snapshot):
            topic = topics.get(item["key"])
            questions[topic] += 1
            totals[topic] += item["marks"]
            points[topic] += fractions.get((attempt.pk, item["key"]), 0) * item["marks"]
    rows = [TopicProgress(topic, questions[topic], round_down(points[topic], 2), totals[topic]) for topic in totals]
    return sorted(rows, key=lambda row: _by_name(row.topic))


def _topics_of(question_keys, language):
    rows = Question.objects.filter(translation_key__in=question_keys, topic__isnull=False)
    keys = {str(question): topic for question, topic in rows.values_list("translation_key", "topic__translation_key")}
    codes = [language, settings.LANGUAGE_CODE]
    topics = Topic.objects.filter(translation_key__in=keys.values(), locale__language_code__in=codes)
    topics = topics.select_related("parent", "locale")
    topics = topics.order_by(Case(When(locale__language_code=language, then=1), default=0))
    by_key = {topic.translation_key: topic for topic in topics}
    return {question: by_key[topic] for question, topic in keys.items() if topic in by_key}


def _by_name(topic):
    return (topic is not None, str(topic.parent or "").casefold() if topic else "", str(topic or "").casefold())
