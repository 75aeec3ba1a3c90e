"""The sheets of a workbook, read under bounds: what stands in merged cells stands in each of them."""

import io
import posixpath
import re

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from quizzes.importing.parts.archives import look_inside_workbook, open_archive
from quizzes.importing.parts.reading import UnreadableFile
from quizzes.importing.parts.xml import parse_xml

from .cells import MOST_COLUMNS, MOST_ROWS, ROWS_ABOVE, UnreadableList, cell_text

MOST_SHEETS = 30
_LARGEST_INSIDE = 20 * 1024 * 1024
# Ranges of a sheet lie beside one another, so together they cover no more cells than a list may have.
_MOST_RANGES, _MOST_SPREAD = 20_000, 400_000
# No tag reaches over the beginning of another: else what looks like many that never end is read again for each of them.
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^<>]*?ref=["']([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})["']""")
# Of rows and columns the bounds are those of their sheet; a filter hides rows as a hand does.
_ROW, _COLUMN = (re.compile(rb"<(?:\w+:)?%s\s[^<>]*>" % name) for name in (b"row", b"col"))
_IS_HIDDEN = re.compile(rb"""\shidden=["'](?:1|true)["']""")
_MOST_COLUMN_TAGS = 16_384
_ROWS_READ = MOST_ROWS + ROWS_ABOVE + 1


def read_workbook(content):
    """Return the sheets of a workbook's bytes as `read_list` does, empty ones too. Raises `UnreadableList`."""
    too_large = _("Unpacked, the workbook is far larger than any list of staff. Copy only the list into a new one.")
    try:
        members = open_archive(content)
        if "xl/workbook.xml" not in members:
            raise UnreadableList(_("This file is no list: bring an Excel workbook (.xlsx) or a CSV file."))
        look_inside_workbook(members, largest=_LARGEST_INSIDE, too_large=too_large)
    except UnreadableFile as error:
        raise UnreadableList(error.sentence) from error
    try:
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        paths = _paths_of_sheets(members)
        sheets = []
        for sheet in workbook.worksheets[:MOST_SHEETS]:
            sheet.reset_dimensions()
            cells = sheet.iter_rows(max_row=_ROWS_READ, max_col=MOST_COLUMNS + 1, values_only=True)
            rows = [[cell_text(value) for value in row] for row in cells]
            width = max((_used(row) for row in rows), default=0)
            rows = [row[:width] + [""] * (width - len(row)) for row in rows]
            one = {"name": sheet.title[:100], "hidden": sheet.sheet_state != "visible", "rows": rows}
            if part := members.get(paths.get(sheet.title)):
                content = part()
                _spread(rows, _MERGED.findall(content))
                one |= _hidden_in(content, rows)
            sheets.append(one)
        # Of those behind the last that is read, the names alone: the list may be on one of them.
        unread = [sheet.title[:100] for sheet in workbook.worksheets[MOST_SHEETS:]]
        return sheets + [{"name": name, "hidden": False, "rows": [], "unread": True} for name in unread]
    except MemoryError:
        raise
    except Exception as error:
        # openpyxl fails in many ways on what only looks like a workbook: KeyError, ValueError, ParseError…
        raise UnreadableList(
            _("The workbook is damaged, or of a kind that can’t be read. Save it anew as .xlsx.")
        ) from error


def _paths_of_sheets(members):
    targets = {}
    for one in parse_xml(members["xl/_rels/workbook.xml.rels"]()).iter():
        if _local(one.tag) == "Relationship":
            targets[one.get("Id")] = posixpath.normpath(posixpath.join("/xl", one.get("Target", ""))).lstrip("/")
    paths = {}
    for one in parse_xml(members["xl/workbook.xml"]()).iter():
        if _local(one.tag) == "sheet":
            key = next((value for name, value in one.attrib.items() if _local(name) == "id"), None)
            paths[one.get("name")] = targets.get(key)
    return paths


def _local(name):
    return name.rpartition("}")[2]


def _hidden_in(content, rows):
    hidden_rows, hidden_columns = set(), set()
    for tag in _ROW.findall(content):
        if _IS_HIDDEN.search(tag):
            hidden_rows.add(_number(tag, b"r"))
    # A workbook has no more columns than that.
    for tag in _COLUMN.findall(content)[:_MOST_COLUMN_TAGS]:
        if _IS_HIDDEN.search(tag):
            hidden_columns |= set(range(max(_number(tag, b"min") - 1, 0), min(_number(tag, b"max"), MOST_COLUMNS)))
    seen = {number for number, row in enumerate(rows, start=1) if any(row)}
    return {"hidden_rows": sorted(hidden_rows & seen), "hidden_columns": sorted(hidden_columns)}


def _number(tag, name):
    found = re.search(rb"""\s%s=["']([0-9]{1,7})["']""" % name, tag)
    return int(found[1]) if found else 0


def _used(row):
    return max((place for place, cell in enumerate(row, start=1) if cell), default=0)


def _spread(rows, ranges):
    filled = [any(row) for row in rows]
    left = _MOST_SPREAD
    for reference in ranges[:_MOST_RANGES]:
        first_column, first_row, last_column, last_row = range_boundaries(reference.decode())
        last_row = min(last_row, len(rows))
        if not (first_row <= last_row and first_column <= len(rows[first_row - 1])):
            continue
        value = rows[first_row - 1][first_column - 1]
        for row, has_some in zip(rows[first_row - 1 : last_row], filled[first_row - 1 : last_row], strict=True):
            width = min(last_column, len(row)) - first_column + 1
            left -= width
            if left < 0:
                return
            if value and has_some:
                row[first_column - 1 : first_column - 1 + width] = [value] * width
