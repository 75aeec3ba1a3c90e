"""Tables as files that leave the site: CSV, and the sheets of a workbook."""

import csv
import io
from datetime import date
from decimal import Decimal
from types import NoneType

from django.http import HttpResponse
from django.urls import path
from openpyxl.worksheet.properties import PageSetupProperties

from .cells import safe_cell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
_AS_THEY_ARE = (NoneType, int, float, Decimal, date)


def safe_row(row):
    """Return the cells of a row (None, numbers, dates, or what becomes text) safe to write; empty ones are None."""
    return [safe_cell(str(cell)) or None if not isinstance(cell, _AS_THEY_ARE) else cell for cell in row]


def download(content, name, content_type):
    """Return a response that is saved as a file of this name, and that no browser or cache keeps."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def table_csv(headings, rows):
    """Return a table as CSV in UTF-8; Excel needs the byte order mark to read its accents."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(safe_row(row) for row in [headings, *rows])
    return text.getvalue().encode("utf-8-sig")


def bytes_of(workbook):
    """Return an openpyxl workbook as the bytes of its file."""
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def print_on_letter(sheet):
    """Let a sheet print as wide as Letter, with its first row on each page; on screen that row filters."""
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_LETTER
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def table_paths(route, view, name):
    """Return the addresses of a table as a file, `<name>_xlsx` and `<name>_csv`; the view is told its `ending`."""
    return [path(f"{route}.{ending}", view, {"ending": ending}, name=f"{name}_{ending}") for ending in ("xlsx", "csv")]
