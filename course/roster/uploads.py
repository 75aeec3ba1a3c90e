"""A list of staff between its bringing and its confirmation: who brought it, and which column is which."""

from datetime import timedelta

from django.utils.translation import gettext as _

from course.models import RosterUpload

from .columns import Field, find_columns, has_names
from .planning import plan_list

# A list that nobody confirmed holds names of people, and is forgotten.
KEPT = timedelta(days=1)


class ColumnsMissing(ValueError):
    """The columns do not say how people are called, or two say the same; the message says so to the person."""


def bring_list(cohort, rows, *, name, by, now):
    """Keep the rows of a list until they are confirmed, with the columns that its headings name; return the upload."""
    forget_old_lists(now=now)
    headings, columns = find_columns(rows)
    return RosterUpload.objects.create(
        cohort=cohort,
        brought_by=by,
        brought_at=now,
        name=name[:200],
        rows=rows,
        columns={field.value: place for field, place in columns.items()}
        | {"first": 0 if headings is None else headings + 1},
    )


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


def plan_of(upload, *, tell=None):
    """Return the `Plan` of an upload whose columns say how people are called; else None. `tell` as in `plan_list`."""
    columns = columns_of(upload)
    if not has_names(columns):
        return None
    first, by = upload.columns["first"], upload.brought_by
    return plan_list(upload.rows, columns, first=first, cohort=upload.cohort, by=by, tell=tell)


def choose_columns(upload, chosen, *, first):
    """Keep what the trainer says the columns are: {number: name of a Field or ""}; `first` is the first person's row.

    Raises `ColumnsMissing`.
    """
    fields = [Field(name) for name in chosen.values() if name in Field.values]
    if twice := next((field for field in fields if fields.count(field) > 1), None):
        raise ColumnsMissing(_("Two columns are «%(field)s». Choose one of them.") % {"field": twice.label})
    if not has_names(fields):
        raise ColumnsMissing(_("Say in which columns the given names and the surnames are, or the whole name."))
    upload.columns = {name: place for place, name in chosen.items() if name in Field.values}
    upload.columns["first"] = min(max(first, 0), len(upload.rows) - 1)
    upload.save(update_fields=["columns"])


def columns_to_choose(upload):
    """Return (number, heading, examples, what it is now) of every column that has something in it."""
    first, now = upload.columns["first"], {place: field for field, place in columns_of(upload).items()}
    headings = upload.rows[first - 1] if first else []
    people = [row for row in upload.rows[first:] if any(row)]
    width = max(map(len, upload.rows), default=0)

    def cell(row, place):
        return row[place] if place < len(row) else ""

    shown = []
    for place in range(width):
        examples = [cell(row, place) for row in people if cell(row, place)][:3]
        if examples or cell(headings, place):
            shown.append((place, cell(headings, place), examples, now.get(place, "")))
    return shown
