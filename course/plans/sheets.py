"""The tables of plans as rows for a spreadsheet: each (headings, rows) of what its page shows."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .due import PlanCount


def plan_table(plan):
    """Every action of a plan with every review of it, corrected ones too: a row each."""
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
    """The centres whose plan is to be reviewed, an action in each row."""
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
    """`lines` are the `ClinicPlan`s of the list."""
    headings = [_("Health area"), _("Clinic"), _("Open actions"), *_count_headings(), _("Next review")]
    return headings, [
        [str(line.clinic.area or ""), line.clinic.name, line.open, *counts_of(line.count), line.next_review]
        for line in lines
    ]


def figures_sheet(figures):
    """Return (title, headings, rows) of the plans by health area, for a workbook."""
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
