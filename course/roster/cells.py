"""What is read of a list of staff at most, and the text of one cell."""

import datetime
import re
import unicodedata

from django.utils.translation import gettext as _

LARGEST = 5 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 5_000, 60
LONGEST_CELL = 300
# Of all cells together: a cell of a workbook may say in a few bytes what thousands say.
MOST_LETTERS = 5_000_000
# Above the first person there may be a title, an empty line or two and the headings.
ROWS_ABOVE = 20
# Of a sheet that is too long, so many of its rows are kept to say what it holds.
MOST_SHOWN = 20
# What a formula shows that came to nothing.
_NO_VALUE = {"#n/a", "#ref!", "#name?", "#value!", "#div/0!", "#null!", "#num!", "#¿nombre?", "#¡valor!", "#¡ref!"}


class UnreadableList(ValueError):
    """The list cannot be read; the message says why, and what to do, in a sentence."""


def cell_text(value):
    """Return what the cell of a workbook shows, as text."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    return clean_cell(str(value))


def clean_cell(text):
    """Return the text of a cell on one line, without control characters and the apostrophe before a formula."""
    text = unicodedata.normalize("NFC", text.replace("\u00a0", " "))
    text = "".join(" " if letter.isspace() else letter for letter in text if letter.isspace() or letter.isprintable())
    text = " ".join(text.split())
    if text.casefold() in _NO_VALUE:
        return ""
    return (text[1:] if re.match(r"'\s*[=+@-]", text) else text)[:LONGEST_CELL]


def refuse_long_sheet():
    """Raise `UnreadableList` for more people than one list may have."""
    raise UnreadableList(
        _("The list has more than %(limit)d rows. Bring it in parts, such as one for each clinic.")
        % {"limit": MOST_ROWS}
    )
