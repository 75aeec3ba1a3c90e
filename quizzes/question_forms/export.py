"""What a person did in quizzes, told to that person in words and moments: for the file with all that is kept."""

from quizzes.attempts.rules import rules_of
from quizzes.attempts.second_chance import items_of
from quizzes.base.markup import plain
from quizzes.kinds import kind_of
from quizzes.models import Attempt, LateAnswer


def tell_attempts(learner, *, hidden_before=None):
    """Yield a dict for every attempt of the person, oldest first: what it was, its grade, and every answer and write.

    What was answered before `hidden_before` is left out, and said to be. Grades and comments are those that the person
    may read by now, and no right answer is told.
    """
    attempts = Attempt.objects.filter(learner=learner).order_by("started_at", "pk")
    related = attempts.prefetch_related("writes", "answers__write", "manual_marks", "late_answers")
    for attempt in related.iterator(chunk_size=50):
        yield _tell(attempt, hidden_before)


def said(item, response):
    """Return what the person answered to an item, a text for each thing that was chosen, placed or written.

    Nothing in it tells what is right, the order neither.
    """
    kind = kind_of(item)
    if response == kind.nothing:
        return []
    return [words for row in kind.review_chosen(item, response) if (words := _said_in(row))]


def _said_in(row):
    if row.typed is not None:
        return f"{plain(row.text)}: {row.typed}" if row.text and row.typed else row.typed
    return f"{plain(row.text)}: {plain(row.given)}" if row.given else plain(row.text)


def _tell(attempt, hidden_before):
    items = {item["key"]: item for item in items_of(attempt.snapshot)}
    rules = rules_of(attempt.snapshot)
    is_told = attempt.grade is not None and (not rules.is_exam or attempt.released_at is not None)
    hidden = {str(one.question_key) for one in attempt.writes.all() if _is_before(one, hidden_before)}
    marks = sorted(attempt.manual_marks.all(), key=lambda mark: mark.number) if is_told else []
    return {
        "quiz": attempt.snapshot["title"],
        "language": attempt.language,
        "medium": attempt.get_medium_display(),
        "started_at": attempt.started_at,
        "second_at": attempt.second_at,
        "submitted_at": attempt.submitted_at,
        "abandoned_at": attempt.abandoned_at,
        "grade": attempt.grade if is_told else None,
        "passed": attempt.passed if is_told else None,
        "answers": [
            _tell_write(items, answer.question_key, answer.response, answer.certainty, answer.write, hidden_before)
            for answer in attempt.answers.all()
        ],
        "writes": [
            _tell_write(items, write.question_key, write.response, write.certainty, write, hidden_before)
            for write in sorted(attempt.writes.all(), key=lambda write: (write.given_at, write.pk))
        ],
        "comments": [
            {"question": _question(items, mark.question_key), "comment": mark.comment, "marked_at": mark.marked_at}
            for mark in marks
            if mark.comment and str(mark.question_key) not in hidden
        ],
        "not_placed": [_tell_held(items, held, hidden_before) for held in attempt.late_answers.all()],
    }


def _tell_write(items, key, response, certainty, write, hidden_before):
    is_hidden = _is_before(write, hidden_before)
    item = items.get(str(key))
    answer = said(item, response) if item else [str(response)]
    return {
        "question": _question(items, key),
        "answer": None if is_hidden else answer,
        "certainty": None if is_hidden else certainty,
        "given_at": write.given_at,
        "received_at": write.received_at,
        "is_hidden": is_hidden,
    }


def _tell_held(items, held: LateAnswer, hidden_before):
    is_hidden = _is_before(held, hidden_before)
    return {
        "question": _question(items, held.question),
        "answer": None if is_hidden else held.response,
        "given_at": held.given_at,
        "by_device": held.by_device,
        "received_at": held.received_at,
        "reason": held.get_reason_display(),
        "decision": held.get_resolution_display() if held.resolution else "",
        "is_hidden": is_hidden,
    }


def _question(items, key):
    item = items.get(str(key))
    return plain(item["text"]) if item else str(key)


def _is_before(write, moment):
    return moment is not None and write.given_at < moment
