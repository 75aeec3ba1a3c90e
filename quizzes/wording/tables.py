"""Tables as files that leave the site: CSV, and the sheets of a workbook."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from types import NoneType

from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from .cells import safe_cell

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
