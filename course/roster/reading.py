"""A list of staff as it comes: a workbook, a text file of any usual encoding, or cells pasted from a spreadsheet."""

import csv
import io
import re
import unicodedata

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from quizzes.importing.parts.archives import is_zip, look_inside_workbook, open_archive
from quizzes.importing.parts.reading import UnreadableFile

LARGEST = 5 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 5_000, 30
LONGEST_CELL = 300
# Of all cells together: a cell of a workbook may say in a few bytes what thousands say.
MOST_LETTERS = 5_000_000
# Above the first person there may be a title, an empty line or two and the headings.
ROWS_ABOVE = 20
_LARGEST_INSIDE = 20 * 1024 * 1024
_SEPARATORS = "\t;,|"
_LOOKED_AT = 100_000
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


class UnreadableList(ValueError):
    """The list cannot be read; the message says why, and what to do, in a sentence."""


def read_list(content):
    """Return the rows of a list of staff, each a list of texts; row 1 is the first, so that an empty one is kept.

    `content` are the bytes of a file. Raises `UnreadableList`.
    """
    refuse_size(len(content))
    if content.startswith(_OLD_EXCEL):
        raise UnreadableList(
            _("This is an old kind of Excel file, or one with a password. Save it as .xlsx without one.")
        )
    if is_zip(content):
        return _checked(_read_workbook(content))
    if b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableList(_("This file is no list: bring an Excel workbook (.xlsx) or a CSV file."))
    return read_pasted(_decode(content))


def read_pasted(text):
    """Return the rows of pasted text, as `read_list` does."""
    refuse_size(len(text))
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=False):
            cells = [_clean(cell) for cell in row[:MOST_COLUMNS]]
            # Millions of empty lines may follow the people: none of them is kept.
            if len(rows) <= MOST_ROWS + ROWS_ABOVE or any(cells):
                rows.append(cells)
            if len(rows) > MOST_ROWS + ROWS_ABOVE + 1:
                break
    except csv.Error as error:
        raise UnreadableList(
            _("The text can't be read as a table. Copy the cells anew, or save them as .xlsx.")
        ) from error
    return _checked(rows)


def refuse_size(size):
    """Raise `UnreadableList` for a file larger than any list of staff."""
    if size > LARGEST:
        raise UnreadableList(
            _("The file is larger than %(limit)d MB. Save only the list of people, without pictures.")
            % {"limit": LARGEST // 1024**2}
        )


def _checked(rows):
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise UnreadableList(_("The list is empty."))
    if sum(len(cell) for row in rows for cell in row) > MOST_LETTERS:
        raise UnreadableList(_("The list holds far more text than names and posts. Save only the list of people."))
    if len(rows) > MOST_ROWS + ROWS_ABOVE:
        raise UnreadableList(
            _("The list has more than %(limit)d rows. Bring it in parts, such as one for each clinic.")
            % {"limit": MOST_ROWS}
        )
    return rows


def _decode(content):
    """Return the text of a file in UTF-8 with or without a mark, UTF-16 with one, or else windows-1252."""
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if is_utf16 else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableList(_("The letters of the file can't be read. Save it as .xlsx, or as CSV in UTF-8."))


def _separator(text):
    """Return the separator that divides most lines into the same number of cells."""
    lines = [line for line in text[:_LOOKED_AT].splitlines()[:200] if line.strip()]

    def evenness(separator):
        counts = [line.count(separator) for line in lines if separator in line]
        most = max(set(counts), key=counts.count) if counts else 0
        return (counts.count(most) * bool(most), most)

    return max(_SEPARATORS, key=evenness)


def _read_workbook(content):
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
        for sheet in workbook.worksheets:
            sheet.reset_dimensions()
            cells = sheet.iter_rows(max_row=MOST_ROWS + ROWS_ABOVE + 1, max_col=MOST_COLUMNS, values_only=True)
            rows = [[_text(value) for value in row] for row in cells]
            if width := max((_used(row) for row in rows), default=0):
                return [row[:width] for row in rows]
    except MemoryError:
        raise
    except Exception as error:
        # openpyxl fails in many ways on what only looks like a workbook: KeyError, ValueError, ParseError…
        raise UnreadableList(
            _("The workbook is damaged, or of a kind that can't be read. Save it anew as .xlsx.")
        ) from error
    return []


def _used(row):
    """Return how many cells of a row there are up to the last with something in it."""
    return max((place for place, cell in enumerate(row, start=1) if cell), default=0)


def _text(value):
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _clean(str(value))


def _clean(text):
    """Return the text of a cell on one line, without control characters and the apostrophe before a formula."""
    text = unicodedata.normalize("NFC", text.replace("\u00a0", " "))
    text = "".join(" " if letter.isspace() else letter for letter in text if letter.isspace() or letter.isprintable())
    text = " ".join(text.split())
    return (text[1:] if re.match(r"'\s*[=+@-]", text) else text)[:LONGEST_CELL]
