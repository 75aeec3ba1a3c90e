"""A group's grid as XLSX and CSV."""

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from certificates.issuing.status import CertificateStatus
from course.groups.activity import WEEKS
from course.groups.each_activity import NOT_ASKED_WORDS
from course.people.cohorts import help_rule
from quizzes.base.spreadsheets import MAX_COLUMN_WIDTH, append_row, table_csv, workbook_bytes, write_table

from .words import rule_words, summary_words


def grid_table(grid, activity):
    """Return (headings, rows) of the grid with {learner pk: Activity}. A cell is text, a number, a day or None."""
    modules = [f"{column.outline.number}. {column.outline.title}" for column in grid.columns]
    headings = [
        _("Surnames"),
        _("Given names"),
        _("User code"),
        _("Role"),
        _("Clinic"),
        _("Course"),
        _("Modules finished"),
        _("Modules in all"),
        *modules,
        _("Why help is needed"),
        _("Certificate"),
        _("Date of issue"),
        _("Holds until"),
        _("Steps in %(weeks)d weeks") % {"weeks": WEEKS},
        _("Last step"),
    ]
    return headings, [_cells(row, activity[row.learner.pk]) for row in grid.rows]


def write_csv(grid, activity):
    return table_csv(*grid_table(grid, activity))


def write_xlsx(cohort, grid, activity, *, now):
    workbook = Workbook()
    write_table(workbook.active, cohort.name, *grid_table(grid, activity), untitled=_("Group"))
    _write_summary(workbook.create_sheet(_("Summary")), cohort, grid, now=now)
    return workbook_bytes(workbook)


def file_name(what, cohort, ending, *, now):
    names = [slugify(what)] + ([slugify(cohort.name)[:60] or str(cohort.pk)] if cohort else [])
    return f"{'-'.join(names)}-{timezone.localdate(now):%Y-%m-%d}.{ending}"


def _cells(row, activity):
    learner, last = row.learner, row.last_certificate
    return [
        learner.last_name,
        learner.first_name,
        learner.username,
        learner.get_role_display(),
        str(learner.clinic or ""),
        str(row.state.label),
        row.progress.done_count,
        row.progress.total,
        *(str(module.state.label if module else NOT_ASKED_WORDS) for module in row.cells),
        "; ".join(f"{outline.number}: {reason}" for outline, reason in row.reasons),
        row.certificate_words,
        last.issue_day if last and row.standing is not CertificateStatus.REVOKED else None,
        last.expires_on if last and row.standing is not CertificateStatus.REVOKED else None,
        activity.steps,
        timezone.localdate(activity.last) if activity.last else None,
    ]


def _write_summary(sheet, cohort, grid, *, now):
    lines = [
        (_("Group"), cohort.name),
        (_("Clinic"), str(cohort.clinic or "")),
        (_("Date of the report"), timezone.localdate(now)),
        (_("In one sentence"), summary_words(grid)),
        *((f"{column.outline.number}. {column.outline.title}", column.done, column.people) for column in grid.columns),
        (_("Certificates that hold"), len(grid.certificates), grid.people),
        (_("Rule"), rule_words(help_rule(cohort))),
    ]
    for line in lines:
        append_row(sheet, line)
    of_how_many = f'"{_("of")} "0'
    for label, value, total in sheet.iter_rows(max_col=3):
        label.font = Font(bold=True)
        label.alignment = value.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
        total.number_format, total.alignment = of_how_many, Alignment(vertical="top", horizontal="left")
    sheet.column_dimensions["A"].width = MAX_COLUMN_WIDTH
    sheet.column_dimensions["B"].width = 2 * MAX_COLUMN_WIDTH
