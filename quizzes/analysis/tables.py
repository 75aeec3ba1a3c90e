"""The item analysis as rows: of the options of a question and of the questions of a quiz, on pages, as CSV and XLSX."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from quizzes.wording.percentages import write_percentage
from quizzes.wording.tables import Percentage, bytes_of, print_on_letter
from quizzes.wording.workbooks import append_typed

from .indices import LEAST_SHOWN, Weight
from .report import Order

WIDTHS = [6, 14, 60, 20, 12, 10, 12, 12, 12, 14, 12, 12, 40, 12, 60]
OPTION_WIDTHS = [60, 14, 12, 12, 12]
# The columns of the page: the order they sort by (or none), the name, and what the name means.
HEADINGS = [
    (Order.PLACE, gettext_lazy("Question"), ""),
    (Order.ADVICE, gettext_lazy("Advice"), ""),
    (None, gettext_lazy("Asked"), gettext_lazy("of the people counted")),
    (Order.FACILITY, gettext_lazy("Facility index"), gettext_lazy("mean of its points")),
    (None, gettext_lazy("Standard deviation"), gettext_lazy("how far people differ")),
    (Order.DISCRIMINATION, gettext_lazy("Discrimination index"), gettext_lazy("goes with the rest of the quiz")),
    (Order.EFFICIENCY, gettext_lazy("Discriminative efficiency"), gettext_lazy("of the most it could")),
    (None, gettext_lazy("Wrong option chosen most"), ""),
]


@dataclass(frozen=True)
class OptionRow:
    """A line of the options: `share` is per cent of the people asked, as a text that an SVG can take as a width."""

    text: str
    people: int
    right: bool = False
    share: str = "0"
    is_open: bool = False


def option_rows(figures):
    """Return the OptionRows of a question, with those who left it open last."""
    rows = [
        OptionRow(option.text, option.people, option.right, share_of(option.people, figures.people))
        for option in figures.options
    ]
    left_open = OptionRow(
        _("Left open"), figures.left_open, share=share_of(figures.left_open, figures.people), is_open=True
    )
    return [*rows, left_open]


def share_of(people, of_people):
    return f"{min(100 * people / of_people, 100):.1f}" if of_people else "0"


def percent(number):
    """Return an index to one place, «–» where there is none, and never «-0.0»."""
    if number is None:
        return "–"
    return write_percentage(f"{round(number, 1) + 0:.1f}")


def weight_words(weight):
    """Return what is said of so few answers, or nothing."""
    if weight == Weight.HIDDEN:
        return _("Fewer than %(least)d answers: nothing is shown yet.") % {"least": LEAST_SHOWN}
    return _("few answers") if weight == Weight.FEW else ""


def report_table(report):
    """Return (headings, rows) of a QuizReport; a cell is text, a number or None, and safe to write as it is."""
    headings = [
        _("No."),
        _("Identifier"),
        _("Question"),
        _("Kind"),
        _("Asked"),
        _("Of people"),
        _("All points"),
        _("Facility index"),
        _("Standard deviation"),
        _("Discrimination index"),
        _("Discriminative efficiency"),
        _("Left open"),
        _("Wrong option chosen most"),
        _("Chosen by"),
        _("Advice"),
    ]
    return headings, [_cells(row, report.people) for row in report.rows]


def options_table(row):
    """Return (headings, rows) of how many people chose each option of a question that has figures."""
    headings = [_("Option"), _("Right"), _("People"), _("Of people"), _("Per cent")]
    of_people = row.figures.people
    return headings, [
        [option.text, _("Right") if option.right else None, option.people, of_people, Percentage(option.share)]
        for option in option_rows(row.figures)
    ]


def table_xlsx(headings, rows, *, widths, frozen="A2"):
    """Return a table as an XLSX workbook that prints on Letter; what is above and left of `frozen` stays in sight."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = _("Analysis")
    for values in [headings, *rows]:
        append_typed(sheet, values)
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = frozen
    print_on_letter(sheet)
    return bytes_of(workbook)


def file_name(report, ending, *, now):
    """Return a file name that any computer accepts and that says nothing of the course, such as `analisis-m1-….csv`."""
    return f"analisis-{report.quiz.identifier}-{timezone.localdate(now):%Y-%m-%d}.{ending}"


def people_words(people):
    return ngettext("%(count)d person", "%(count)d people", people) % {"count": people}


def _cells(row, people):
    kind = row.question.get_kind_display() if row.question else None
    first = [row.place, row.identifier, row.text, kind]
    figures = row.figures
    if figures is None:
        return [*first, *[None] * 10, weight_words(row.weight)]
    favourite = figures.wrong_favourite
    return [
        *first,
        figures.people,
        people,
        figures.full_points,
        *(_rounded(index) for index in (figures.facility, figures.deviation, figures.discrimination)),
        _rounded(figures.efficiency),
        figures.left_open,
        favourite.text if favourite else None,
        favourite.people if favourite else None,
        str(row.advice.label) if row.advice else weight_words(row.weight),
    ]


def _rounded(index):
    return None if index is None else round(index, 1) + 0
