"""The messy list of 60 people of docs/examples, and lists made for a test."""

import io
from pathlib import Path

from openpyxl import Workbook

from course.roster.reading import read_list
from course.roster.uploads import bring_list
from tests.factories import NOW

MESSY = Path(__file__).resolve().parents[3] / "docs" / "examples" / "lista-de-personal.csv"


def messy_rows():
    return read_list(MESSY.read_bytes())[0]["rows"]


def workbook(rows, *, merged=()):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merged:
        book.active.merge_cells(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def bring(cohort, rows, *, by=None, name="lista.xlsx", now=NOW):
    return bring_list(cohort, rows, name=name, by=by or cohort.trainers.get(), now=now)
