"""Saving the answer that waited, signed, while a person signed in again."""

from django.contrib import messages
from django.utils import timezone
from django.utils.translation import gettext as _

from quizzes.answering.carrying import apply_carried


def save_carried_answer(request, person, carried):
    """Save the answer if it is this person's, and say what happened; return the address to go on at, or None."""
    arrival = apply_carried(carried, person, now=timezone.now())
    if arrival is None:
        messages.warning(
            request,
            _("The answer that was waiting was not saved: it belongs to another person, or it is more than a day old."),
        )
        return None
    if arrival.problem:
        messages.warning(request, arrival.problem)
    else:
        messages.success(request, _("Your answer was saved. You can go on."))
    return arrival.address
