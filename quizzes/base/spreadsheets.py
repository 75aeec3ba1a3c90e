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

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
MAX_COLUMN_WIDTH = 44
_STREAMED_COLUMN_WIDTH = 22
_MAX_IN_MEMORY = 2_000_000
_FORMULA_STARTS = "=+-@\t\r\n"
_NATIVE_TYPES = (NoneType, int, float, Decimal, date)
_FORBIDDEN_IN_SHEET_TITLES = str.maketrans("", "", "[]:*?/\\'")


class Percentage(float):
    """Per cent, such as 83.3: a number with percent format in XLSX, text with a sign in CSV."""


def table_paths(route, view, name):
    """Return the URL patterns `<name>_xlsx` and `<name>_csv` of a table; the view gets `ending`."""
    return [path(f"{route}.{ending}", view, {"ending": ending}, name=f"{name}_{ending}") for ending in ("xlsx", "csv")]


def send_csv(headings, rows, name):
    def lines():
        writer = csv.writer(_Echo())
        # Excel needs the byte order mark to read its accents.
        yield "\ufeff" + writer.writerow(safe_row(headings))
        for row in rows:
            yield writer.writerow(safe_row(row))

    return StreamingHttpResponse(lines(), content_type=CSV, headers=_attachment(name))


def send_xlsx(sheets, name):
    """Stream a workbook of sheets (title, headings, rows)."""
    workbook = Workbook(write_only=True)
    for title, headings, rows in sheets:
        sheet = workbook.create_sheet(title[:31])
        for number in range(len(headings)):
            sheet.column_dimensions[chr(ord("A") + number)].width = _STREAMED_COLUMN_WIDTH
        sheet.freeze_panes = "B2"
        set_up_printing(sheet, filtered=f"A1:{chr(ord('A') + len(headings) - 1)}1")
        sheet.append([_heading_cell(sheet, value) for value in safe_row(headings)])
        for row in rows:
            sheet.append([_streamed_cell(sheet, value) for value in safe_row(row)])
    file = tempfile.SpooledTemporaryFile(max_size=_MAX_IN_MEMORY)  # noqa: SIM115
    workbook.save(file)
    file.seek(0)
    return FileResponse(file, content_type=XLSX, headers=_attachment(name))


def download(content, name, content_type):
    return HttpResponse(content, content_type=content_type, headers=_attachment(name))


def table_csv(headings, rows):
    text = io.StringIO(newline="")
    csv.writer(text).writerows(map(_csv_cell, safe_row(row)) for row in [headings, *rows])
    return text.getvalue().encode("utf-8-sig")


def table_xlsx(title, headings, rows):
    return build_workbook([(title, headings, rows)])


def build_workbook(sheets):
    """Return the bytes of a workbook with a sheet for each (title, headings, rows)."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for title, headings, rows in sheets:
        write_table(workbook.create_sheet(), title, headings, rows)
    return workbook_bytes(workbook)


def workbook_bytes(workbook):
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def write_table(sheet, title, headings, rows, *, untitled="1"):
    """Write text, numbers, Percentages, dates and None; `untitled` replaces an empty title."""
    sheet.title = _sheet_title(title) or untitled
    for values in [headings, *rows]:
        append_row(sheet, values)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for number, column in enumerate(zip(headings, *rows, strict=True), start=1):
        longest = max(_width(cell, heading=index == 0) for index, cell in enumerate(column))
        sheet.column_dimensions[get_column_letter(number)].width = min(longest + 2, MAX_COLUMN_WIDTH)
    sheet.freeze_panes = "B2"
    set_up_printing(sheet)


def append_row(sheet, values):
    sheet.append([_typed_cell(sheet, value) for value in safe_row(values)])


def set_up_printing(sheet, *, filtered=None):
    """Fit the sheet to Letter and repeat row 1; `filtered` is the range to filter of an empty sheet."""
    sheet.auto_filter.ref = filtered or sheet.dimensions
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_LETTER
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def safe_row(row):
    return [_safe(cell) for cell in row]


def safe_cell(text):
    return escape_formula(ILLEGAL_CHARACTERS_RE.sub("", text))


def escape_formula(text):
    """Prefix an apostrophe to formulas: https://owasp.org/www-community/attacks/CSV_Injection"""
    visible = unicodedata.normalize("NFKC", text.lstrip(" ")[:1])
    return f"'{text}" if visible and visible in _FORMULA_STARTS else text


def _safe(cell):
    if isinstance(cell, datetime):
        # Sheets have no time zones, and readers need no seconds.
        return timezone.localtime(cell).replace(tzinfo=None, second=0, microsecond=0)
    return cell if isinstance(cell, _NATIVE_TYPES) else safe_cell(str(cell)) or None


class _Echo:
    def write(self, line):
        return line


def _attachment(name):
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}


def _heading_cell(sheet, value):
    cell = WriteOnlyCell(sheet, value)
    cell.font = Font(bold=True)
    return cell


def _streamed_cell(sheet, value):
    if not isinstance(value, date):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = "dd/mm/yyyy"
    return cell


def _csv_cell(cell):
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return f"{cell:.1f}%" if isinstance(cell, Percentage) else cell


def _typed_cell(sheet, value):
    # A datetime is a date too, so it comes first.
    formats = {Percentage: "0.0%", datetime: "dd/mm/yyyy hh:mm", date: "dd/mm/yyyy"}
    number_format = next((format_ for kind, format_ in formats.items() if isinstance(value, kind)), None)
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
    return max(map(len, cell.split()), default=0) + 3 if heading else len(str(cell or ""))


def _sheet_title(name):
    return ILLEGAL_CHARACTERS_RE.sub("", name).translate(_FORBIDDEN_IN_SHEET_TITLES).strip()[:31]
