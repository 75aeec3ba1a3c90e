"""A list of staff between its bringing and its confirmation: who brought it, which sheet, and which column is which."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from course.models import RosterUpload

from .columns import Field, has_names, likeliest_sheet
from .known import may_compare_list
from .planning import Mended, columns_of_rows, plan_list

# A list that nobody confirmed holds names of people, and is forgotten.
KEPT = timedelta(days=1)
_DIGITS_OF_A_CUI = 13


class ColumnsMissing(ValueError):
    """The columns do not say how people are called, or two say the same; the message says so to the person."""


class ListMovedOn(ValueError):
    """The list is no more as the page showed it, or is being written; the message says so, and what to do."""


@dataclass(frozen=True)
class Column:
    """A column of the sheet that is read: its `heading`, some of what stands in it, and the field that it is or ""."""

    place: int
    heading: str
    examples: list
    field: str

    @property
    def words(self):
        """What it is called, for whoever is to know that it is not used."""
        return self.heading or _("Column %(number)d") % {"number": self.place + 1}


def bring_list(cohort, rows, *, name, by, now):
    """Keep the rows of a list of one sheet: see `bring_sheets`."""
    return bring_sheets(cohort, [{"name": "", "hidden": False, "rows": rows}], name=name, by=by, now=now)


def bring_sheets(cohort, sheets, *, name, by, now):
    """Keep the sheets of a list until it is confirmed, with the columns that the headings of the likeliest name.

    Returns the upload. Raises `UnreadableList` when the likeliest is too long.
    """
    forget_old_lists(now=now)
    number = likeliest_sheet(sheets) if sheets[0]["rows"] else 0
    upload = RosterUpload(cohort=cohort, brought_by=by, brought_at=now, name=name[:200], rows=[], sheets=sheets)
    _read_sheet(upload, number, now=now)
    upload.save()
    return upload


def _read_sheet(upload, number, *, now):
    left = dict(upload.chosen.get("left", {}))
    if "sheet" in upload.chosen:
        before = upload.chosen["sheet"]
        upload.sheets[before]["rows"] = upload.rows
        left[str(before)] = {"rows": upload.chosen.get("rows", {}), "columns": upload.columns}
    upload.rows, upload.sheets[number]["rows"] = upload.sheets[number]["rows"], []
    found = left.pop(str(number), None) or {"rows": {}, "columns": _columns_found(upload)}
    upload.columns = found["columns"]
    upload.chosen |= {"sheet": number, "rows": found["rows"], "left": left}
    _look_at_numbers(upload, now=now)


def _columns_found(upload):
    headings, columns = columns_of_rows(upload.rows, upload.cohort)
    first = 0 if headings is None else headings + 1
    return {field.value: place for field, place in columns.items()} | {"first": first}


def _look_at_numbers(upload, *, now):
    upload.chosen["compares"] = may_compare_list(
        upload.rows, columns_of(upload), by=upload.brought_by, cohort=upload.cohort, now=now
    )


@transaction.atomic
def choose_sheet(upload, number, *, now):
    """Read another sheet of the workbook. One that can't be read changes nothing. Raises `ListMovedOn`."""
    locked = lock_to_change(upload)
    if number not in {sheet.number for sheet in sheets_of(locked) if not (sheet.long or sheet.is_read)}:
        return
    _read_sheet(locked, number, now=now)
    locked.save(update_fields=["rows", "sheets", "chosen", "columns"])


@dataclass(frozen=True)
class Sheet:
    """A sheet of the workbook: how many rows it has, whether it is hidden, too long to be read, or the one read."""

    number: int
    name: str
    rows: int
    hidden: bool
    long: bool
    is_read: bool


def sheets_of(upload):
    """Return [Sheet] of the workbook, without those that are `unread_in` it; nothing of a list that is no workbook."""
    read = upload.chosen.get("sheet", 0)
    sheets = [
        Sheet(
            *(number, one["name"], len(upload.rows if number == read else one["rows"])),
            *(one.get("hidden", False), one.get("long", False), number == read),
        )
        for number, one in enumerate(upload.sheets)
        if not one.get("unread")
    ]
    return [sheet for sheet in sheets if sheet.name]


def unread_in(upload):
    """Return the names of the sheets of the workbook behind the last of the MOST_SHEETS that are read."""
    return [sheet["name"] for sheet in upload.sheets if sheet.get("unread")]


def way_of_reading(upload):
    """Return which sheet, first row and columns are read, as text such as "1:first=1,given=0,surnames=2"."""
    columns = ",".join(f"{name}={place}" for name, place in sorted(upload.columns.items()))
    return f"{upload.chosen.get('sheet', 0)}:{columns}"


def lock_to_change(upload, *, read_as=None):
    """Return the upload as it is now; until the transaction is over nobody else mends or confirms it.

    `read_as` is the `way_of_reading` that whoever changes it was shown: rows and columns have other people and other
    meanings in another. Raises `ListMovedOn`.
    """
    locked = RosterUpload.objects.select_for_update().get(pk=upload.pk)
    if locked.is_being_imported or locked.finished_at:
        raise ListMovedOn(_("The list is being written or was written already, so nothing of it was changed."))
    if read_as not in (None, way_of_reading(locked)):
        raise ListMovedOn(_words_of_change(locked, read_as))
    return locked


def _words_of_change(upload, read_as):
    names = {str(sheet.number): sheet.name for sheet in sheets_of(upload)}
    before, now = read_as.partition(":")[0], str(upload.chosen.get("sheet", 0))
    if before == now or before not in names:
        return _(
            "The columns or the first row were chosen otherwise since this page was opened: nothing of what you wrote"
            " on it was saved. Look at the list as it is read now, and write it anew."
        )
    return _(
        "This page showed the sheet “%(before)s”, and now “%(now)s” is read: nothing of what you wrote was saved."
        " If it belongs to “%(before)s”, read that sheet again and write it there."
    ) % {"before": names[before], "now": names[now]}


@transaction.atomic
def put_away(upload):
    """Forget a list that is not confirmed. Raises `ListMovedOn`."""
    lock_to_change(upload).delete()


def unconfirmed_lists(*, now):
    """Return the lists that nobody confirmed within a day."""
    return RosterUpload.objects.filter(finished_at=None, brought_at__lt=now - KEPT)


def forget_old_lists(*, now):
    """Delete the lists that nobody confirmed within a day."""
    unconfirmed_lists(now=now).delete()


def uploads_of(person, cohort):
    """Return the lists that this person brought to the group: nobody else sees them."""
    return RosterUpload.objects.filter(brought_by=person, cohort=cohort)


def columns_of(upload):
    """Return {Field: number of the column} of an upload."""
    return {Field(name): place for name, place in upload.columns.items() if name != "first"}


def mended_in(upload):
    """Return what was `Mended` in an upload."""
    return Mended(**{name: upload.chosen.get(name, {}) for name in ("clinics", "roles", "rows")})


def plan_of(upload, *, tell=None):
    """Return the `Plan` of an upload whose columns say how people are called; else None. `tell` as in `plan_list`."""
    columns = columns_of(upload)
    if not has_names(columns):
        return None
    first, by, mended = upload.columns["first"], upload.brought_by, mended_in(upload)
    compares = upload.chosen.get("compares", True)
    return plan_list(
        upload.rows, columns, first=first, cohort=upload.cohort, by=by, mended=mended, compares=compares, tell=tell
    )


@transaction.atomic
def choose_columns(upload, chosen, *, first, now, read_as=None):
    """Keep what the trainer says the columns are: {number: name of a Field or ""}; `first` is the first person's row.

    `read_as` as in `lock_to_change`. Raises `ColumnsMissing`, and `ListMovedOn`.
    """
    locked = lock_to_change(upload, read_as=read_as)
    fields = [Field(name) for name in chosen.values() if name in Field.values]
    if twice := next((field for field in fields if fields.count(field) > 1), None):
        raise ColumnsMissing(_("Two columns are “%(field)s”. Choose one of them.") % {"field": twice.label})
    if not has_names(fields):
        raise ColumnsMissing(_("Say in which columns the given names and the surnames are, or the whole name."))
    locked.columns = {name: place for place, name in chosen.items() if name in Field.values}
    locked.columns["first"] = min(max(first, 0), max(len(locked.rows) - 1, 0))
    _look_at_numbers(locked, now=now)
    locked.save(update_fields=["columns", "chosen"])


def columns_to_choose(upload):
    """Return [Column] of every column that has something in it."""
    first, now = upload.columns["first"], {place: field for field, place in columns_of(upload).items()}
    headings = upload.rows[first - 1] if first else []
    people = [row for row in upload.rows[first:] if any(row)]
    width = max(map(len, upload.rows), default=0)

    def cell(row, place):
        return row[place] if place < len(row) else ""

    shown = []
    for place in range(width):
        examples = list(dict.fromkeys(cell(row, place) for row in people[:200] if cell(row, place)))[:3]
        if examples or cell(headings, place):
            field = now.get(place, "")
            examples = [_veiled(example, field) for example in examples]
            shown.append(Column(place, cell(headings, place), examples, field))
    return shown


def hidden_in(upload, columns):
    """Return what the workbook does not show and is read all the same: ([words of a Column], such as "3, 7–12")."""
    sheet = upload.sheets[upload.chosen.get("sheet", 0)] if upload.sheets else {}
    places = set(sheet.get("hidden_columns", ()))
    return [column.words for column in columns if column.place in places], _as_ranges(sheet.get("hidden_rows", ()))


def _as_ranges(numbers):
    ranges = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in ranges)


def unused_columns(columns, asked):
    """Return ([what columns that are not used are called], [those that the site does not ask]) of [Column]."""
    unused, unasked = [], []
    for column in columns:
        if not column.field:
            unused.append(column.words)
        elif (column.field == Field.SEX and not asked.sex) or (column.field == Field.PHONE and not asked.phone):
            unasked.append(column.words)
    return unused, unasked


def _veiled(example, field):
    digits = [letter for letter in example if letter.isdigit()]
    if field in (Field.CUI, Field.EMPLOYEE) or len(digits) == _DIGITS_OF_A_CUI:
        return f"••{example[-2:]}"
    return example
