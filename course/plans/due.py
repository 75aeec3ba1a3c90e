"""Whose plan is to be reviewed now, and how far the plans of many centres are. It ranks nobody."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from course.models import REVIEW_DAYS, Area, Clinic, PlanAction, PlanReview
from course.models.people import spanish_key

from .reading import ActionLine, action_lines

# More than a trainer calls in a day is no list of whom to call.
SHOWN = 10
LET_GO, DONE = PlanAction.Outcome.LET_GO, PlanAction.Outcome.DONE


@dataclass(frozen=True)
class PlanDue:
    """A clinic whose plan is to be reviewed: the ActionLines of which a review is due."""

    clinic: Clinic
    lines: list[ActionLine]

    @property
    def days_over(self):
        return max(line.days_over for line in self.lines)

    @property
    def marks(self):
        """Return which reviews are due, as (30, 90)."""
        return sorted({line.due.days for line in self.lines})

    @property
    def posts(self):
        """Return who answers for those actions, each post once."""
        return list(dict.fromkeys(line.action.post for line in self.lines))

    @property
    def words(self):
        """Return «30-day review of 2 actions, due for 5 days»."""
        days = _(" and ").join(str(days) for days in self.marks)
        what = ngettext(
            "%(days)s-day review of %(count)d action", "%(days)s-day review of %(count)d actions", len(self.lines)
        ) % {"days": days, "count": len(self.lines)}
        if not self.days_over:
            return _("%(what)s, due today") % {"what": what}
        return ngettext("%(what)s, due for %(over)d day", "%(what)s, due for %(over)d days", self.days_over) % {
            "what": what,
            "over": self.days_over,
        }


def due_plans(clinics, *, now):
    """Return the `PlanDue`s among these clinics (a QuerySet), those that have waited longest first; two queries."""
    first = timezone.localdate(now) - timedelta(days=REVIEW_DAYS[0])
    actions = PlanAction.objects.filter(outcome="", agreed_on__lte=first, clinic__in=clinics.order_by().values("pk"))
    by_clinic = defaultdict(list)
    for line in action_lines(actions.select_related("clinic__area").order_by("clinic", "place"), now=now):
        if line.due:
            by_clinic[line.action.clinic].append(line)
    due = [PlanDue(clinic, lines) for clinic, lines in by_clinic.items()]
    return sorted(due, key=lambda one: (-one.days_over, one.clinic.sort_key, one.clinic.pk))


class PlanCount(NamedTuple):
    """How many clinics there are, how many have a plan, and how their actions stand by the last review of each."""

    clinics: int = 0
    planned: int = 0
    done: int = 0
    partly: int = 0
    not_done: int = 0
    unreviewed: int = 0
    let_go: int = 0

    def __add__(self, other):
        return PlanCount(*map(sum, zip(self, other, strict=True)))


@dataclass
class PlanFigures:
    """The PlanCount of all of some clinics, and of each health area by name: [(area or None, PlanCount)]."""

    total: PlanCount
    areas: list = field(default_factory=list)


def plan_figures(clinics):
    """Return the `PlanFigures` of these clinics (a QuerySet), in three queries.

    A clinic has a plan with an action that is open or was done; one that was let go is none.
    """
    chosen = clinics.order_by().values("pk")
    actions = PlanAction.objects.filter(clinic__in=chosen)
    own = PlanAction.objects.filter(clinic=OuterRef("pk")).exclude(outcome=LET_GO)
    by_area = defaultdict(PlanCount)
    for area, is_planned in clinics.order_by().annotate(planned=Exists(own)).values_list("area", "planned"):
        by_area[area] += PlanCount(clinics=1, planned=int(is_planned))
    last = PlanReview.objects.filter(action=OuterRef("pk")).order_by("-days", "-number")
    said = actions.order_by().annotate(said=Subquery(last.values("answer")[:1]))
    for area, outcome, answer in said.values_list("clinic__area", "outcome", "said"):
        by_area[area] += PlanCount(**{_standing(outcome, answer): 1})
    names = Area.objects.in_bulk([pk for pk in by_area if pk])
    ordered = sorted(by_area, key=lambda pk: (pk is None, pk and spanish_key(names[pk].name), pk))
    return PlanFigures(sum(by_area.values(), PlanCount()), [(names.get(pk), by_area[pk]) for pk in ordered])


class ClinicPlan(NamedTuple):
    """How the plan of a clinic stands: open actions, its PlanCount, and the day of the review that comes next."""

    clinic: Clinic
    open: int
    count: PlanCount
    next_review: date | None
    is_due: bool


def clinic_plans(clinics, *, now):
    """Return the `ClinicPlan` of each of these Clinics, also of those without a plan, in two queries."""
    by_clinic = defaultdict(list)
    for line in action_lines(PlanAction.objects.filter(clinic__in=[clinic.pk for clinic in clinics]), now=now):
        by_clinic[line.action.clinic_id].append(line)
    return [_clinic_plan(clinic, by_clinic[clinic.pk]) for clinic in clinics]


def _clinic_plan(clinic, lines):
    count = PlanCount(clinics=1, planned=int(any(not line.is_let_go for line in lines)))
    for line in lines:
        answer = line.last_review.answer if line.last_review else None
        count += PlanCount(**{_standing(line.action.outcome, answer): 1})
    days = [line.to_review.day for line in lines if line.to_review]
    return ClinicPlan(
        clinic,
        sum(line.is_open for line in lines),
        count,
        min(days, default=None),
        any(line.due for line in lines),
    )


def _standing(outcome, answer):
    if outcome:
        return "done" if outcome == DONE else "let_go"
    return {PlanReview.Answer.PARTLY: "partly", PlanReview.Answer.NOT: "not_done"}.get(answer, "unreviewed")
