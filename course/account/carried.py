"""Saving the answer that waited, signed, while a person signed in again."""

from django.contrib import messages
from django.utils import timezone
from django.utils.translation import gettext as _

from quizzes.models import Reason
from quizzes.question_forms.pending import apply_carried, deliver_form, read_carried

from .owners import FIELD, KEPT, owner_of


def save_carried_answer(request, person, carried):
    """Save the answer for whose it is, and say what happened; return the address to go on at if it is `person`'s."""
    now = timezone.now()
    arrival = apply_carried(carried, person, now=now)
    if arrival is None:
        not_saved = _(
            "The answer that was waiting was not saved: it belongs to another person, or it is more than a day old."
        )
        messages.warning(request, str(KEPT) if _keep_for_owner(carried, now=now) else not_saved)
        return None
    if arrival.problem:
        messages.error(request, arrival.problem)
    else:
        messages.success(request, _("Your answer was saved. You can go on."))
    return arrival.address


def _keep_for_owner(carried, *, now):
    """Keep an answer for the person whose page it came from, somebody else than who signed in; return whether it is."""
    answer = read_carried(carried)
    owner = owner_of(answer.form.get(FIELD, "")) if answer else None
    if owner is None or owner.person is None:
        return False
    hold_as = Reason.EARLIER if owner.is_of_before else None
    return deliver_form(
        answer.attempt, answer.form, owner=owner.person, given_at=answer.given_at, hold_as=hold_as, now=now
    )
