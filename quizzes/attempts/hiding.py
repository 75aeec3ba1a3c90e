"""Answers that are not shown to whoever looks, although they are the own ones: the app above knows why."""

from django.dispatch import Signal

from quizzes.models import Answer

# Sent with `request`; receivers answer before which moment what was answered stays hidden there, or None.
hidden_answers_asked = Signal()


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
