"""The attempt that a page is about, and where it leads when it is over."""

from functools import wraps

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from quizzes.attempts.closing import close_if_over
from quizzes.attempts.leading_on import page_after
from quizzes.exceptions import UnderWayElsewhere
from quizzes.models import Attempt, Medium


def on_screen_only(view):
    """Lead from the pages of an open attempt on paper to its quiz, which says where it is."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except UnderWayElsewhere as error:
            return redirect("quiz_entry", error.attempt.paper["identifier"])

    return answer


def attempt_of(request, attempt_id):
    """Return the attempt if it is this person's, closed if its time is over; other people's do not exist for them."""
    attempt = close_if_over(get_object_or_404(Attempt, pk=attempt_id, learner=request.user), now=timezone.now())
    if attempt.medium == Medium.PAPER and not attempt.is_final:
        raise UnderWayElsewhere(attempt)
    return attempt


def where_it_ended(request, attempt):
    """Lead to the review of an attempt that was sent, or to what it asks again; one that was never sent has none."""
    if attempt.asks_again:
        return redirect("attempt_second", attempt.pk)
    if attempt.submitted_at:
        return redirect("attempt_result", attempt.pk)
    messages.warning(request, _("The time was over before anything was answered, so nothing was sent."))
    return redirect("quiz_entry", attempt.paper["identifier"])


def lead_on(request, attempt):
    """Lead on from an attempt that was just sent: to what it finished, if the course has a page for that."""
    address = page_after(attempt)
    return redirect(address) if address else where_it_ended(request, attempt)
