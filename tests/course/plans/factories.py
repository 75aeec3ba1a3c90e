"""Actions and reviews of plans, as the rules make them."""

from datetime import timedelta

from django.utils import timezone

from course.plans.actions import Reviewed, agree_on_action, keep_reviews
from course.plans.reading import plan_of
from tests.factories import NOW


def agree(clinic, words="Bajar la voz en la ventanilla", *, by=None, now=NOW, days_ago=0, **fields):
    day = timezone.localdate(now) - timedelta(days=days_ago)
    fields = {"point": None, "post": "Ventanilla", "agreed_on": day, "due_on": day + timedelta(days=90)} | fields
    return agree_on_action(clinic, words=words, by=by, now=now, **fields)


def review(action, answer="partly", *, days=30, obstacles=("time",), words="", seen=0, by=None, now=NOW):
    said = Reviewed(action, days, answer, () if answer == "done" else obstacles, words, seen)
    return keep_reviews(action.clinic, [said], by=by, now=now)


def line_of(action, *, now=NOW):
    return plan_of(action.clinic, now=now).line_of(action.key)
