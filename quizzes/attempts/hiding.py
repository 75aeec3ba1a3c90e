"""Answers that are not shown to whoever looks, although they are the own ones: the app above knows why."""

from quizzes.models import Answer
from quizzes.signals import hidden_answers_asked


def hidden_before(request):
    """Return before which moment answers stay hidden in this visit; None where all of them are shown."""
    moments = [moment for _receiver, moment in hidden_answers_asked.send(None, request=request) if moment]
    return max(moments, default=None)


def with_hidden_answers(attempts, before):
    """Return the keys of those attempts in which something was answered before a moment (None: of none)."""
    if before is None:
        return set()
    rows = Answer.objects.filter(attempt__in=attempts, write__given_at__lt=before)
    return set(rows.values_list("attempt_id", flat=True))
