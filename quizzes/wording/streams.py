"""Long tables as files, written row by row: a hundred thousand of them are never in memory together."""

import csv
import tempfile
from datetime import date

from django.http import FileResponse, StreamingHttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from .tables import CSV, XLSX, print_on_letter, safe_row

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
