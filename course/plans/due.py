"""Reviews that are due, figures and tables of many plans, without a ranking."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from course.models import REVIEW_DAYS, Area, Clinic, PlanAction, PlanReview
from course.models.people import spanish_key

from .reading import ActionLine, action_lines

SHOWN = 10
LET_GO, DONE = PlanAction.Outcome.LET_GO, PlanAction.Outcome.DONE


@dataclass(frozen=True)
class PlanDue:
    clinic: Clinic
    lines: list[ActionLine]

    @property
    def days_over(self):
        return max(line.days_over for line in self.lines)

    @property
    def marks(self):
        return sorted({line.due.days for line in self.lines})

    @property
    def posts(self):
        return list(dict.fromkeys(line.action.post for line in self.lines))

    @property
    def words(self):
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
    """Return the `PlanDue`s of these clinics (a QuerySet), the longest wait first; two queries."""
    first = timezone.localdate(now) - timedelta(days=REVIEW_DAYS[0])
    actions = PlanAction.objects.filter(outcome="", agreed_on__lte=first, clinic__in=clinics.order_by().values("pk"))
    by_clinic = defaultdict(list)
    for line in action_lines(actions.select_related("clinic__area").order_by("clinic", "place"), now=now):
        if line.due:
            by_clinic[line.action.clinic].append(line)
    due = [PlanDue(clinic, lines) for clinic, lines in by_clinic.items()]
    return sorted(due, key=lambda one: (-one.days_over, one.clinic.sort_key, one.clinic.pk))


class PlanCount(NamedTuple):
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
    total: PlanCount
    areas: list = field(default_factory=list)


def plan_figures(clinics):
    """Return the `PlanFigures` of these clinics (a QuerySet), in three queries."""
    actions = PlanAction.objects.filter(clinic__in=clinics.order_by().values("pk"))
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
    clinic: Clinic
    open: int
    count: PlanCount
    next_review: date | None
    is_due: bool


def clinic_plans(clinics, *, now):
    """Return the `ClinicPlan` of each of these Clinics, with or without a plan, in two queries."""
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
        clinic, sum(line.is_open for line in lines), count, min(days, default=None), any(line.due for line in lines)
    )


def _standing(outcome, answer):
    if outcome:
        return "done" if outcome == DONE else "let_go"
    return {PlanReview.Answer.PARTLY: "partly", PlanReview.Answer.NOT: "not_done"}.get(answer, "unreviewed")


def plan_table(plan):
    headings = [_("Action"), _("Point of the list"), _("Post"), _("Agreed on"), _("Until"), pgettext("action", "State")]
    headings += [_("Ended on"), _("Why it was let go"), _("Written by"), _("Review of day"), _("Due on")]
    headings += [_("How it stands"), _("What was in the way"), _("In own words"), _("Noted at"), _("Noted by")]
    return headings, [
        [*_action_cells(line), *review]
        for line in plan.lines
        for review in [_review_cells(mark, one) for mark in line.marks for one in mark.reviews] or [[None] * 7]
    ]


def _action_cells(line):
    action = line.action
    state = action.get_outcome_display() if action.outcome else pgettext("action", "Open")
    cells = [action.words, action.point, action.post, action.agreed_on, action.due_on, str(state)]
    return [*cells, action.ended_on, action.why_let_go, str(action.made_by or "")]


def _review_cells(mark, review):
    answer = str(review.get_answer_display())
    if review != mark.review:
        answer = _("%(answer)s (corrected later)") % {"answer": answer}
    cells = [mark.days, mark.day, answer, "; ".join(review.obstacle_words), review.words]
    return [*cells, review.noted_at, str(review.noted_by or "")]


def due_table(due):
    headings = [_("Health area"), _("Clinic"), _("Action"), _("Post"), _("Review of day"), _("Due on"), _("Days over")]
    return headings, [
        [
            str(one.clinic.area or ""),
            one.clinic.name,
            line.action.words,
            line.action.post,
            line.due.days,
            line.due.day,
            line.days_over,
        ]
        for one in due
        for line in one.lines
    ]


def plans_table(lines):
    headings = [_("Health area"), _("Clinic"), _("Open actions"), *_count_headings(), _("Next review")]
    return headings, [
        [str(line.clinic.area or ""), line.clinic.name, line.open, *counts_of(line.count), line.next_review]
        for line in lines
    ]


def figures_sheet(figures):
    headings = [_("Health area"), _("Clinics"), _("With a plan"), *_count_headings()]
    areas = [*figures.areas, (_("Total"), figures.total)]
    rows = [[str(area or _("No health area")), one.clinics, one.planned, *counts_of(one)] for area, one in areas]
    return (_("Plans of the centres"), headings, rows)


def counts_of(count: PlanCount):
    return [count.done, count.partly, count.not_done, count.unreviewed, count.let_go]


def _count_headings():
    return [
        pgettext("actions", "Done"),
        pgettext("actions", "In part"),
        pgettext("actions", "Not done"),
        pgettext("actions", "Without a review"),
        pgettext("actions", "Let go"),
    ]
