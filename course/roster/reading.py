"""Read a list of staff: workbook, text file of any encoding, pasted cells."""

import csv
import io
import posixpath
import re

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from quizzes.importing.parts.archives import is_zip, look_inside_workbook, open_archive
from quizzes.importing.parts.reading import UnreadableFile
from quizzes.importing.parts.xml import parse_xml

from .cells import (
    LARGEST,
    MOST_COLUMNS,
    MOST_LETTERS,
    MOST_ROWS,
    MOST_SHOWN,
    ROWS_ABOVE,
    UnreadableList,
    cell_text,
    clean_cell,
    refuse_long_sheet,
)

MOST_SHEETS = 30
_LARGEST_INSIDE = 20 * 1024 * 1024
# Ranges do not overlap, so together they cover no more cells than a list may have.
_MOST_RANGES, _MOST_SPREAD = 20_000, 400_000
# A tag cannot span the start of another: this keeps the search linear.
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^<>]*?ref=["']([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})["']""")
_ROW, _COLUMN = (re.compile(rb"<(?:\w+:)?%s\s[^<>]*>" % name) for name in (b"row", b"col"))
_IS_HIDDEN = re.compile(rb"""\shidden=["'](?:1|true)["']""")
_MOST_COLUMN_TAGS = 16_384
_ROWS_READ = MOST_ROWS + ROWS_ABOVE + 1


def read_workbook(content):
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
        # Only the names of the other sheets: the list may be on one of them.
        unread = [sheet.title[:100] for sheet in workbook.worksheets[MOST_SHEETS:]]
        return sheets + [{"name": name, "hidden": False, "rows": [], "unread": True} for name in unread]
    except MemoryError:
        raise
    except Exception as error:
        # openpyxl raises KeyError, ValueError, ParseError… for damaged workbooks.
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


_SEPARATORS = "\t;,|"
_LOOKED_AT = 100_000
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read_list(content):
    """Return the sheets of a file's bytes: [{"name": "2026", "hidden": False, "rows": [["Paz", "Luz"]]}].

    A text file is one sheet without a name; empty rows are kept. A "long" sheet has only its first rows, an "unread"
    one none. A workbook also lists "hidden_rows" (from 1) and "hidden_columns" (from 0). Raises `UnreadableList`.
    """
    refuse_size(len(content))
    if content.startswith(_OLD_EXCEL):
        raise UnreadableList(
            _("This is an old kind of Excel file, or one with a password. Save it as .xlsx without one.")
        )
    if is_zip(content):
        return _checked(read_workbook(content))
    if b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableList(_("This file is no list: bring an Excel workbook (.xlsx) or a CSV file."))
    return read_pasted(_decode(content))


def read_pasted(text):
    refuse_size(len(text))
    rows, separator = [], _separator(text)
    table = io.StringIO(_with_lone_marks(text, separator), newline="")
    try:
        for row in csv.reader(table, delimiter=separator, strict=False):
            cells = [clean_cell(cell) for cell in row[: MOST_COLUMNS + 1]]
            # Millions of empty lines may follow.
            if len(rows) <= MOST_ROWS + ROWS_ABOVE or any(cells):
                rows.append(cells)
            if len(rows) > MOST_ROWS + ROWS_ABOVE + 1:
                break
    except csv.Error as error:
        raise UnreadableList(
            _("The text can’t be read as a table. Copy the cells anew, or save them as .xlsx.")
        ) from error
    return _checked([{"name": "", "hidden": False, "rows": rows}])


def refuse_size(size):
    if size > LARGEST:
        raise UnreadableList(
            _("The file is larger than %(limit)d MB. Save only the list of people, without pictures.")
            % {"limit": LARGEST // 1024**2}
        )


def _checked(sheets):
    for sheet in sheets:
        while sheet["rows"] and not any(sheet["rows"][-1]):
            sheet["rows"].pop()
        if any(cell for row in sheet["rows"] for cell in row[MOST_COLUMNS:]):
            raise UnreadableList(
                _("The list has more than %(limit)d columns. Save only those about people.") % {"limit": MOST_COLUMNS}
            )
        if len(sheet["rows"]) > MOST_ROWS + ROWS_ABOVE:
            sheet |= {"rows": sheet["rows"][: ROWS_ABOVE + MOST_SHOWN], "long": True}
    unread = [sheet for sheet in sheets if sheet.get("unread")]
    sheets = [sheet for sheet in sheets if sheet["rows"]]
    if not sheets and unread:
        raise UnreadableList(
            _("The first %(count)d sheets are empty, and no more are read. Copy the list into a new workbook.")
            % {"count": MOST_SHEETS}
        )
    if not sheets:
        raise UnreadableList(_("The list is empty."))
    if sum(len(cell) for sheet in sheets for row in sheet["rows"] for cell in row) > MOST_LETTERS:
        raise UnreadableList(_("The list holds far more text than names and posts. Save only the list of people."))
    if all(sheet.get("long") for sheet in sheets):
        refuse_long_sheet()
    return sheets + unread


def _decode(content):
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableList(_("The letters of the file can’t be read. Save it as .xlsx, or as CSV in UTF-8."))


def _with_lone_marks(text, separator):
    alone = re.compile(rf'(?:(?<=[{re.escape(separator)}\n])|\A)"(?= *(?:[{re.escape(separator)}\r\n]|\Z))')
    parts, done, is_open = [], 0, False
    for mark in alone.finditer(text):
        before = text[done : mark.start()]
        is_open ^= bool(before.count('"') % 2)
        parts += [before, '"' if is_open else '""""']
        is_open, done = False, mark.end()
    return "".join([*parts, text[done:]])


def _separator(text):
    lines = [line for line in text[:_LOOKED_AT].splitlines()[:200] if line.strip()]

    def evenness(separator):
        counts = [line.count(separator) for line in lines if separator in line]
        most = max(set(counts), key=counts.count) if counts else 0
        return (counts.count(most) * bool(most), most)

    return max(_SEPARATORS, key=evenness)
