"""Actions of a plan and their reviews; at most three actions are open."""

from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from course.models import MOST_OPEN, Clinic, PlanAction, PlanReview
from course.people.audit import audit_log

from .access import group_of_plan


class PlanIsFull(ValueError):
    def __str__(self):
        return _("This plan has three open actions, and more are not kept in mind. First finish one, or let one go.")


class HasEnded(ValueError):
    def __str__(self):
        return _("This action is not open any more. Nothing was changed.")


@transaction.atomic
def agree_on_action(clinic, *, words, point, post, due_on, agreed_on, by, now):
    """Add an action to the clinic's plan and return it; idempotent. Raises `PlanIsFull`."""
    lock_plan(clinic)
    same = PlanAction.objects.filter(clinic=clinic, outcome="", words=words, post=post, due_on=due_on).first()
    if same:
        return same
    action = PlanAction.objects.create(
        clinic=clinic,
        place=free_place(clinic),
        words=words,
        point=point,
        post=post,
        due_on=due_on,
        agreed_on=agreed_on,
        made_by=by,
        made_at=now,
    )
    audit_log("plan_action_agreed", by=by, cohort=group_of_plan(clinic, by=by), subject=clinic, now=now)
    return action


@transaction.atomic
def let_action_go(action, *, why, by, now):
    """End an action with a reason; idempotent. Raises `HasEnded` if it is done."""
    lock_plan(action.clinic)
    action.refresh_from_db()
    if action.outcome == PlanAction.Outcome.LET_GO:
        return
    if action.outcome:
        raise HasEnded
    end_action(action, PlanAction.Outcome.LET_GO, why=why, by=by, now=now)
    audit_log("plan_action_let_go", by=by, cohort=group_of_plan(action.clinic, by=by), subject=action.clinic, now=now)


def lock_plan(clinic):
    Clinic.objects.select_for_update().get(pk=clinic.pk)


def free_place(clinic):
    taken = set(PlanAction.objects.filter(clinic=clinic, outcome="").values_list("place", flat=True))
    free = set(range(1, MOST_OPEN + 1)) - taken
    if not free:
        raise PlanIsFull
    return min(free)


def end_action(action, outcome, *, why="", by, now):
    action.place, action.outcome, action.why_let_go = None, outcome, why
    action.ended_on, action.ended_by = timezone.localdate(now), by
    action.save(update_fields=["place", "outcome", "why_let_go", "ended_on", "ended_by"])


def open_again(action):
    action.place, action.outcome = free_place(action.clinic), ""
    action.ended_on = action.ended_by = None
    action.save(update_fields=["place", "outcome", "ended_on", "ended_by"])


DONE = PlanReview.Answer.DONE


class Reviewed(NamedTuple):
    """Entry of a review form; `seen` is the number of the review that the page showed, 0 for none."""

    action: PlanAction
    days: int
    answer: str
    obstacles: tuple
    words: str
    seen: int


class ReviewedMeanwhile(ValueError):
    """Somebody changed these reviews since the page was shown; `reviews` are the current ones."""

    def __init__(self, reviews):
        super().__init__()
        self.reviews = reviews

    def __str__(self):
        return _("Meanwhile somebody noted this review. Read what stands there; to correct it, send yours again.")


@transaction.atomic
def keep_reviews(clinic, reviewed, *, by, now):
    """Save all or none; return how many are new. Raises `ReviewedMeanwhile`, `HasEnded`, `PlanIsFull`."""
    lock_plan(clinic)
    pairs = [(one, standing_review(one.action, one.days)) for one in reviewed]
    new = [(one, before) for one, before in pairs if not _says_the_same(one, before)]
    if meanwhile := [before for one, before in new if before and before.number != one.seen]:
        raise ReviewedMeanwhile(meanwhile)
    # Done actions first: they free places.
    for one, before in sorted(new, key=lambda pair: pair[0].answer != DONE):
        _keep(one, before, by=by, now=now)
    group = group_of_plan(clinic, by=by) if new else None
    for action in sorted({"plan_review_corrected" if before else "plan_reviewed" for _one, before in new}):
        audit_log(action, by=by, cohort=group, subject=clinic, now=now)
    return len(new)


def standing_review(action, days):
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
