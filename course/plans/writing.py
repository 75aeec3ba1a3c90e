"""From a form of a plan to the plan: what a form asks about, and what it says that cannot be done."""

from uuid import UUID

from course.models import REVIEW_DAYS

from .actions import HasEnded, PlanIsFull, agree_on_action, let_action_go
from .forms import pairs_to_review
from .reviews import ReviewedMeanwhile, keep_reviews


def action_asked(plan, text):
    """Return the earlier action of the plan that an address names by its key, or None."""
    try:
        line = plan.line_of(UUID(text))
    except (TypeError, ValueError):
        return None
    return line.action if line else None


def review_asked(plan, *, key=None, days=None, posted=None):
    """Return the (ActionLine, Mark)s that a form asks about, or none: those to review, or one of one action.

    Of an action that has ended only what was noted can be corrected, and of one that was let go nothing.
    """
    if key is None:
        return pairs_to_review(plan, posted)
    line = plan.line_of(key)
    if line is None or days not in REVIEW_DAYS or line.is_let_go:
        return []
    mark = next(mark for mark in line.marks if mark.days == days)
    return [(line, mark)] if line.is_open or mark.review else []


def try_action(form, plan, *, by, now):
    """Put the action of a valid form into the plan; say in the form where there is no room, and return whether."""
    try:
        agree_on_action(plan.clinic, **form.agreed, by=by, now=now)
    except PlanIsFull as full:
        form.add_error(None, str(full))
        return False
    return True


def try_reviews(form, plan, *, by, now):
    """Keep what a valid form says; say in the form what stands in the way, and return whether it was kept."""
    try:
        keep_reviews(plan.clinic, form.reviewed, by=by, now=now)
    except ReviewedMeanwhile as meanwhile:
        form.show_again(meanwhile.reviews)
        form.add_error(None, str(meanwhile))
        return False
    except (HasEnded, PlanIsFull) as refused:
        form.add_error(None, str(refused))
        return False
    return True


def try_letting_go(form, line, *, by, now):
    """Let the action go with the reason of a valid form; say in the form that it has ended, and return whether."""
    try:
        let_action_go(line.action, why=form.cleaned_data["why"], by=by, now=now)
    except HasEnded as ended:
        form.add_error(None, str(ended))
        return False
    return True
