"""Tables as workbooks that print well: a heading that stays, columns as wide as what they hold, days as days."""

from datetime import date, datetime

from django.utils.formats import date_format
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from .tables import Percentage, bytes_of, print_on_letter, safe_row

# The widest column, in characters.
WIDEST = 44
_FORBIDDEN_IN_SHEET_TITLES = str.maketrans("", "", "[]:*?/\\'")


def table_xlsx(title, headings, rows):
    """Return a table as an XLSX workbook of one sheet."""
    workbook = Workbook()
    write_table(workbook.active, title, headings, rows)
    return bytes_of(workbook)


def workbook_of(sheets):
    """Return tables, each (title, headings, rows), as an XLSX workbook of one sheet each."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for title, headings, rows in sheets:
        write_table(workbook.create_sheet(), title, headings, rows)
    return bytes_of(workbook)


def write_table(sheet, title, headings, rows, *, untitled="1"):
    """Fill a sheet with a table: its cells are text, numbers, Percentages, days, moments or None.

    `untitled` is a title for lack of one.
    """
    sheet.title = _sheet_title(title) or untitled
    for values in [headings, *rows]:
        append_typed(sheet, values)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for number, column in enumerate(zip(headings, *rows, strict=True), start=1):
        longest = max(_width(cell, heading=index == 0) for index, cell in enumerate(column))
        sheet.column_dimensions[get_column_letter(number)].width = min(longest + 2, WIDEST)
    sheet.freeze_panes = "B2"
    print_on_letter(sheet)


def append_typed(sheet, values):
    """Add a row in which numbers, percentages, days and moments are what they are, each in its format."""
    sheet.append([_typed(sheet, value) for value in safe_row(values)])


def _typed(sheet, value):
    # A moment is a date too: it is asked first.
    formats = {Percentage: "0.0%", datetime: "dd/mm/yyyy hh:mm", date: "dd/mm/yyyy"}
    number_format = next((words for kind, words in formats.items() if isinstance(value, kind)), None)
    if number_format is None:
        return value
    cell = Cell(sheet, value=value / 100 if isinstance(value, Percentage) else value)
    cell.number_format = number_format
    return cell


def _width(cell, *, heading):
    if isinstance(cell, datetime):
        return len("25/11/2026 15:00")
    if isinstance(cell, date):
        return len(date_format(cell, "SHORT_DATE_FORMAT"))
    # A heading may wrap to two or three lines; a word may not.
    return max(map(len, cell.split()), default=0) + 3 if heading else len(str(cell or ""))


def _sheet_title(name):
    return ILLEGAL_CHARACTERS_RE.sub("", name).translate(_FORBIDDEN_IN_SHEET_TITLES).strip()[:31]
