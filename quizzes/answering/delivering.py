"""Answers from a page of somebody else than who is signed in there now: they are kept for whose page it was."""

from contextlib import suppress

from quizzes.attempts.taking import save_answers
from quizzes.exceptions import QuizError, UnderWayElsewhere
from quizzes.models import Attempt, Medium

from .forms import read_batch, save_form


def deliver_form(attempt_id, form, *, owner, given_at=None, hold_as=None, now):
    """Save the answer in a question's posted form for its owner; return whether something new is kept, placed or apart.

    The button that was pressed counts for nothing: nothing is checked, sent or led on to. An attempt of anybody else
    than `owner` is left alone. With `hold_as`, a Reason, the answer is kept apart for a trainer.
    """
    attempt = Attempt.objects.filter(pk=attempt_id, learner=owner, medium=Medium.SCREEN).first()
    if attempt is None:
        return False
    fields = form.copy()
    fields.pop("go", None)
    before = _count_kept(attempt)
    # What can't be placed was kept apart, and who sees the page is nobody to tell why.
    with suppress(QuizError):
        save_form(attempt, fields, given_at=given_at or now, now=now, hold_as=hold_as)
    return _count_kept(attempt) > before


def deliver_batch(attempt_id, body, *, owner, hold_as=None, now):
    """Save a batch that a page sent by itself (JSON) for its owner; return answers.Saved.

    None where the attempt is not the owner's. Raises UnreadableResponse.
    """
    given = read_batch(body, now=now)
    try:
        return save_answers(attempt_id, given, learner=owner, now=now, medium=Medium.SCREEN, hold_as=hold_as)
    except (Attempt.DoesNotExist, UnderWayElsewhere):
        return None


def _count_kept(attempt):
    return attempt.writes.count() + attempt.held_writes.count()
