"""Attempts of a learner for the personal-data export."""

from quizzes.attempts.rules import rules_of
from quizzes.attempts.second_chance import all_items
from quizzes.base.markup import strip_markup
from quizzes.kinds import get_kind
from quizzes.models import Attempt


def serialize_attempts(learner, *, hidden_before=None):
    """Yield a dict per attempt, oldest first; correct answers are never included."""
    attempts = Attempt.objects.filter(learner=learner).order_by("started_at", "pk")
    related = attempts.prefetch_related("writes", "answers__write", "manual_marks", "late_answers")
    for attempt in related.iterator(chunk_size=50):
        yield _serialize_attempt(attempt, hidden_before)


def describe_response(item, response):
    """Return texts of what was chosen, placed or written; neither texts nor their order reveal the key."""
    kind = get_kind(item)
    if response == kind.empty_response:
        return []
    return [text for row in kind.review_chosen(item, response) if (text := _describe_row(row))]


def _describe_row(row):
    if row.typed is not None:
        return f"{strip_markup(row.text)}: {row.typed}" if row.text and row.typed else row.typed
    return f"{strip_markup(row.text)}: {strip_markup(row.given)}" if row.given else strip_markup(row.text)


def _serialize_attempt(attempt, hidden_before):
    items = {item["key"]: item for item in all_items(attempt.snapshot)}
    rules = rules_of(attempt.snapshot)
    can_read_grade = attempt.grade is not None and (not rules.is_exam or attempt.released_at is not None)
    hidden = {str(write.question_key) for write in attempt.writes.all() if _is_before(write, hidden_before)}
    marks = sorted(attempt.manual_marks.all(), key=lambda mark: mark.number) if can_read_grade else []
    return {
        "quiz": attempt.snapshot["title"],
        "language": attempt.language,
        "medium": attempt.get_medium_display(),
        "started_at": attempt.started_at,
        "second_at": attempt.second_chance_at,
        "submitted_at": attempt.submitted_at,
        "abandoned_at": attempt.abandoned_at,
        "grade": attempt.grade if can_read_grade else None,
        "passed": attempt.passed if can_read_grade else None,
        "answers": [
            _serialize_write(items, answer.question_key, answer.response, answer.certainty, answer.write, hidden_before)
            for answer in attempt.answers.all()
        ],
        "writes": [
            _serialize_write(items, write.question_key, write.response, write.certainty, write, hidden_before)
            for write in sorted(attempt.writes.all(), key=lambda write: (write.given_at, write.pk))
        ],
        "comments": [
            {"question": _question_text(items, mark.question_key), "comment": mark.comment, "marked_at": mark.marked_at}
            for mark in marks
            if mark.comment and str(mark.question_key) not in hidden
        ],
        "not_placed": [_serialize_late_answer(items, late, hidden_before) for late in attempt.late_answers.all()],
    }


def _serialize_write(items, key, response, certainty, write, hidden_before):
    is_hidden = _is_before(write, hidden_before)
    item = items.get(str(key))
    answer = describe_response(item, response) if item else [str(response)]
    return {
        "question": _question_text(items, key),
        "answer": None if is_hidden else answer,
        "certainty": None if is_hidden else certainty,
        "given_at": write.given_at,
        "received_at": write.received_at,
        "is_hidden": is_hidden,
    }


def _serialize_late_answer(items, late_answer, hidden_before):
    is_hidden = _is_before(late_answer, hidden_before)
    return {
        "question": _question_text(items, late_answer.question),
        "answer": None if is_hidden else late_answer.response,
        "given_at": late_answer.given_at,
        "by_device": late_answer.by_device,
        "received_at": late_answer.received_at,
        "reason": late_answer.get_reason_display(),
        "decision": late_answer.get_resolution_display() if late_answer.resolution else "",
        "is_hidden": is_hidden,
    }


def _question_text(items, key):
    item = items.get(str(key))
    return strip_markup(item["text"]) if item else str(key)


def _is_before(write, moment):
    return moment is not None and write.given_at < moment
