"""Grades of submitted attempts: automatic points, manual marks, release of exams."""

from fractions import Fraction

from django.db import transaction
from django.db.models import Exists, OuterRef

from quizzes.exceptions import (
    MarkConflict,
    MarkingIncomplete,
    NotMarkable,
    NotReleasable,
    PointsOutOfRange,
    ReasonRequired,
    UnknownQuestion,
)
from quizzes.kinds import get_kind
from quizzes.models import Answer, Attempt, ManualMark, QuizStatistics
from quizzes.signals import attempt_submitted

from .drawing import draw_near_items
from .responses import answers_by_key, find_item
from .rules import rules_of
from .scoring import points_text, round_down, round_half_up, score_snapshot
from .second_chance import judge, misses_without_near_item, repeated_items, score_told

MAX_COMMENT_LENGTH = 5000
MAX_REASON_LENGTH = 300
_GRADE_FIELDS = ["submitted_at", "abandoned_at", "released_at", "released_by", "grade", "passed"]
_SECOND_CHANCE_FIELDS = ["second_chance_at", "snapshot"]


def grade_attempt(attempt, manual_marks=None, *, now, is_new=False):
    """Grade and save a locked, submitted attempt, as far as possible; a changed grade sends `attempt_submitted`."""
    answers = list(attempt.answers.select_related("write"))
    score, given = score_answers(attempt.snapshot, answers, manual_marks or {}), answers_by_key(answers)
    before = attempt.grade, attempt.passed
    attempt.grade, attempt.passed = None, None
    if not score.pending and (attempt.released_at is not None or not rules_of(attempt.snapshot).is_exam):
        told = score_told(attempt.snapshot, given)
        if missed := misses_without_near_item(attempt.snapshot, score, told):
            attempt.snapshot = draw_near_items(attempt, missed)
        passed, waiting = judge(attempt.snapshot, score, told)
        if waiting:
            attempt.snapshot = attempt.snapshot | {"second": [item["key"] for item in waiting]}
            attempt.second_chance_at = attempt.second_chance_at or now
            attempt.submitted_at = None if is_new else attempt.submitted_at
        else:
            attempt.grade, attempt.passed = round_down(score.grade), passed
    _save_fractions(attempt, answers, score.fractions | _again(attempt.snapshot, given), score.pending)
    attempt.save(update_fields=_GRADE_FIELDS + (_SECOND_CHANCE_FIELDS if attempt.second_chance_at else []))
    if attempt.grade is not None and before != (attempt.grade, attempt.passed):
        transaction.on_commit(lambda: _announce(attempt, passed_before=before[1]))


def _again(snapshot, given):
    items = [item for item in repeated_items(snapshot) if item["key"] in given]
    return {item["key"]: get_kind(item).score(item, given[item["key"]].response) for item in items}


def _announce(attempt, **news):
    answers = attempt_submitted.send_robust(Attempt, attempt=attempt, **news)
    attempt.next_url = next((answer for _receiver, answer in answers if isinstance(answer, str)), "")


def regrade_attempt(attempt, *, now):
    grade_attempt(attempt, manual_marks_of(attempt), now=now)
    if attempt.in_statistics:
        QuizStatistics.objects.filter(quiz_key=attempt.quiz_key).update(is_stale=True)


def score_answers(snapshot, answers, manual_marks):
    responses = {str(answer.question_key): answer.response for answer in answers}
    score = score_snapshot(snapshot, responses)
    known = _earlier_fractions(answers, score)
    for item in snapshot["questions"]:
        if item["key"] in manual_marks:
            known[item["key"]] = manual_fraction(manual_marks[item["key"]], item)
    return score_snapshot(snapshot, responses, known) if known else score


def manual_marks_of(attempt):
    """Return {question key: newest ManualMark}."""
    if not any(get_kind(item).marked_by_hand for item in attempt.snapshot["questions"]):
        return {}
    return {str(mark.question_key): mark for mark in ManualMark.objects.filter(attempt=attempt).order_by("number")}


def manual_fraction(mark, item):
    """Return the exact fraction: points are rounded to two places, so a stored 0.33333 is a third again."""
    return manual_points(mark, item) / item["marks"]


def manual_points(mark, item):
    return round(Fraction(mark.fraction) * item["marks"], 2)


def _earlier_fractions(answers, score):
    # Stored scores stay when the scoring of a kind changes, except rounded ones: the exact score is better.
    return {
        key: Fraction(answer.fraction)
        for answer in answers
        if answer.fraction is not None
        and (key := str(answer.question_key)) in score.fractions
        and round_down(score.fractions[key]) != answer.fraction
    }


def _save_fractions(attempt, answers, fractions, pending):
    changed = []
    for answer in answers:
        key = str(answer.question_key)
        fraction = None if key in pending else round_down(fractions.get(key, 0))
        if answer.fraction != fraction:
            answer.fraction = fraction
            changed.append(answer)
    if changed:
        attempt.answers.bulk_update(changed, ["fraction"])


def last_grade_change(attempt):
    """Return (actor, reason or "") of the last mark, release or accepted late answer."""
    changes = [(mark.marked_at, mark.marked_by, mark.reason) for mark in ManualMark.objects.filter(attempt=attempt)]
    changes += [(late.resolved_at, late.resolved_by, "") for late in attempt.late_answers.exclude(resolved_at=None)]
    if attempt.released_at:
        changes.append((attempt.released_at, attempt.released_by, ""))
    _at, by, reason = max(changes, key=lambda change: change[0], default=(None, None, ""))
    return by, reason


def answers_to_mark(learners):
    """Return answers that wait for a marker by question, the first submitted first, to treat learners alike."""
    pending = {"attempt__submitted_at__isnull": False, "attempt__grade": None}
    waiting = Answer.objects.filter(fraction=None, attempt__learner__in=learners, **pending)
    return waiting.order_by("attempt__quiz_key", "question_key", "attempt__submitted_at", "pk")


def exams_to_release(learners):
    open_answers = Answer.objects.filter(attempt=OuterRef("pk"), fraction=None)
    pending = Attempt.objects.filter(learner__in=learners, snapshot__rules__is_exam=True, released_at=None).pending()
    return pending.exclude(Exists(open_answers)).order_by("quiz_key", "submitted_at", "pk")


def needs_manual_mark(item, response):
    kind = get_kind(item)
    return bool(item["marks"]) and response != kind.empty_response and kind.score(item, response) is None


@transaction.atomic
def grade_manually(attempt, question_key, *, fraction, comment, reason, seen, by, now):
    """Raises NotMarkable, PointsOutOfRange, ReasonRequired; MarkConflict if there are more marks than `seen`."""
    attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    item = item_to_mark(attempt, question_key)
    given = ManualMark.objects.filter(attempt=attempt, question_key=item["key"]).select_related("marked_by")
    marks = list(given.order_by("number"))
    fraction, comment, reason = round_half_up(Fraction(fraction)), comment.strip(), reason.strip()
    if not 0 <= fraction <= 1:
        raise PointsOutOfRange
    newest = marks[-1] if marks else None
    if newest and (newest.fraction, newest.comment) == (fraction, comment):
        return newest
    if len(marks) != seen:
        raise MarkConflict(newest, points_text(manual_points(newest, item)), item["marks"])
    if newest and not reason:
        raise ReasonRequired
    mark = ManualMark.objects.create(
        attempt=attempt,
        question_key=item["key"],
        number=len(marks) + 1,
        fraction=fraction,
        comment=comment,
        reason=reason if newest else "",
        marked_by=by,
        marked_at=now,
    )
    regrade_attempt(attempt, now=now)
    return mark


def item_to_mark(attempt, question_key):
    """Raises NotMarkable."""
    if not attempt.submitted_at:
        raise NotMarkable
    try:
        item = find_item(attempt.snapshot, question_key)
    except UnknownQuestion as error:
        raise NotMarkable from error
    answer = Answer.objects.filter(attempt=attempt, question_key=item["key"]).first()
    if answer is None or not needs_manual_mark(item, answer.response):
        raise NotMarkable
    return item


@transaction.atomic
def release_attempt(attempt, *, by, now):
    """Raises NotReleasable, MarkingIncomplete."""
    attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if not attempt.submitted_at or not rules_of(attempt.snapshot).is_exam:
        raise NotReleasable
    if attempt.released_at:
        return attempt
    if attempt.answers.filter(fraction=None).exists():
        raise MarkingIncomplete
    attempt.released_by, attempt.released_at = by, now
    regrade_attempt(attempt, now=now)
    return attempt
