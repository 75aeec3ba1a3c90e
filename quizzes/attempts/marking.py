"""Marking by hand: what waits for a marker, giving an answer its mark, and releasing the grades of exams."""

from fractions import Fraction

from django.db import transaction
from django.db.models import Exists, OuterRef

from quizzes.exceptions import (
    MarkedMeanwhile,
    NotAnExam,
    NotForMarking,
    NotOnPaper,
    PointsOutOfRange,
    ReasonMissing,
    StillToMark,
)
from quizzes.kinds import kind_of
from quizzes.models import Answer, Attempt, ManualMark

from .grading import hand_points, regrade_attempt
from .responses import item_on
from .rules import rules_of
from .scoring import points_text, round_half_up

# Enough for a page of text; a comment that is longer is a conversation.
LONGEST_COMMENT = 5000
LONGEST_REASON = 300


def answers_to_mark(learners):
    """Return the answers (a QuerySet) of these learners that wait for a marker, those to one question together.

    Within a question who sent first comes first: marking all answers to a question in a row treats people alike.
    """
    # While one of its answers waits an attempt has no grade, and those without one are quickly found.
    pending = {"attempt__submitted_at__isnull": False, "attempt__grade": None}
    waiting = Answer.objects.filter(fraction=None, attempt__learner__in=learners, **pending)
    return waiting.order_by("attempt__quiz_key", "question_key", "attempt__submitted_at", "pk")


def exams_to_release(learners):
    """Return the attempts (a QuerySet) of these learners that are marked and wait only for their release."""
    open_answers = Answer.objects.filter(attempt=OuterRef("pk"), fraction=None)
    pending = Attempt.objects.filter(learner__in=learners, snapshot__rules__is_exam=True, released_at=None).pending()
    return pending.exclude(Exists(open_answers)).order_by("quiz_key", "submitted_at", "pk")


def is_for_marking(item, response):
    """Say whether a person gives this answer its points: one that was left open earns none without a marker."""
    kind = kind_of(item)
    return bool(item["marks"]) and response != kind.nothing and kind.score(item, response) is None


@transaction.atomic
def mark_answer(attempt, question_key, *, fraction, comment, reason, seen, by, now):
    """Give an answer its mark, a fraction from 0 to 1 of its points, and return the ManualMark that stands.

    `seen` is how many marks of it the marker was shown. The attempt gets its grade with the last mark. The same mark
    again is the same mark; a changed one needs a reason, and the earlier ones stay. Raises NotForMarking,
    PointsOutOfRange, ReasonMissing, and MarkedMeanwhile when there are more marks than were seen: nothing is changed.
    """
    attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    item = item_for_marking(attempt, question_key)
    given = ManualMark.objects.filter(attempt=attempt, question_key=item["key"]).select_related("marked_by")
    marks = list(given.order_by("number"))
    fraction, comment, reason = round_half_up(Fraction(fraction)), comment.strip(), reason.strip()
    if not 0 <= fraction <= 1:
        raise PointsOutOfRange
    newest = marks[-1] if marks else None
    if newest and (newest.fraction, newest.comment) == (fraction, comment):
        return newest
    if len(marks) != seen:
        raise MarkedMeanwhile(newest, points_text(hand_points(newest, item)), item["marks"])
    if newest and not reason:
        raise ReasonMissing
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


def item_for_marking(attempt, question_key):
    """Return the item of an answer that a person marks; raises NotForMarking for any other."""
    if not attempt.submitted_at:
        raise NotForMarking
    try:
        item = item_on(attempt.snapshot, question_key)
    except NotOnPaper as error:
        raise NotForMarking from error
    answer = Answer.objects.filter(attempt=attempt, question_key=item["key"]).first()
    if answer is None or not is_for_marking(item, answer.response):
        raise NotForMarking
    return item


@transaction.atomic
def release_attempt(attempt, *, by, now):
    """Let the person know the grade of an exam, and return the attempt; one that was released stays as it was.

    Raises NotAnExam, and StillToMark while an answer waits for its mark.
    """
    attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if not attempt.submitted_at or not rules_of(attempt.snapshot).is_exam:
        raise NotAnExam
    if attempt.released_at:
        return attempt
    if attempt.answers.filter(fraction=None).exists():
        raise StillToMark
    attempt.released_by, attempt.released_at = by, now
    regrade_attempt(attempt, now=now)
    return attempt
