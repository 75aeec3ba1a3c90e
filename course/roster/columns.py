"""Which column of a list is which: by its heading in Spanish or English, or as the trainer says."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from course.models.spanish_order import spanish_key

from .reading import ROWS_ABOVE


class Field(models.TextChoices):
    """What the list may say of a person; the value stands in forms and in the row that waits."""

    CODE = "code", _("User code")
    GIVEN_NAMES = "given", _("Given names")
    SURNAMES = "surnames", _("Surnames")
    SECOND_SURNAME = "second", _("Second surname")
    NAMES_FIRST = "full", _("Whole name, given names first")
    SURNAMES_FIRST = "reversed", _("Whole name, surnames first")
    ROLE = "role", _("Role")
    CLINIC = "clinic", _("Clinic")
    EMAIL = "email", _("E-mail address")


_HEADINGS = {
    Field.CODE: "codigo; codigo de usuario; usuario; cod; code; user code; user; username; codigo de participante",
    Field.GIVEN_NAMES: (
        "nombres; primer nombre; nombre de pila; nombres de pila; given names; given name; first name; first names;"
        " forename; forenames"
    ),
    Field.SURNAMES: (
        "apellidos; apellido; primer apellido; apellido paterno; apellido 1; apellidos completos; surname; surnames;"
        " last name; last names; first surname; family name"
    ),
    Field.SECOND_SURNAME: "segundo apellido; apellido materno; apellido 2; second surname; second last name",
    Field.NAMES_FIRST: (
        "nombre completo; nombres y apellidos; nombre y apellido; nombre y apellidos; nombre; nombre del trabajador;"
        " nombre del empleado; empleado; trabajador; trabajadora; personal; persona; participante; full name; name;"
        " employee; person; staff member; participant; nombre del participante; nombre de la persona"
    ),
    Field.SURNAMES_FIRST: (
        "apellidos y nombres; apellidos nombres; apellido y nombre; apellidos y nombre; surname and given names;"
        " last name first name; surnames and given names; surname given names"
    ),
    Field.ROLE: (
        "rol; puesto; cargo; ocupacion; puesto funcional; puesto nominal; profesion; funcion; role; position; post;"
        " job; job title; occupation; renglon puesto; cargo o puesto; puesto o cargo"
    ),
    Field.CLINIC: (
        "centro; centro de salud; servicio de salud; servicio; unidad; establecimiento; lugar de trabajo; "
        " puesto de salud; clinica; clinic; health centre; health center; workplace; facility; unidad de salud"
    ),
    Field.EMAIL: "correo; correo electronico; email; e mail; mail; e mail address; email address; correo e",
}
_BY_HEADING = {heading.strip(): field for field, headings in _HEADINGS.items() for heading in headings.split(";")}


def find_columns(rows):
    """Return (number of the row of headings, {field: number of the column}), both counted from 0.

    Titles may stand above. Without headings that say how people are called, it is (None, {}).
    """
    best, found = None, {}
    for number, row in enumerate(rows[:ROWS_ABOVE]):
        columns = _read_headings(row)
        if has_names(columns) and len(columns) > len(found):
            best, found = number, columns
    return best, found


def has_names(columns):
    """Whether the columns say how people are called, given names and surnames."""
    whole = {Field.NAMES_FIRST, Field.SURNAMES_FIRST} & set(columns)
    return bool(whole) or {Field.GIVEN_NAMES, Field.SURNAMES} <= set(columns)


def _read_headings(row):
    columns = {}
    for place, cell in enumerate(row):
        field = _BY_HEADING.get(spanish_key(cell))
        if field and field not in columns:
            columns[field] = place
    # «Nombre» beside «Apellidos» are the given names.
    if Field.SURNAMES in columns and Field.NAMES_FIRST in columns and Field.GIVEN_NAMES not in columns:
        columns[Field.GIVEN_NAMES] = columns.pop(Field.NAMES_FIRST)
    return columns
