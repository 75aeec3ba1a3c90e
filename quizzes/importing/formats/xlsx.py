"""Import of a spreadsheet with the columns of quizzes/importing/parts/columns.py."""

import re
import unicodedata
from decimal import Decimal
from io import BytesIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import load_workbook

from quizzes.importing.parts.archives import is_zip, look_inside_workbook, open_archive
from quizzes.importing.parts.columns import (
    MOST_OPTIONS,
    OF_OPTION,
    find_columns,
    read_difficulty,
    read_kind,
    read_yes_and_percent,
    read_yes_or_no,
)
from quizzes.importing.parts.percent import exact_percent
from quizzes.importing.parts.reading import (
    Problem,
    ReadChoice,
    Reading,
    ReadQuestion,
    UnreadableFile,
    at_row,
    read_marks,
    read_number,
    say_unknown_kind,
)
from quizzes.importing.parts.texts import clean

name = "xlsx"
label = gettext_lazy("Spreadsheet (XLSX)")
suffixes = (".xlsx",)
MOST_ROWS, MOST_COLUMNS = 5_000, 300
# Unpacked; openpyxl needs many times as much memory.
LARGEST_INSIDE = 30 * 1024 * 1024
_ROWS_TO_LOOK_AT = 20


def sniff(content):
    return is_zip(content) and b"xl/workbook.xml" in content


def read(content):
    reading, headed = Reading(), False
    for title, rows in _open_sheets(content):
        headings = next(((n, found) for n, found in map(_read_headings, rows[:_ROWS_TO_LOOK_AT]) if found), None)
        if headings is None:
            continue
        headed = True
        number, columns = headings
        for place, cells in rows:
            if number < place <= MOST_ROWS:
                _read_row(place, {key: cells[at] for at, key in columns.items() if at < len(cells)}, reading)
        if rows and rows[-1][0] > MOST_ROWS:
            sentence = _("The sheet has more than %(limit)d rows; the rest was not read.")
            reading.problems.append(Problem("", title, sentence % {"limit": MOST_ROWS}))
    if not headed:
        raise UnreadableFile(
            _("No sheet has the headings that we know, such as “Question” and “Option 1”. Begin with the template.")
        )
    return reading


class _Cell:
    def __init__(self, cell=None):
        value = getattr(cell, "value", None)
        self.text = ""
        if isinstance(value, bool):
            self.text = "yes" if value else "no"
        elif isinstance(value, int | float):
            number = Decimal(repr(value)) * (100 if "%" in (cell.number_format or "") else 1)
            self.text = format(number.normalize(), "f")
        elif value is not None:
            text = unicodedata.normalize("NFC", clean(str(value).replace("\r\n", "\n"))).strip()
            # The export prefixes an apostrophe to what looks like a formula.
            self.text = text[1:] if re.match(r"'\s*[=+@-]", text) else text


_NOTHING = _Cell()


def _open_sheets(content):
    too_large = _("Unpacked, the file has more than %(limit)d MB, so it was not read. Bring it in parts.")
    too_large %= {"limit": LARGEST_INSIDE // 1024**2}
    look_inside_workbook(open_archive(content), largest=LARGEST_INSIDE, too_large=too_large)
    try:
        workbook = load_workbook(BytesIO(content), read_only=True, data_only=True)
        for sheet in workbook.worksheets:
            sheet.reset_dimensions()
            rows = sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS)
            numbered = ((number, [_Cell(cell) for cell in row]) for number, row in enumerate(rows, start=1))
            yield sheet.title, [(number, cells) for number, cells in numbered if any(cell.text for cell in cells)]
    except (UnreadableFile, MemoryError):
        raise
    except Exception as error:
        # openpyxl fails in many ways on what only looks like a workbook: KeyError, ValueError, ParseError…
        raise UnreadableFile(_("The spreadsheet is damaged, or it is of a kind that can’t be read.")) from error


def _read_headings(row):
    number, cells = row
    columns = find_columns([cell.text for cell in cells])
    return number, columns if {"text", ("text", 1)} <= set(columns.values()) else None


def _read_row(number, cells, reading):
    def text(key):
        return cells.get(key, _NOTHING).text

    place = at_row(number)
    kind = read_kind(text("kind"))
    question = ReadQuestion(
        place,
        kind,
        text("text"),
        identifier=text("identifier"),
        feedback=text("feedback"),
        topic=tuple(
            part.strip().replace(" // ", " / ") for part in re.split(r"\s[/>›]\s", text("topic")) if part.strip()
        ),
        tags=tuple(tag.strip() for tag in re.split(r"[,;]", text("tags")) if tag.strip()),
        difficulty=read_difficulty(text("difficulty")),
        image_text=text("image_text"),
        unit=text("unit"),
        marking_guide=text("marking_guide"),
        **{f"{verdict}_feedback": text(f"{verdict}_feedback") for verdict in ("right", "partly", "wrong")},
    )
    problems = []
    for key in ("forgives_case", "forgives_accents", "published"):
        if text(key):
            setattr(question, key, _read_flag(question, text(key), problems))
    if text("marks"):
        question.marks, sentence = read_marks(text("marks"))
        reading.warnings += [question.problem(sentence)] if sentence else []
    if text("difficulty") and not question.difficulty:
        problems.append(
            _("“%(word)s” is no difficulty: write easy, medium or hard.") % {"word": text("difficulty")[:40]}
        )
    question.choices = list(_read_choices(text, kind, problems))
    question.kind = kind or _guess_kind(text("kind"), question.choices, problems)
    if problems:
        reading.problems += [question.problem(sentence) for sentence in problems]
    else:
        reading.questions.append(question)


def _read_flag(question, word, problems):
    flag = read_yes_or_no(word)
    if flag is None:
        problems.append(_("Write yes or no instead of “%(word)s”.") % {"word": word[:40]})
    return bool(flag)


def _guess_kind(word, choices, problems):
    if word:
        problems.append(say_unknown_kind(word))
    return "multiple" if sum(choice.is_correct for choice in choices) > 1 else "single"


def _read_choices(text, kind, problems):
    for number in range(1, MOST_OPTIONS + 1):
        if not any(text((part, number)) for part in OF_OPTION):
            continue
        choice = ReadChoice(text(("text", number)), feedback=text(("feedback", number)), match=text(("match", number)))
        if not choice.text and not (choice.match and kind == "matching"):
            problems.append(_("Option %(number)d has no text, but something stands beside it.") % {"number": number})
        if said := text(("percent", number)):
            _give_percent(choice, said, kind, problems)
        if said := text(("tolerance", number)):
            choice.tolerance = read_number(said)
            if choice.tolerance is None:
                problems.append(_("“%(word)s” is no number for a tolerance.") % {"word": said[:40]})
        if said := text(("gap", number)):
            choice.gap = int(said) if re.fullmatch(r"[1-9]\d?", said) else None
            if choice.gap is None:
                sentence = _("“%(word)s” is no number of a gap: write that of the text.")
                problems.append(sentence % {"word": said[:40]})
        _give_place(choice, {name: text((name, number)) for name in ("x", "y", "radius")}, problems)
        yield choice


def _give_place(choice, said, problems):
    for name, word in said.items():
        if word:
            value = read_number(word.removesuffix("%"))
            setattr(choice, name, value if value is None else round(value, 3))
            if value is None:
                problems.append(_("“%(word)s” is no number for a place in the picture.") % {"word": word[:40]})


def _give_percent(choice, said, kind, problems):
    flag = read_yes_or_no(said)
    if flag is not None:
        choice.is_correct = flag
        return
    if accepted := read_yes_and_percent(said):
        said = accepted
    choice.fraction = read_number(said.removesuffix("%"))
    if choice.fraction is None:
        problems.append(_("“%(word)s” is neither yes nor a percentage.") % {"word": said[:40]})
    else:
        choice.fraction = exact_percent(choice.fraction)
        earns = choice.fraction > 0 if kind in ("multiple", "places") else choice.fraction >= 100
        choice.is_correct = bool(accepted) or earns
