"""Export as a spreadsheet with the columns of the import."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from quizzes.base.spreadsheets import XLSX, workbook_bytes
from quizzes.exporting.parts.losses import leave_out
from quizzes.exporting.parts.percents import write_number
from quizzes.importing.parts.columns import MOST_OPTIONS, NO, RARE, YES, list_columns
from quizzes.importing.parts.texts import clean
from quizzes.kinds import KINDS
from quizzes.models import Difficulty

name = "xlsx"
label = gettext_lazy("Spreadsheet (XLSX)")
suffix = ".xlsx"
content_type = XLSX
with_images = False
LONGEST_CELL = 32_767
_WIDE, _NARROW = 40, 14


def write(questions):
    warnings = []
    options = max([4, *(len(question.choices) for question in questions)])
    rare = [part for part in RARE if any(part in KINDS[question.kind].choice_fields for question in questions)]
    columns = list_columns(min(options, MOST_OPTIONS), rare)
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = _("Questions")
    _write_row(sheet, 1, [str(heading) for _key, heading in columns])
    row = 1
    for question in questions:
        cells = [_cell(question, key) for key, _heading in columns]
        if len(question.choices) > MOST_OPTIONS or any(len(cell) > LONGEST_CELL for cell in cells):
            warnings.append(leave_out(question, _("It is too large for a sheet, and is not in the file.")))
            continue
        if question.case:
            sentence = _("A sheet has no cases: its case “%(case)s” is not in the file.")
            warnings.append(question.problem(sentence % {"case": question.case.title}))
        row += 1
        _write_row(sheet, row, cells)
    _lay_out(sheet, columns)
    return workbook_bytes(workbook), warnings


def _write_row(sheet, row, cells):
    for column, text in enumerate(cells, start=1):
        if text:
            cell = sheet.cell(row, column, guard_formula(text))
            # Not a number or formula, whatever it looks like.
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def guard_formula(text):
    """Prefix a text that looks like a formula; the import removes the prefix."""
    text = clean(text)
    return f"'{text}" if re.match(r"\s*[=+@-]", text) else text


def _lay_out(sheet, columns):
    sheet.freeze_panes = "A2"
    for number, (key, _heading) in enumerate(columns, start=1):
        sheet.cell(1, number).font = Font(bold=True)
        part = key[0] if isinstance(key, tuple) else key
        wide = part in ("text", "marking_guide") or part.endswith("feedback")
        sheet.column_dimensions[get_column_letter(number)].width = _WIDE if wide else _NARROW


def _cell(question, key):
    if isinstance(key, tuple):
        part, number = key
        return _option_cell(question, question.choices[number - 1], part) if number <= len(question.choices) else ""
    value = getattr(question, key)
    if key == "kind":
        return str(KINDS[value].label)
    if key == "topic":
        return " / ".join(name.replace(" / ", " // ") for name in value)
    if key == "tags":
        return ", ".join(value)
    if key == "difficulty":
        return str(Difficulty(value).label) if value else ""
    if isinstance(value, bool):
        return str(YES if value else NO)
    return str(value)


def _option_cell(question, choice, part):
    if part == "percent":
        if choice.fraction is not None:
            is_accepted = choice.gap is not None and choice.is_correct
            return f"{YES} " * is_accepted + write_number(choice.fraction)
        return str(YES if choice.is_correct else NO) if "is_correct" in KINDS[question.kind].choice_fields else ""
    value = getattr(choice, part)
    if value is None:
        return ""
    return write_number(value) if part in ("tolerance", "x", "y", "radius") else str(value)
