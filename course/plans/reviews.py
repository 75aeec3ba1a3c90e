"""Reviewing actions after 30 and 90 days: what is written is never overwritten, a correction stands beside it."""

from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from course.models import PlanAction, PlanReview
from course.people.audit import audit_log

from .access import group_of_plan
from .actions import HasEnded, end_action, lock_plan, open_again

DONE = PlanReview.Answer.DONE


class Reviewed(NamedTuple):
    """What is said of an action at a review; `seen` is the number of the review that the page showed, 0 for none."""

    action: PlanAction
    days: int
    answer: str
    obstacles: tuple
    words: str
    seen: int


class ReviewedMeanwhile(ValueError):
    """Somebody noted these reviews otherwise since the page was shown; `reviews` are those that stand."""

    def __init__(self, reviews):
        super().__init__()
        self.reviews = reviews

    def __str__(self):
        return _("Meanwhile somebody noted this review. Read what stands there; to correct it, send yours again.")


@transaction.atomic
def keep_reviews(clinic, reviewed, *, by, now):
    """Keep what is said of actions of a clinic, all of it or nothing, and return how many reviews are new.

    The same again is kept once. Raises `ReviewedMeanwhile` where others said otherwise since the page was shown,
    `HasEnded` for an action that was let go, and `PlanIsFull` where one that was done would be open again.
    """
    lock_plan(clinic)
    pairs = [(one, standing_review(one.action, one.days)) for one in reviewed]
    new = [(one, before) for one, before in pairs if not _says_the_same(one, before)]
    if meanwhile := [before for one, before in new if before and before.number != one.seen]:
        raise ReviewedMeanwhile(meanwhile)
    # What makes room comes first.
    for one, before in sorted(new, key=lambda pair: pair[0].answer != DONE):
        _keep(one, before, by=by, now=now)
    group = group_of_plan(clinic, by=by) if new else None
    for action in sorted({"plan_review_corrected" if before else "plan_reviewed" for _one, before in new}):
        audit_log(action, by=by, cohort=group, subject=clinic, now=now)
    return len(new)


def standing_review(action, days):
    """Return the review that holds, the last correction of it, or None."""
    return PlanReview.objects.filter(action=action, days=days).select_related("noted_by").order_by("-number").first()


def _says_the_same(one, review):
    said = (one.answer, list(one.obstacles), one.words)
    return review is not None and (review.answer, review.obstacles, review.words) == said


def _keep(one, before, *, by, now):
    action = one.action
    action.refresh_from_db()
    if action.outcome == PlanAction.Outcome.LET_GO or (action.outcome and before is None):
        raise HasEnded
    PlanReview.objects.create(
        action=action,
        days=one.days,
        number=before.number + 1 if before else 1,
        answer=one.answer,
        obstacles=list(one.obstacles),
        words=one.words,
        noted_by=by,
        noted_at=now,
    )
    _follow(action, by=by, now=now)


def _follow(action, *, by, now):
    last = PlanReview.objects.filter(action=action).order_by("-days", "-number").first()
    if last.answer == DONE and not action.outcome:
        end_action(action, PlanAction.Outcome.DONE, by=by, now=now)
    elif last.answer != DONE and action.outcome:
        open_again(action)
