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
# What a formula shows that came to nothing, in Spanish and English: «#N/D», «#¡DIV/0!», «#¿NOMBRE?», «Err:508».
_ERROR = re.compile(r"#(n/?[ad]|[¡¿]?[\w/]+[!?]|(getting|obteniendo)_\w+|#+)|err:[0-9]{3}", re.IGNORECASE)
# How lists say that there is nothing to say, as `_short_key` has it; a lookup of an empty cell shows 0.
_NOTHING = {
    "n a", "na", "n d", "nd", "s d", "sd", "s i", "s n", "0", "ninguno", "ninguna", "no tiene", "no aplica", "no hay",
    "no consta", "sin dato", "sin datos", "sin informacion", "en blanco", "null", "none", "not applicable", "no data",
}  # fmt: skip
_LONGEST_NOTHING = 18
# Long ones are lines to sign on.
_DASHES = re.compile(r"[-‐‑‒–—−.*?¿/\\|·•]{1,4}|_{1,2}")
# The same as in the cell above.
_DITTO_WORDS = {"idem", "ditto", "igual", "lo mismo", "el mismo", "la misma"}
_DITTO_MARKS = re.compile(r"""["“”„«»″〃']{1,2}""")


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
    if _says_nothing(text):
        return ""
    return (text[1:] if re.match(r"'\s*[=+@-]", text) else text)[:LONGEST_CELL]


def _says_nothing(text):
    return bool(_ERROR.fullmatch(text) or _DASHES.fullmatch(text)) or _short_key(text) in _NOTHING


def is_ditto(text):
    """Whether a cell says that it holds what the one above holds: «ídem», or the marks for it."""
    return bool(_DITTO_MARKS.fullmatch(text)) or _short_key(text) in _DITTO_WORDS


def _short_key(text):
    if len(text) > _LONGEST_NOTHING:
        return ""
    plain = unicodedata.normalize("NFD", text.casefold())
    return " ".join(re.findall(r"[a-z0-9]+", "".join(letter for letter in plain if not unicodedata.combining(letter))))


def refuse_long_sheet():
    """Raise `UnreadableList` for more people than one list may have."""
    raise UnreadableList(
        _("The list has more than %(limit)d rows. Bring it in parts, such as one for each clinic.")
        % {"limit": MOST_ROWS}
    )
