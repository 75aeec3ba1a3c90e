"""Attempts from the first question to the grade. Doing anything here twice is the same as doing it once."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Case, Count, Max, OuterRef, Q, Subquery, When

from .answers import AnswerGiven, write_answers
from .drawing import draw_paper
from .grading import grade_attempt
from .holding import hold_answers, why_closed
from .models import AnswerWrite, Attempt


def start_attempt(learner, quiz, *, language, now, chance):
    """Return the learner's open attempt at the quiz, starting one if there is none.

    `language` is that of the paper, in which the attempt stays; `chance` (a random.Random) shuffles the options. Two
    requests at once get the same attempt: the database holds one open attempt per learner and quiz. Raises EmptyQuiz.
    """
    attempt = open_attempt(learner, quiz.translation_key)
    return attempt or begin_attempt(learner, quiz, language=language, now=now, chance=chance)


def begin_attempt(learner, quiz, *, language, now, chance):
    """Return a new attempt at a quiz of which the learner has no open one; see `start_attempt`."""
    paper = draw_paper(quiz, chance=chance)
    attempt = Attempt(
        learner=learner,
        quiz_key=quiz.translation_key,
        paper=paper,
        language=language,
        started_at=now,
        counting_attempt=quiz.counting_attempt,
    )
    try:
        with transaction.atomic():
            attempt.save(force_insert=True)
    except IntegrityError:
        # Another request was a moment faster.
        return start_attempt(learner, quiz, language=language, now=now, chance=chance)
    return attempt


def save_answer(attempt, question_key, response, *, client, number=None, given_at, now):
    """Save what was answered to a question of an open attempt, and return the response that now stands.

    The same (client, number) again is a repeat; within a client the higher number wins, between clients the later
    `given_at`. Without a number it is numbered on arrival. Raises ArrivedLate, NotOnPaper, UnreadableResponse: then
    it is kept apart (see holding.py), or TooMuch when it is not.
    """
    given = AnswerGiven(str(question_key), response, client, number, given_at)
    saved = save_answers(attempt.pk, [given], learner=attempt.learner_id, now=now)
    for _row, error in saved.held + saved.refused:
        raise error
    return saved.standing[given.question_key].response


@transaction.atomic
def save_answers(attempt_id, given, *, learner, now):
    """Save a batch of AnswerGiven of the learner's attempt; return answers.Saved: what stands, what was kept apart.

    What can't be placed does not hold up the rest. Raises Attempt.DoesNotExist.
    """
    attempt = lock_attempt(attempt_id, learner)
    saved, unplaced = write_answers(attempt, given, now=now, closed=why_closed(attempt, now))
    hold_answers(attempt, unplaced, saved, now=now)
    return saved


@transaction.atomic
def submit_attempt(attempt, *, now):
    """Hand in the attempt and return it with its grade; one that was handed in before stays as it was.

    There is no grade yet while an answer waits for a marker or an exam for its release: see grading.py.
    """
    attempt = lock_attempt(attempt.pk, attempt.learner_id)
    if attempt.submitted_at:
        return attempt
    attempt.submitted_at = now
    grade_attempt(attempt)
    return attempt


def lock_attempt(attempt_id, learner):
    """Return the learner's attempt, locked until the transaction ends, so that one write follows another."""
    return Attempt.objects.select_for_update().get(pk=attempt_id, learner=learner)


def open_attempt(learner, quiz_key):
    """Return the learner's attempt in course, or None."""
    return Attempt.objects.filter(learner=learner).of_quiz(quiz_key).open().first()


def attempts_of(learner, quiz_key):
    """Return the learner's attempts at a quiz, newest first, without their papers; `total` is the points possible."""
    return Attempt.objects.filter(learner=learner).of_quiz(quiz_key).without_paper().order_by("-started_at", "-pk")


def best_attempt(learner, quiz_key):
    """Return the submitted attempt that counts, which is the one with the highest grade, or None."""
    return attempts_of(learner, quiz_key).graded().order_by("-passed", "-grade", "submitted_at").first()


@dataclass(frozen=True)
class QuizOutcome:
    """Where a learner stands with a quiz. The best attempt counts; `best_grade` is per cent."""

    submitted: int
    passed: bool
    best_grade: Decimal | None
    open_attempt: bool
    last_activity: datetime


def quiz_outcomes(learners, quiz_keys):
    """Return {(learner's pk, quiz key): QuizOutcome} in one query; a pair without any attempt is absent."""
    last_answer = AnswerWrite.objects.filter(attempt=OuterRef("pk")).order_by("-received_at").values("received_at")[:1]
    rows = (
        Attempt.objects.filter(learner__in=learners, quiz_key__in=quiz_keys)
        # Only the open attempt can have an answer that is younger than everything else.
        .annotate(last_answer=Case(When(submitted_at=None, then=Subquery(last_answer))))
        .values("learner_id", "quiz_key")
        .annotate(
            begun=Count("pk"),
            submitted=Count("submitted_at"),
            times_passed=Count("pk", filter=Q(passed=True)),
            best_grade=Max("grade"),
            last_started=Max("started_at"),
            last_submitted=Max("submitted_at"),
            last_answered=Max("last_answer"),
        )
    )
    return {
        (row["learner_id"], row["quiz_key"]): QuizOutcome(
            submitted=row["submitted"],
            passed=row["times_passed"] > 0,
            best_grade=row["best_grade"],
            open_attempt=row["begun"] > row["submitted"],
            last_activity=max(filter(None, (row["last_started"], row["last_submitted"], row["last_answered"]))),
        )
        for row in rows
    }
