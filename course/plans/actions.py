"""Agreeing on an action, and letting one go. At most three are open at a time."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from course.models import MOST_OPEN, Clinic, PlanAction
from course.people.audit import audit_log

from .access import group_of_plan


class PlanIsFull(ValueError):
    """The plan has three open actions already."""

    def __str__(self):
        return _("This plan has three open actions, and more are not kept in mind. First finish one, or let one go.")


class HasEnded(ValueError):
    """The action is not open any more."""

    def __str__(self):
        return _("This action is not open any more. Nothing was changed.")


@transaction.atomic
def agree_on_action(clinic, *, words, point, post, due_on, agreed_on, by, now):
    """Put an action into the plan of the clinic and return it; the same one again is the one that is open.

    Raises `PlanIsFull`.
    """
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
    """End an action that the centre gives up, with the reason; twice is once. Raises `HasEnded` if it is done."""
    lock_plan(action.clinic)
    action.refresh_from_db()
    if action.outcome == PlanAction.Outcome.LET_GO:
        return
    if action.outcome:
        raise HasEnded
    end_action(action, PlanAction.Outcome.LET_GO, why=why, by=by, now=now)
    audit_log("plan_action_let_go", by=by, cohort=group_of_plan(action.clinic, by=by), subject=action.clinic, now=now)


def lock_plan(clinic):
    """Let whoever changes the same plan at the same time wait."""
    Clinic.objects.select_for_update().get(pk=clinic.pk)


def free_place(clinic):
    """Return a place of the plan that no open action has. Raises `PlanIsFull`."""
    taken = set(PlanAction.objects.filter(clinic=clinic, outcome="").values_list("place", flat=True))
    free = set(range(1, MOST_OPEN + 1)) - taken
    if not free:
        raise PlanIsFull
    return min(free)


def end_action(action, outcome, *, why="", by, now):
    """End an open action of a plan that is locked."""
    action.place, action.outcome, action.why_let_go = None, outcome, why
    action.ended_on, action.ended_by = timezone.localdate(now), by
    action.save(update_fields=["place", "outcome", "why_let_go", "ended_on", "ended_by"])


def open_again(action):
    """Open an action of a plan that is locked again: it was not done after all. Raises `PlanIsFull`."""
    action.place, action.outcome = free_place(action.clinic), ""
    action.ended_on = action.ended_by = None
    action.save(update_fields=["place", "outcome", "ended_on", "ended_by"])
