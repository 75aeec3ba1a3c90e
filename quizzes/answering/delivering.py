"""Answers from a page of somebody else than who is signed in there now: they are kept for whose page it was.

What is told of them depends on nothing that the owner answered, so that nobody finds that out by sending other answers.
"""

from django.db.models import Q

from quizzes.attempts.holding import why_closed
from quizzes.attempts.taking import save_answers
from quizzes.exceptions import QuizError, TooLong, TooMuch, UnderWayElsewhere
from quizzes.models import Attempt, Medium

from .forms import read_batch, save_form


def deliver_form(attempt_id, form, *, owner, given_at=None, hold_as=None, now):
    """Save the answer in a question's posted form for its owner; return whether it is kept, placed or apart.

    The button that was pressed counts for nothing: nothing is checked, sent or led on to. An attempt of anybody else
    than `owner` is left alone. With `hold_as`, a Reason, the answer is kept apart for a trainer.
    """
    on_screen = Q(medium=Medium.SCREEN) | Q(second_at__isnull=False)
    attempt = Attempt.objects.filter(on_screen, pk=attempt_id, learner=owner).first()
    if attempt is None:
        return False
    fields = form.copy()
    fields.pop("go", None)
    # What says again what is there already is kept as well: to tell it apart would tell what is there.
    closed = hold_as is not None or why_closed(attempt, now) is not None
    before = _count_kept(attempt)
    try:
        save_form(attempt, fields, given_at=given_at or now, now=now, hold_as=hold_as)
    except (TooLong, TooMuch):
        return False
    except QuizError:
        # It was kept apart, or the answer is final; who sees the page is nobody to tell which.
        pass
    return closed or _count_kept(attempt) > before


def deliver_batch(attempt_id, body, *, owner, hold_as=None, now):
    """Save a batch that a page sent by itself (JSON) for its owner; return whether all of it is kept, now or before.

    Nothing of an attempt that is not the owner's is. Raises UnreadableResponse.
    """
    given, malformed = read_batch(body, now=now)
    try:
        save_answers(attempt_id, given, learner=owner, now=now, medium=Medium.SCREEN, hold_as=hold_as)
    except (Attempt.DoesNotExist, UnderWayElsewhere):
        return False
    attempt, clients = Attempt(pk=attempt_id), {answer.client for answer in given}
    kept = {
        (str(question), client, number)
        for rows, name in ((attempt.writes, "question_key"), (attempt.held_writes, "question"))
        for question, client, number in rows.filter(client__in=clients).values_list(name, "client", "number")
    }
    return (
        bool(given)
        and not malformed
        and all((answer.question_key, answer.client, answer.number) in kept for answer in given)
    )


def _count_kept(attempt):
    return attempt.writes.count() + attempt.held_writes.count()
