"""Tables as workbooks that print well: a heading that stays, columns as wide as what they hold, days as days."""

from datetime import date

from django.utils.formats import date_format
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from .tables import bytes_of, print_on_letter, safe_row

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
    """Fill a sheet with a table: its cells are text, numbers, dates or None. `untitled` is a title for lack of one."""
    sheet.title = _sheet_title(title) or untitled
    for values in [headings, *rows]:
        sheet.append(safe_row(values))
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            if isinstance(cell.value, date):
                cell.number_format = "dd/mm/yyyy"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for number, column in enumerate(zip(headings, *rows, strict=True), start=1):
        longest = max(_width(cell, heading=index == 0) for index, cell in enumerate(column))
        sheet.column_dimensions[get_column_letter(number)].width = min(longest + 2, WIDEST)
    sheet.freeze_panes = "B2"
    print_on_letter(sheet)


def _width(cell, *, heading):
    if isinstance(cell, date):
        return len(date_format(cell, "SHORT_DATE_FORMAT"))
    # A heading may wrap to two or three lines; a word may not.
    return max(map(len, cell.split()), default=0) + 3 if heading else len(str(cell or ""))


def _sheet_title(name):
    return ILLEGAL_CHARACTERS_RE.sub("", name).translate(_FORBIDDEN_IN_SHEET_TITLES).strip()[:31]
