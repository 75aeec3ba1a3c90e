"""Plan of a clinic on a day: open actions, ended ones, due reviews."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Prefetch
from django.utils import timezone

from course.models import MOST_OPEN, REVIEW_DAYS, Clinic, PlanAction, PlanReview


@dataclass(frozen=True)
class Mark:
    """A review of an action: its due day, and its entries, of which the last one holds."""

    days: int
    day: date
    reviews: list[PlanReview]

    @property
    def review(self):
        return self.reviews[-1] if self.reviews else None

    @property
    def earlier(self):
        return self.reviews[:-1]


@dataclass(frozen=True)
class ActionLine:
    action: PlanAction
    marks: list[Mark]
    today: date

    @property
    def is_open(self):
        return not self.action.outcome

    @property
    def is_done(self):
        return self.action.outcome == PlanAction.Outcome.DONE

    @property
    def is_let_go(self):
        return self.action.outcome == PlanAction.Outcome.LET_GO

    @property
    def last_review(self):
        return next((mark.review for mark in reversed(self.marks) if mark.review), None)

    @property
    def due(self):
        """Return the Mark to review now, or None: the last one whose day has come, if it has no entry."""
        come = [mark for mark in self.marks if mark.day <= self.today]
        return come[-1] if self.is_open and come and come[-1].review is None else None

    @property
    def days_over(self):
        return (self.today - self.due.day).days if self.due else 0

    @property
    def to_review(self):
        """Return the Mark that a review of today is about, or None: the due one, else the next, early."""
        if not self.is_open:
            return None
        return self.due or next((mark for mark in self.marks if mark.day > self.today and mark.review is None), None)

    @property
    def is_past_reviews(self):
        return self.is_open and self.marks[-1].review is not None


@dataclass(frozen=True)
class Plan:
    clinic: Clinic
    open: list[ActionLine]
    ended: list[ActionLine]

    @property
    def lines(self):
        return self.open + self.ended

    @property
    def done(self):
        return [line for line in self.ended if line.is_done]

    @property
    def let_go(self):
        return [line for line in self.ended if line.is_let_go]

    @property
    def free(self):
        return MOST_OPEN - len(self.open)

    @property
    def due(self):
        return [line for line in self.open if line.due]

    @property
    def begun_on(self):
        return min((line.action.agreed_on for line in self.open), default=None)

    @property
    def can_review(self):
        return any(line.to_review for line in self.open)

    @property
    def next_day(self):
        days = [mark.day for line in self.open for mark in line.marks if mark.review is None and mark.day > line.today]
        return min(days, default=None)

    def line_of(self, key):
        return next((line for line in self.lines if line.action.key == key), None)


def plan_of(clinic, *, now):
    lines = action_lines(PlanAction.objects.filter(clinic=clinic), now=now)
    return Plan(
        clinic,
        sorted((line for line in lines if line.is_open), key=lambda line: line.action.place),
        sorted(
            (line for line in lines if not line.is_open),
            key=lambda line: (line.action.ended_on, line.action.pk),
            reverse=True,
        ),
    )


def action_lines(actions, *, now):
    """Return the ActionLines of PlanActions (a QuerySet) in their order, in two queries."""
    reviews = PlanReview.objects.select_related("noted_by").order_by("days", "number")
    found = actions.select_related("made_by", "ended_by").prefetch_related(Prefetch("reviews", reviews))
    today = timezone.localdate(now)
    return [ActionLine(action, _marks_of(action), today) for action in found]


def _marks_of(action):
    reviews = list(action.reviews.all())
    return [
        Mark(days, action.agreed_on + timedelta(days=days), [one for one in reviews if one.days == days])
        for days in REVIEW_DAYS
    ]
