"""Which sheet of a workbook is the list of people."""

from .cells import refuse_long_sheet
from .columns import find_columns


def likeliest_sheet(sheets):
    """Return the number, from 0, of the sheet that looks most like a list of people. Raises `UnreadableList`.

    One whose headings say how people are called stands before others, one that is seen before a hidden one, then the
    one with more columns that are known, then the longer one, and then the first.
    """
    read = [number for number, sheet in enumerate(sheets) if not sheet.get("unread")]
    likeliest = max(read, key=lambda number: (*_looks_like_people(sheets[number]), -number))
    if sheets[likeliest].get("long"):
        refuse_long_sheet()
    return likeliest


def _looks_like_people(sheet):
    _headings, columns = find_columns(sheet["rows"])
    # A page of text has one column that is filled, a list several.
    width = max(sum(map(bool, row)) for row in sheet["rows"])
    return bool(columns), not sheet["hidden"], len(columns), min(width, 2), len(sheet["rows"])
