"""Where people stand with quizzes: which of their attempts counts, and what it says.

The rule that was frozen in a person's newest attempt holds. An attempt that waits for a marker has no grade: it never
counts as one that failed.
"""

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

from quizzes.models import (
    Allowance,
    Answer,
    AnswerWrite,
    Attempt,
    CountingAttempt,
    FeedbackTime,
    Medium,
    Question,
    Quiz,
    Topic,
)

from .review import thinks_again, tries_at, when_answers_are_shown, with_hidden_answers
from .rules import counting_since, counts_since, reaches, rules_of
from .scoring import round_down, scored_items, unrounded
from .taking import attempts_of


@dataclass(frozen=True)
class QuizOutcome:
    """Where a learner stands with a quiz. `grade` (per cent) and `passed` are those of the attempt that counts.

    `failed` are the attempts with a grade that is not enough; `pending` says that an attempt which may come to count
    waits for a marker; `asks_again`, that something indispensable was missed and another question of it waits.
    `last_activity` is None while there is only a sheet of paper that was printed, and not entered.
    """

    failed: int
    passed: bool
    grade: Decimal | None
    pending: bool
    open_attempt: bool
    last_activity: datetime | None
    asks_again: bool = False


class AttemptFacts(NamedTuple):
    """What is known of an attempt without its paper."""

    pk: object
    started_at: datetime
    submitted_at: datetime | None
    abandoned_at: datetime | None
    grade: Decimal | None
    passed: bool | None
    counting_attempt: str
    second_at: datetime | None = None
    medium: str = Medium.SCREEN
    last_answer: datetime | None = None

    @property
    def moments(self):
        """When the person did something in it. A sheet of paper says so when it is entered: it was printed by another.

        The day on which it was filled in stands nowhere; it may have been taken home.
        """
        begun = None if self.medium == Medium.PAPER else self.started_at
        return [moment for moment in (begun, self.submitted_at, self.second_at, self.last_answer) if moment]


def pick_counting(attempts):
    """Return the one that counts of a person's attempts at a quiz (AttemptFacts or Attempts), or None.

    The best grade, and of equal ones the first; or the first that was sent, once it has a grade; or the last that has a
    grade, so that a result stands until the next one is known.
    """
    rule, sent = _rule_of(attempts), _sent(attempts)
    graded = [attempt for attempt in sent if attempt.grade is not None]
    if rule == CountingAttempt.FIRST:
        graded = [attempt for attempt in graded if attempt is sent[0]]
    if rule == CountingAttempt.BEST:
        return max(graded, key=lambda attempt: (attempt.passed, attempt.grade), default=None)
    return graded[-1] if graded else None


def is_pending(attempts):
    """Say whether an attempt that may come to count, of a person's attempts at a quiz, waits for a marker."""
    rule, sent = _rule_of(attempts), _sent(attempts)
    if rule == CountingAttempt.FIRST:
        sent = sent[:1]
    elif rule == CountingAttempt.LAST:
        sent = sent[-1:]
    # One that asks again waits for the person.
    return any(attempt.grade is None and attempt.second_at is None for attempt in sent)


def counting_attempt(learner, quiz_key, listed=(), *, since=None):
    """Return (the attempt that counts, without its paper, or None; whether one that may come to count is pending).

    `listed` are attempts that were read already, so that the one that counts, if among them, is not read again. `since`
    is that of `counting_since`.
    """
    attempts = [AttemptFacts(*row) for row in _facts(Attempt.objects.filter(learner=learner).of_quiz(quiz_key))]
    attempts = [attempt for attempt in attempts if counts_since(attempt, since)]
    facts = pick_counting(attempts)
    if facts is None:
        return None, is_pending(attempts)
    known = next((attempt for attempt in listed if attempt.pk == facts.pk), None)
    return known or attempts_of(learner, quiz_key).get(pk=facts.pk), is_pending(attempts)


def counting_attempts(learner, since=None):
    """Return {quiz key: AttemptFacts} of the attempts of a person that count, over all quizzes, in one query.

    `since` is {quiz key: since when attempts count}, of those that `counting_since` names.
    """
    attempts, since = defaultdict(list), since or {}
    for *facts, quiz_key in _facts(Attempt.objects.filter(learner=learner), "quiz_key"):
        attempt = AttemptFacts(*facts)
        if counts_since(attempt, since.get(quiz_key)):
            attempts[quiz_key].append(attempt)
    counting = {quiz_key: pick_counting(of_quiz) for quiz_key, of_quiz in attempts.items()}
    return {quiz_key: facts for quiz_key, facts in counting.items() if facts}


def quiz_outcomes(learners, quiz_keys=None, counts=None):
    """Return {(learner's pk, quiz key): QuizOutcome} in one query, of all quizzes where no keys are named.

    A pair without any attempt is absent.
    `counts(learner's pk, quiz key, when it ended, or None)` leaves out the attempts that do not count for a person;
    None leaves out nothing.
    """
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
    """Return the rows of all attempts; put together once, because that takes longer than asking."""
    last_answer = AnswerWrite.objects.filter(attempt=OuterRef("pk")).order_by("-received_at").values("received_at")[:1]
    return _facts(
        Attempt.objects.all(),
        "last_answer",
        "learner_id",
        "quiz_key",
        # Only the open attempt can have an answer that is younger than everything else.
        last_answer=Case(When(submitted_at=None, abandoned_at=None, then=Subquery(last_answer))),
    )


def derive_outcome(attempts):
    """Return the QuizOutcome that follows from a person's attempts at a quiz, one or more AttemptFacts."""
    counting = pick_counting(attempts)
    return QuizOutcome(
        failed=sum(attempt.passed is False for attempt in attempts),
        passed=counting is not None and counting.passed,
        grade=counting and counting.grade,
        pending=is_pending(attempts),
        open_attempt=any(a.submitted_at is None and a.abandoned_at is None for a in attempts),
        last_activity=max((moment for attempt in attempts for moment in attempt.moments), default=None),
        asks_again=any(a.second_at and a.grade is None and a.abandoned_at is None for a in attempts),
    )


def _facts(attempts, *more, **annotations):
    """Return the fields of AttemptFacts, and more, of attempts; the order is made here, so that databases agree."""
    names = [name for name in AttemptFacts._fields if name not in ("last_answer", *more)]
    return attempts.annotate(**annotations).values_list(*names, *more)


def _rule_of(attempts):
    newest = max(attempts, key=attrgetter("started_at"), default=None)
    return newest.counting_attempt if newest else CountingAttempt.BEST


def _sent(attempts):
    """Return the attempts that were sent, in the order in which they were begun."""
    sent = [attempt for attempt in attempts if attempt.submitted_at]
    return sorted(sent, key=lambda attempt: (attempt.started_at, attempt.pk)) if len(sent) > 1 else sent


class QuizLine(NamedTuple):
    """A quiz of the list. `outcome` is None where nothing was begun, `counting` where no attempt counts yet."""

    quiz: Quiz
    question_count: int
    outcome: QuizOutcome | None
    counting: Attempt | None


@dataclass(frozen=True)
class TopicProgress:
    """The points a person earned with the questions of a topic; `topic` is None for questions that have none."""

    topic: Topic | None
    questions: int
    points: Decimal
    total: int

    @property
    def percent(self):
        return round_down(Fraction(self.points) * 100 / self.total, 1)


def list_quizzes(learner, *, language):
    """Return [(Topic or None, [QuizLine])] of the published quizzes, those without a topic first, in few queries."""
    quizzes = {}
    for quiz in Quiz.objects.in_language(language).filter(live=True).select_related("topic__parent", "topic__locale"):
        # The better language came first.
        quizzes.setdefault(quiz.translation_key, quiz)
    counts = Quiz.objects.filter(pk__in=[quiz.pk for quiz in quizzes.values()]).counts_of_questions()
    since = counting_since(learner.pk)
    outcomes = quiz_outcomes([learner], list(quizzes), lambda _pk, key, when: reaches(when, since.get(key)))
    counting = [facts.pk for facts in counting_attempts(learner, since).values()]
    counting = {attempt.quiz_key: attempt for attempt in Attempt.objects.filter(pk__in=counting).without_snapshot()}
    groups = defaultdict(list)
    for quiz in sorted(quizzes.values(), key=lambda quiz: quiz.identifier):
        key = quiz.translation_key
        line = QuizLine(quiz, counts.get(quiz.pk, 0), outcomes.get((learner.pk, key)), counting.get(key))
        groups[quiz.topic].append(line)
    return sorted(groups.items(), key=lambda group: _by_name(group[0]))


def topic_progress(learner, *, language, hidden_before=None, now):
    """Return the TopicProgress of a person over all quizzes, questions without a topic first.

    Of each quiz the attempt that counts is taken, once the person may read what was right in it: a topic with one
    question would tell it earlier. A question counts with the topic it has now; one that has none, or is gone from the
    bank, stands under None. Attempts with answers from before `hidden_before` are left out.
    """
    counting = [facts.pk for facts in counting_attempts(learner).values()]
    attempts = Attempt.objects.filter(pk__in=counting)
    shown = _with_answers_shown(learner, attempts, now=now)
    hidden = with_hidden_answers(shown, hidden_before)
    shown = [attempt for attempt in shown if attempt.pk not in hidden]
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


def _with_answers_shown(learner, attempts, *, now):
    """Return those of a person's graded attempts of which the right answers may be read."""
    given = Allowance.objects.filter(learner=learner, quiz_key__in=[attempt.quiz_key for attempt in attempts])
    # The newest allowance of a quiz comes last, and stays.
    allowances = {allowance.quiz_key: allowance for allowance in given.order_by("given_at", "pk")}
    rules = {attempt.pk: rules_of(attempt.snapshot) for attempt in attempts}
    # Where nobody thinks once more it is not asked how often each was tried.
    to_pass = [one.quiz_key for one in attempts if rules[one.pk].feedback_time == FeedbackTime.PASSED]
    tries = tries_at(to_pass, learner) if to_pass else {}
    shown = []
    for attempt in attempts:
        at = when_answers_are_shown(rules[attempt.pk], allowances.get(attempt.quiz_key))
        waits = thinks_again(attempt, rules[attempt.pk], tries=tries.get(attempt.quiz_key, []))
        if not waits and (at is None or now >= at):
            shown.append(attempt)
    return shown


def _topics_of(question_keys, language):
    """Return {question key: Topic} of the bank as it is now, topics in the reader's language where they have one."""
    rows = Question.objects.filter(translation_key__in=question_keys, topic__isnull=False)
    keys = {str(question): topic for question, topic in rows.values_list("translation_key", "topic__translation_key")}
    codes = [language, settings.LANGUAGE_CODE]
    topics = Topic.objects.filter(translation_key__in=keys.values(), locale__language_code__in=codes)
    topics = topics.select_related("parent", "locale")
    topics = topics.order_by(Case(When(locale__language_code=language, then=1), default=0))
    # The better language comes last, and stays.
    by_key = {topic.translation_key: topic for topic in topics}
    return {question: by_key[topic] for question, topic in keys.items() if topic in by_key}


def _by_name(topic):
    return (topic is not None, str(topic.parent or "").casefold() if topic else "", str(topic or "").casefold())
