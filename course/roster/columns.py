"""Columns of a list, and the sheet of a workbook that lists people."""

import re

from django.db import models
from django.utils.translation import gettext_lazy as _

from course.models.people import spanish_key

from .cells import ROWS_ABOVE, refuse_long_sheet


class Field(models.TextChoices):
    CODE = "code", _("User code")
    GIVEN_NAMES = "given", _("Given names")
    SECOND_NAME = "given2", _("Second given name")
    THIRD_NAME = "given3", _("Third given name")
    SURNAMES = "surnames", _("Surnames")
    SECOND_SURNAME = "second", _("Second surname")
    MARRIED_SURNAME = "married", _("Married surname")
    NAMES_FIRST = "full", _("Whole name, given names first")
    SURNAMES_FIRST = "reversed", _("Whole name, surnames first")
    ROLE = "role", _("Role")
    CLINIC = "clinic", _("Clinic")
    EMAIL = "email", _("E-mail address")
    PHONE = "phone", _("Phone")
    CUI = "cui", _("CUI (DPI)")
    EMPLOYEE = "employee", _("Employee number")
    SEX = "sex", _("Sex")


# If two columns mean the same, the heading listed first here wins.
_HEADINGS = {
    Field.CODE: "codigo de usuario; usuario; user code; user; username; codigo de participante",
    Field.GIVEN_NAMES: (
        "nombres; primer nombre; nombre de pila; nombres de pila; given names; given name; first name; first names;"
        " forename; forenames"
    ),
    Field.SECOND_NAME: "segundo nombre; otros nombres; otro nombre; middle name; middle names; second given name",
    Field.SURNAMES: (
        "apellidos; apellido; primer apellido; apellido paterno; apellido 1; apellidos completos; surname; surnames;"
        " last name; last names; first surname; family name"
    ),
    Field.SECOND_SURNAME: "segundo apellido; apellido materno; apellido 2; second surname; second last name",
    Field.MARRIED_SURNAME: "apellido de casada; apellido casada; casada; married surname; married name",
    Field.NAMES_FIRST: (
        "nombre completo; nombres y apellidos; nombre y apellido; nombre y apellidos; nombres y apellidos completos;"
        " nombre del trabajador; nombre del empleado; nombre del participante; nombre de la persona;"
        " nombre del colaborador; full name; nombre; name; empleado; trabajador; trabajadora; colaborador; personal;"
        " persona; participante; employee; person; staff member; participant; employee name; staff name"
    ),
    Field.SURNAMES_FIRST: (
        "apellidos y nombres; apellidos nombres; apellido y nombre; apellidos y nombre; surname and given names;"
        " last name first name; surnames and given names; surname given names"
    ),
    Field.ROLE: (
        "puesto funcional; cargo que desempena; cargo funcional; puesto; cargo; cargo o puesto; puesto o cargo;"
        " puesto cargo; job title; position; post; role; rol; job; funcion; ocupacion; occupation; puesto nominal;"
        " cargo nominal; renglon puesto; profesion; profesion u oficio; especialidad"
    ),
    Field.CLINIC: (
        "centro de salud; servicio de salud; establecimiento de salud; establecimiento; lugar de trabajo; centro;"
        " centro de trabajo; puesto de salud; clinica; clinic; health centre; health center; workplace; facility;"
        " health facility; unidad de salud; unidad ejecutora; distrito; distrito de salud"
    ),
    Field.EMAIL: (
        "correo electronico; correo; correo institucional; email; e mail; mail; e mail address; email address;"
        " correo e; direccion de correo"
    ),
    Field.PHONE: (
        "celular; movil; whatsapp; telefono celular; celular personal; telefono movil; mobile; mobile phone; cell;"
        " cell phone; telefono; tel; telefono personal; telefonos; phone; phone number; telephone"
    ),
    Field.CUI: "cui; dpi; cui dpi; dpi cui; codigo unico de identificacion; documento de identificacion",
    Field.EMPLOYEE: (
        "no de empleado; numero de empleado; num de empleado; no empleado; codigo de empleado; id de empleado;"
        " no de personal; codigo de personal; employee number; employee id; staff number; staff id"
    ),
    Field.SEX: "sexo; genero; sex; gender",
}
_BY_HEADING = {
    spanish_key(heading): (field, rank)
    for field, headings in _HEADINGS.items()
    for rank, heading in enumerate(headings.split(";"))
}
# Headings may continue after these words: «Cargo que desempeña actualmente».
_BEGINNINGS = {
    "nombre del centro": Field.CLINIC,
    "nombre del servicio": Field.CLINIC,
    "nombre del establecimiento": Field.CLINIC,
    "nombre de la unidad": Field.CLINIC,
    "nombre del puesto": Field.ROLE,
    "nombre del cargo": Field.ROLE,
    "apellido de casada": Field.MARRIED_SURNAME,
    "apellidos y nombres": Field.SURNAMES_FIRST,
    "nombres y apellidos": Field.NAMES_FIRST,
    "nombre completo": Field.NAMES_FIRST,
    "nombre y apellido": Field.NAMES_FIRST,
    "puesto de salud": Field.CLINIC,
    "centro de salud": Field.CLINIC,
    "servicio de salud": Field.CLINIC,
    "lugar de trabajo": Field.CLINIC,
    "lugar donde": Field.CLINIC,
    "servicio donde": Field.CLINIC,
    "cargo": Field.ROLE,
    "puesto": Field.ROLE,
    "correo": Field.EMAIL,
    "e mail": Field.EMAIL,
    "numero de celular": Field.PHONE,
    "no de celular": Field.PHONE,
    "celular": Field.PHONE,
    "numero de telefono": Field.PHONE,
    "no de telefono": Field.PHONE,
    "no telefono": Field.PHONE,
    "telefono": Field.PHONE,
    "cui": Field.CUI,
    "dpi": Field.CUI,
    "no de cui": Field.CUI,
    "numero de cui": Field.CUI,
    "no de dpi": Field.CUI,
    "numero de dpi": Field.CUI,
    "no dpi": Field.CUI,
    "no cui": Field.CUI,
    "codigo de empleado": Field.EMPLOYEE,
    "numero de empleado": Field.EMPLOYEE,
    "nombres": Field.GIVEN_NAMES,
    "apellidos": Field.SURNAMES,
}
_LAST = 1_000
_CODES = {"codigo", "cod", "code", "id"}
_PLACES = {
    "servicio", "unidad", "area", "ubicacion", "dependencia", "lugar", "sede", "area de trabajo", "unidad o servicio",
    "servicio o unidad", "lugar de servicio",
}  # fmt: skip
_USER_CODE = re.compile(r"[A-Z]{3}[\s-]?[0-9]{3}", re.IGNORECASE)
_ORDINALS = {
    "primer": 1, "primero": 1, "1": 1, "1er": 1, "1ro": 1, "first": 1,
    "segundo": 2, "2": 2, "2do": 2, "second": 2, "tercer": 3, "tercero": 3, "3": 3, "3er": 3, "third": 3,
}  # fmt: skip
_OF_NAMES = {1: Field.GIVEN_NAMES, 2: Field.SECOND_NAME, 3: Field.THIRD_NAME}
_OF_SURNAMES = {1: Field.SURNAMES, 2: Field.SECOND_SURNAME}
_CLINIC_WORDS = re.compile(
    r"(centro|puesto|posta|clinica|unidad minima|unidad) (de )?(salud|atencion|convergencia)|hospital|maternidad"
    r"|(c s|cs|p s|ps|cap|c a p|capa|caimi|cenapa|umc|unidad minima) |health (centre|center|post)"
)


def find_columns(rows, *, knows_clinic=lambda words: False):
    """Return (row number of the last headings, {field: column number}), from 0, or (None, {}) without names."""
    best, found = None, {}
    for number, row in enumerate(rows[:ROWS_ABOVE]):
        below = rows[number + 1] if number + 1 < len(rows) else []
        for last, headings in ((number, row), (number + 1, _joined(row, below))):
            columns = _read_headings(headings, rows[last + 1 :], knows_clinic)
            if has_names(columns) and len(columns) > len(found):
                best, found = last, columns
    return best, found


def reads_as_headings(row):
    return has_names(_read_headings(row, [], lambda words: False))


def has_names(columns):
    whole = {Field.NAMES_FIRST, Field.SURNAMES_FIRST} & set(columns)
    return bool(whole) or {Field.GIVEN_NAMES, Field.SURNAMES} <= set(columns)


def looks_like_clinic(words):
    return bool(_CLINIC_WORDS.match(f"{spanish_key(words)} "))


def _joined(row, below):
    width = max(len(row), len(below))
    pairs = ((cells[place] if place < len(cells) else "" for cells in (row, below)) for place in range(width))
    return [" ".join(dict.fromkeys(cell for cell in pair if cell)) for pair in pairs]


def _read_headings(headings, people, knows_clinic):
    offers = {}
    for place, heading in enumerate(headings):
        values = [row[place] for row in people[:200] if place < len(row) and row[place]]
        if meant := _meaning(heading, values, knows_clinic):
            field, rank = meant
            offers.setdefault(field, []).append((bool(people) and not values, rank, place))
    columns = {field: min(offered)[2] for field, offered in offers.items()}
    if Field.SURNAMES in columns and Field.NAMES_FIRST in columns and Field.GIVEN_NAMES not in columns:
        columns[Field.GIVEN_NAMES] = columns.pop(Field.NAMES_FIRST)
    if {Field.GIVEN_NAMES, Field.SURNAMES} <= set(columns):
        columns.pop(Field.NAMES_FIRST, None)
        columns.pop(Field.SURNAMES_FIRST, None)
    return columns


def _meaning(heading, values, knows_clinic):
    key = spanish_key(re.sub(r"\(.*?\)", " ", heading).replace("°", "").replace("º", "")).replace("n~", "n")
    if key in _CODES:
        user = sum(bool(_USER_CODE.fullmatch(value)) for value in values) * 2 >= len(values)
        return (Field.CODE if user else Field.EMPLOYEE), _LAST
    if key in _PLACES:
        named = sum(looks_like_clinic(value) or knows_clinic(value) for value in values)
        return (Field.CLINIC, _LAST) if values and named * 2 >= len(values) else None
    if found := _BY_HEADING.get(key):
        return found
    if field := _part_of_name(key.split()):
        return field, 0
    field = next((field for words, field in _BEGINNINGS.items() if f"{key} ".startswith(f"{words} ")), None)
    return (field, _LAST) if field else None


def _part_of_name(words):
    ordinal = next((_ORDINALS[word] for word in words if word in _ORDINALS), None)
    if ordinal is None or len(words) > 3:
        return None
    if {"nombre", "nombres", "name"} & set(words) and not {"last"} & set(words):
        return _OF_NAMES.get(ordinal)
    return _OF_SURNAMES.get(ordinal) if {"apellido", "apellidos", "surname"} & set(words) else None


def likeliest_sheet(sheets):
    """Return the number, from 0, of the sheet most like a list of people. Raises `UnreadableList`."""
    read = [number for number, sheet in enumerate(sheets) if not sheet.get("unread")]
    likeliest = max(read, key=lambda number: (*_looks_like_people(sheets[number]), -number))
    if sheets[likeliest].get("long"):
        refuse_long_sheet()
    return likeliest


def _looks_like_people(sheet):
    _headings, columns = find_columns(sheet["rows"])
    # A page of text fills one column, a list several.
    width = max(sum(map(bool, row)) for row in sheet["rows"])
    return bool(columns), not sheet["hidden"], len(columns), min(width, 2), len(sheet["rows"])
