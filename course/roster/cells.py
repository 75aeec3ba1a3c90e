"""Limits of a list of staff, and the text of one cell."""

import datetime
import re
import unicodedata

from django.utils.translation import gettext as _

LARGEST = 5 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 5_000, 60
LONGEST_CELL = 300
# All cells together: a small workbook may repeat one long text thousands of times.
MOST_LETTERS = 5_000_000
ROWS_ABOVE = 20
MOST_SHOWN = 20
# Error values of formulas, in Spanish and English: «#N/D», «#¡DIV/0!», «#¿NOMBRE?», «Err:508».
_ERROR = re.compile(r"#(n/?[ad]|[¡¿]?[\w/]+[!?]|(getting|obteniendo)_\w+|#+)|err:[0-9]{3}", re.IGNORECASE)
# Words for "nothing", as `_short_key` has them; a lookup of an empty cell shows 0.
_NOTHING = {
    "n a", "na", "n d", "nd", "s d", "sd", "s i", "s n", "0", "ninguno", "ninguna", "no tiene", "no aplica", "no hay",
    "no consta", "sin dato", "sin datos", "sin informacion", "en blanco", "null", "none", "not applicable", "no data",
}  # fmt: skip
_LONGEST_NOTHING = 18
# Longer ones are lines to sign on.
_DASHES = re.compile(r"[-‐‑‒–—−.*?¿/\\|·•]{1,4}|_{1,2}")
_DITTO_WORDS = {"idem", "ditto", "igual", "lo mismo", "el mismo", "la misma"}
_DITTO_MARKS = re.compile(r"""["“”„«»″〃']{1,2}""")


class UnreadableList(ValueError):
    pass


def cell_text(value):
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    return clean_cell(str(value))


def clean_cell(text):
    text = unicodedata.normalize("NFC", text.replace("\u00a0", " "))
    text = "".join(" " if letter.isspace() else letter for letter in text if letter.isspace() or letter.isprintable())
    text = " ".join(text.split())
    if _ERROR.fullmatch(text) or _DASHES.fullmatch(text) or _short_key(text) in _NOTHING:
        return ""
    return (text[1:] if re.match(r"'\s*[=+@-]", text) else text)[:LONGEST_CELL]


def is_ditto(text):
    return bool(_DITTO_MARKS.fullmatch(text)) or _short_key(text) in _DITTO_WORDS


def _short_key(text):
    if len(text) > _LONGEST_NOTHING:
        return ""
    plain = unicodedata.normalize("NFD", text.casefold())
    return " ".join(re.findall(r"[a-z0-9]+", "".join(letter for letter in plain if not unicodedata.combining(letter))))


def refuse_long_sheet():
    raise UnreadableList(
        _("The list has more than %(limit)d rows. Bring it in parts, such as one for each clinic.")
        % {"limit": MOST_ROWS}
    )
