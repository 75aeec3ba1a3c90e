"""CSV and XLSX files: safe cells, streamed rows, sheets to print."""

import csv
import io
import tempfile
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from types import NoneType

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

_FORMULA_STARTS = "=+-@\t\r\n"


def safe_cell(text):
    """Return `text` without what a spreadsheet cannot hold, and so that nothing in it is taken for a formula."""
    return without_formula(ILLEGAL_CHARACTERS_RE.sub("", text))


def without_formula(text):
    """Return `text` so that no spreadsheet program takes it for a formula: what looks like one gets an apostrophe.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    visible = unicodedata.normalize("NFKC", text.lstrip(" ")[:1])
    return f"'{text}" if visible and visible in _FORMULA_STARTS else text


_WIDTH = 22
# Bigger files wait on the disk.
_IN_MEMORY = 2_000_000


class _Line:
    """What `csv.writer` writes to: it gives each line back."""

    def write(self, line):
        return line


def send_csv(headings, rows, name):
    """Return a response that writes a table as CSV while its rows come."""

    def lines():
        writer = csv.writer(_Line())
        # Excel needs the byte order mark to read its accents.
        yield "\ufeff" + writer.writerow(safe_row(headings))
        for row in rows:
            yield writer.writerow(safe_row(row))

    return _unkept(StreamingHttpResponse(lines(), content_type=CSV, headers=_named(name)))


def send_xlsx(sheets, name):
    """Return a response with a workbook of these sheets, each (title, headings, rows): numbers and days stay such."""
    workbook = Workbook(write_only=True)
    for title, headings, rows in sheets:
        sheet = workbook.create_sheet(title[:31])
        for number in range(len(headings)):
            sheet.column_dimensions[chr(ord("A") + number)].width = _WIDTH
        sheet.freeze_panes = "B2"
        print_on_letter(sheet, filtered=f"A1:{chr(ord('A') + len(headings) - 1)}1")
        sheet.append([_cell(sheet, value, is_heading=True) for value in safe_row(headings)])
        for row in rows:
            sheet.append([_cell(sheet, value) for value in safe_row(row)])
    # The response closes it.
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    workbook.save(file)
    file.seek(0)
    return _unkept(FileResponse(file, content_type=XLSX, headers=_named(name)))


def _cell(sheet, value, *, is_heading=False):
    if is_heading:
        cell = WriteOnlyCell(sheet, value)
        cell.font = Font(bold=True)
        return cell
    if not isinstance(value, date):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = "dd/mm/yyyy"
    return cell


def _named(name):
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _unkept(response):
    response["Cache-Control"] = "private, no-store"
    return response


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
_AS_THEY_ARE = (NoneType, int, float, Decimal, date)


class Percentage(float):
    """A number of per cent, 83.3, that is written as such: a sheet counts with it, and a text has its sign."""


def safe_row(row):
    """Return the cells of a row safe to write: numbers, days, moments in the site's zone, text; empty ones are None."""
    return [_safe(cell) for cell in row]


def _safe(cell):
    if isinstance(cell, datetime):
        # A sheet knows no zones, and no seconds that anybody wants.
        return timezone.localtime(cell).replace(tzinfo=None, second=0, microsecond=0)
    return cell if isinstance(cell, _AS_THEY_ARE) else safe_cell(str(cell)) or None


def download(content, name, content_type):
    """Return a response that is saved as a file of this name, and that no browser or cache keeps."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def table_csv(headings, rows):
    """Return a table as CSV in UTF-8; Excel needs the byte order mark to read its accents."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(map(_in_words, safe_row(row)) for row in [headings, *rows])
    return text.getvalue().encode("utf-8-sig")


def _in_words(cell):
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return f"{cell:.1f}%" if isinstance(cell, Percentage) else cell


def bytes_of(workbook):
    """Return an openpyxl workbook as the bytes of its file."""
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def print_on_letter(sheet, *, filtered=None):
    """Let a sheet print as wide as Letter, with its first row on each page; on screen that row filters.

    `filtered` are the cells that it filters, where the sheet does not know yet what it will hold.
    """
    sheet.auto_filter.ref = filtered or sheet.dimensions
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_LETTER
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def table_paths(route, view, name):
    """Return the addresses of a table as a file, `<name>_xlsx` and `<name>_csv`; the view is told its `ending`."""
    return [path(f"{route}.{ending}", view, {"ending": ending}, name=f"{name}_{ending}") for ending in ("xlsx", "csv")]


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
