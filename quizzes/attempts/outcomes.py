"""Where people stand with quizzes: which of their attempts counts, and what it says.

The rule that was frozen in a person's newest attempt holds. An attempt that waits for a marker has no grade: it never
counts as one that failed.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import NamedTuple

from django.db.models import Case, OuterRef, Subquery, When

from quizzes.models import AnswerWrite, Attempt, CountingAttempt, Medium

from .counting import counts_since
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
