"""A list of staff as it comes: a workbook, a text file of any usual encoding, or cells pasted from a spreadsheet."""

import csv
import io
import re

from django.utils.translation import gettext as _

from quizzes.importing.parts.archives import is_zip

from .cells import (
    LARGEST,
    MOST_COLUMNS,
    MOST_LETTERS,
    MOST_ROWS,
    MOST_SHOWN,
    ROWS_ABOVE,
    UnreadableList,
    clean_cell,
    refuse_long_sheet,
)
from .workbooks import MOST_SHEETS, read_workbook

_SEPARATORS = "\t;,|"
_LOOKED_AT = 100_000
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read_list(content):
    """Return the sheets of a list of staff, such as [{"name": "2026", "hidden": False, "rows": [["Paz", "Luz"]]}].

    `content` are the bytes of a file; a text file is one sheet without a name. Row 1 is the first, so that an empty
    one is kept. Of a sheet that is "long" only the first rows are there, and of one that is "unread" none. A workbook
    says too which "hidden_rows" (numbers) and "hidden_columns" (places from 0) it does not show. Raises
    `UnreadableList`.
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
    """Return the one sheet of pasted text, as `read_list` does."""
    refuse_size(len(text))
    rows, separator = [], _separator(text)
    table = io.StringIO(_with_lone_marks(text, separator), newline="")
    try:
        for row in csv.reader(table, delimiter=separator, strict=False):
            cells = [clean_cell(cell) for cell in row[: MOST_COLUMNS + 1]]
            # Millions of empty lines may follow the people: none of them is kept.
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
    """Raise `UnreadableList` for a file larger than any list of staff."""
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
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if is_utf16 else ["utf-8-sig", "cp1252"]
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
        # Within a cell of many lines it closes that one.
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
