"""The grade of a sent attempt: from its paper, the answers that stand, and what was marked by hand."""

from fractions import Fraction

from django.db import transaction

from quizzes.kinds import kind_of
from quizzes.models import Attempt, ManualMark, QuizStatistics
from quizzes.signals import attempt_submitted

from .rules import rules_of
from .scoring import passes, round_down, score_snapshot
from .second_chance import ask_again, is_left_open, is_made_up, missing_in, second_snapshot

_GRADED = ["submitted_at", "abandoned_at", "released_at", "released_by", "grade", "passed", "second_at"]


def grade_attempt(attempt, manual_marks=None, *, now, is_new=False):
    """Give an attempt that was sent, and that the caller has locked, the grade it can have now, and save it.

    While an answer waits for a marker or an exam for its release there is none, nor while somebody with enough points
    missed an indispensable question: then another one of each is asked first (asking_again.py), and an attempt that
    `is_new`, handed in this moment, is not sent yet. `manual_marks` are the newest of each question, {question key:
    ManualMark}. Once there is a grade, a new one or another one, it is announced.
    """
    answers = list(attempt.answers.all())
    mark = mark_answers(attempt.snapshot, answers, manual_marks or {})
    second = mark_answers(second_snapshot(attempt.snapshot), answers, {})
    _keep_fractions(attempt, answers, mark.fractions | second.fractions, mark.pending)
    before, fields = (attempt.grade, attempt.passed), list(_GRADED)
    attempt.grade, attempt.passed = None, None
    if not mark.pending and is_released(attempt):
        missing = missing_in(attempt.snapshot, mark) if passes(mark.grade, attempt.snapshot["pass_mark"]) else []
        responses = {str(answer.question_key): answer.response for answer in answers}
        if missing and is_left_open(attempt.snapshot, missing, responses):
            attempt.snapshot = ask_again(attempt.snapshot, missing, responses)
            attempt.second_at = attempt.second_at or now
            attempt.submitted_at = None if is_new else attempt.submitted_at
            fields.append("snapshot")
        else:
            attempt.grade = round_down(mark.grade)
            passed = passes(mark.grade, attempt.snapshot["pass_mark"])
            attempt.passed = passed and is_made_up(attempt.snapshot, missing, second)
    attempt.save(update_fields=fields)
    if before == (attempt.grade, attempt.passed):
        return
    if attempt.grade is not None:
        transaction.on_commit(lambda: _announce(attempt, passed_before=before[1]))


def _announce(attempt, **news):
    answers = attempt_submitted.send_robust(Attempt, attempt=attempt, **news)
    # What a receiver raised is in the log by now: it leads nowhere.
    attempt.leads_to = next((answer for _receiver, answer in answers if isinstance(answer, str)), "")


def regrade_attempt(attempt, *, now):
    """Grade an attempt again after a mark, a release or an answer that was placed later; the caller has locked it.

    Its questions' figures, if they hold it, have to be counted anew.
    """
    grade_attempt(attempt, marks_of(attempt), now=now)
    if attempt.in_figures:
        QuizStatistics.objects.filter(quiz_key=attempt.quiz_key).update(is_stale=True)


def mark_answers(snapshot, answers, manual_marks):
    """Return the Mark of these answers (rows), of which some may be marked by hand."""
    responses = {str(answer.question_key): answer.response for answer in answers}
    mark = score_snapshot(snapshot, responses)
    known = _scored_before(answers, mark)
    for item in snapshot["questions"]:
        if item["key"] in manual_marks:
            known[item["key"]] = hand_fraction(manual_marks[item["key"]], item)
    return score_snapshot(snapshot, responses, known) if known else mark


def is_released(attempt):
    """Say whether the grade may be known: that of an exam once somebody released it, any other at once."""
    return attempt.released_at is not None or not rules_of(attempt.snapshot).is_exam


def marks_of(attempt):
    """Return the newest marks of an attempt that asks anything a person marks; of any other none, without a query."""
    by_hand = any(kind_of(item).marked_by_hand for item in attempt.snapshot["questions"])
    return newest_marks(attempt) if by_hand else {}


def newest_marks(attempt):
    """Return {question key: the ManualMark that stands} of an attempt."""
    # In the order of their numbers the last one of a question is what remains.
    return {str(mark.question_key): mark for mark in ManualMark.objects.filter(attempt=attempt).order_by("number")}


def hand_fraction(mark, item):
    """Return a hand mark's exact fraction: points are given to two places, so 1 of 3 is a third again."""
    return hand_points(mark, item) / item["marks"]


def hand_points(mark, item):
    """Return the points (a Fraction) that a hand mark gives of those of the item."""
    return round(Fraction(mark.fraction) * item["marks"], 2)


def _scored_before(answers, mark):
    """Return {question key: fraction} where the kind's rule has changed since the answer was scored: that score stays.

    What was stored was rounded down, so one that only differs in that is taken exactly.
    """
    return {
        key: Fraction(answer.fraction)
        for answer in answers
        if answer.fraction is not None
        and (key := str(answer.question_key)) in mark.fractions
        and round_down(mark.fractions[key]) != answer.fraction
    }


def _keep_fractions(attempt, answers, fractions, pending):
    changed = []
    for answer in answers:
        key = str(answer.question_key)
        fraction = None if key in pending else round_down(fractions.get(key, 0))
        if answer.fraction != fraction:
            answer.fraction = fraction
            changed.append(answer)
    if changed:
        attempt.answers.bulk_update(changed, ["fraction"])


def who_changed_grade(attempt):
    """Return (the person, the reason in words or "") of the last mark, release or placed answer of a graded attempt."""
    changes = [(mark.marked_at, mark.marked_by, mark.reason) for mark in ManualMark.objects.filter(attempt=attempt)]
    changes += [(held.resolved_at, held.resolved_by, "") for held in attempt.late_answers.exclude(resolved_at=None)]
    if attempt.released_at:
        changes.append((attempt.released_at, attempt.released_by, ""))
    _at, by, reason = max(changes, key=lambda change: change[0], default=(None, None, ""))
    return by, reason
