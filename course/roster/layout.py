"""Rows that are people, and rows that are not: headings, totals, signatures."""

import re
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from course.models.people import spanish_key

from .cells import is_ditto
from .columns import Field, looks_like_clinic, reads_as_headings
from .staff_roles import read_role

_TOTALS = re.compile(r"(sub ?total|gran total|total|suma|cantidad de|numero de (personas|empleados|trabajadores))\b")
_SIGNATURES = re.compile(
    r"(vo bo|vobo|v b|firma|f$|elaborado|elaboro|revisado|reviso|autorizado|autorizo|aprobado|sello|atentamente"
    r"|lugar y fecha|fecha|fuente|nota|observaci|pagina|hoja|responsable|hecho por|prepared by|approved by|signature)"
)
_GROUPS = re.compile(r"(personal|turno|area|servicio|departamento|seccion|unidad|renglon|jornada|programa|grupo)\b")
_LINE = re.compile(r"[_\-–—.=* ]{3,}")
# Fields that ditto marks may repeat; numbers and addresses are personal.
_MAY_BE_DITTO = (Field.ROLE, Field.CLINIC, Field.SEX)
_OF_NAMES = {Field.NAMES_FIRST, Field.SURNAMES_FIRST, Field.GIVEN_NAMES, Field.SURNAMES}


class Kind(models.TextChoices):
    HEADINGS = "headings", _("The headings again")
    CLINIC = "clinic", _("A clinic, for the people below")
    TOTAL = "total", _("A total")
    SIGNATURE = "signature", _("A signature or a note")
    TITLE = "title", _("A title")


@dataclass(frozen=True)
class NoPerson:
    number: int
    kind: Kind
    words: str


@dataclass
class Layout:
    """Rows of people as (number from 1, cells, clinic heading above them), and the others."""

    people: list
    others: list


def lay_out(rows, columns, *, first, knows_clinic, people=frozenset()):
    """Return the `Layout`; `first` counts from 0, and `people` are row numbers that the trainer declared people."""
    # Faster: only rows that share a cell with the headings are read as headings.
    above = {cell.casefold() for row in rows[:first] for cell in row if cell}
    clinic = _clinic_above(rows[:first], knows_clinic)
    layout, ends = Layout([], []), False
    for number, row in enumerate(rows[first:], start=first + 1):
        kind = None if number in people else _kind_of(row, columns, above, knows_clinic, ends=ends)
        if kind is Ellipsis:
            continue
        if kind is None:
            layout.people.append((number, row, clinic))
        else:
            words = " · ".join(dict.fromkeys(cell for cell in row if cell))
            layout.others.append(NoPerson(number, kind, words[:200]))
            clinic = words if kind == Kind.CLINIC else clinic
        ends = kind == Kind.SIGNATURE
    layout.people = _without_dittos(layout.people, columns)
    return layout


def _without_dittos(people, columns):
    places = [columns[field] for field in _MAY_BE_DITTO if field in columns]
    filled, above, clinic_before = [], {}, None
    for number, row, clinic in people:
        if clinic != clinic_before and Field.CLINIC in columns:
            above[columns[Field.CLINIC]], clinic_before = clinic, clinic
        dittos = [place for place in places if place < len(row) and is_ditto(row[place])]
        row = [above.get(place) or cell if place in dittos else cell for place, cell in enumerate(row)]
        above |= {place: row[place] for place in places if place < len(row) and not is_ditto(row[place])}
        filled.append((number, row, clinic))
    return filled


def _kind_of(row, columns, above, knows_clinic, *, ends):
    cells = [cell for cell in row if cell]
    said = [row[place] for place in columns.values() if place < len(row) and row[place]]
    if not said and all(cell.isdigit() for cell in cells):
        return Ellipsis
    if sum(cell.casefold() in above for cell in cells) >= 2 and reads_as_headings(row):
        return Kind.HEADINGS
    key = spanish_key(cells[0])
    if _TOTALS.match(key) and len(set(cells)) <= 3:
        return Kind.TOTAL
    filled = len(said) == len(columns) and len(set(cells)) > 1
    if (_SIGNATURES.match(key) and not filled) or any(_LINE.fullmatch(cell) for cell in cells):
        return Kind.SIGNATURE
    if ends and 2 * len(said) <= len(columns):
        return Kind.SIGNATURE
    return _kind_of_alone(row, cells, said, columns, knows_clinic) if len(set(cells)) == 1 else None


def _kind_of_alone(row, cells, said, columns, knows_clinic):
    words, places = cells[0], [columns[field] for field in _OF_NAMES & set(columns)]
    in_names = len(cells) == 1 and any(row[place] for place in places if place < len(row))
    if looks_like_clinic(words) or (not in_names and knows_clinic(words)):
        return Kind.CLINIC
    if not said:
        return Kind.TITLE
    is_group = bool(_GROUPS.match(spanish_key(words)))
    if not in_names:
        # A single word in another column is a person without a name.
        return Kind.TITLE if len(cells) > 1 or is_group else None
    whole = {Field.NAMES_FIRST, Field.SURNAMES_FIRST} & set(columns)
    return Kind.TITLE if is_group or (whole and len(columns) > 1 and read_role(words)) else None


def _clinic_above(rows, knows_clinic):
    for row in reversed(rows):
        words = {cell for cell in row if cell}
        if len(words) == 1 and (looks_like_clinic(one := words.pop()) or knows_clinic(one)):
            return one if len(one.split()) <= 10 and "list" not in one.casefold() else ""
    return ""
