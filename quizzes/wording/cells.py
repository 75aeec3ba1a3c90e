"""What may stand in a cell of a spreadsheet, whoever wrote it."""

import unicodedata

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

_FORMULA_STARTS = "=+-@\t\r\n"


def safe_cell(text):
    """Return `text` without what a spreadsheet cannot hold, and so that nothing in it is taken for a formula."""
    return without_formula(ILLEGAL_CHARACTERS_RE.sub("", text))


def without_formula(text):
    """Return `text` so that no spreadsheet program takes it for a formula: what looks like one gets an apostrophe.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    visible = unicodedata.normalize("NFKC", text.lstrip(" ")[:1])
    return f"'{text}" if visible and visible in _FORMULA_STARTS else text
