"""Cells of a row: obvious slips are corrected, others become problems."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from certificates.text.fields import post_in_site_language
from course.models import Sex, User
from course.models.people import spanish_key
from course.people.identifiers import Kind as Number
from course.people.identifiers import NotAnIdentifier, NotAPhone, parse_identifier, parse_phone
from course.people.names import normalise_name, split_name

from .cells import is_ditto
from .columns import Field
from .rows import PlannedRow

LONGEST_JOB_TITLE = User._meta.get_field("job_title").max_length
LONGEST_NAME = User._meta.get_field("first_name").max_length
_IN_NAMES = " .-'’ʼ´`()"
_NUMBERING = re.compile(r"^\s*(?:[0-9]{1,4}\s*[.)\-]+|[-*•–])\s+")
_WOMAN = {"f", "fem", "femenino", "femenina", "mujer", "female", "woman"}
_MAN = {"h", "masc", "masculino", "masculina", "hombre", "varon", "male", "man"}


class RowReader:
    """Reads rows of a list: `columns` say what stands where, `mended` has the trainer's corrections.

    `roles` returns (role of a job title, is known), `clinics` is a `ClinicNames`, `asked` what the site asks of
    people, `men` the letter for men: «M», unless the list uses «H».
    """

    def __init__(self, columns, *, roles, clinics, asked, mended, men):
        self.columns, self.roles, self.clinics, self.asked, self.mended = columns, roles, clinics, asked, mended
        self.men = men

    def read(self, number, row, clinic_above):
        mended = self.mended.get(str(number), {})

        def text(field):
            place = self.columns.get(field)
            words = row[place] if place is not None and place < len(row) else ""
            return "" if is_ditto(words) else words

        line = PlannedRow(number, code="".join(letter for letter in text(Field.CODE) if letter.isalnum()).upper())
        if any(is_ditto(row[place]) for place in self.columns.values() if place < len(row)):
            line.notes.append(_("It says “the same”, and above it there is nothing to take: it is left empty."))
        line.out, line.answer = bool(mended.get("out")), mended.get("same", "")
        _read_name(line, text, mended)
        self._read_role(line, text(Field.ROLE), mended)
        self._read_clinic(line, text(Field.CLINIC), clinic_above, mended)
        _read_email(line, text(Field.EMAIL))
        _read_number(line, Number.CUI, text(Field.CUI))
        _read_number(line, Number.EMPLOYEE, text(Field.EMPLOYEE))
        if self.asked.phone:
            _read_phone(line, text(Field.PHONE))
        if self.asked.sex:
            line.sex = _read_sex(line, text(Field.SEX), self.men)
        return line

    def _read_role(self, line, words, mended):
        line.role_text, line.job_title = words, post_in_site_language(words)[:LONGEST_JOB_TITLE] if words else ""
        if words:
            line.role = self.roles.read(words)
        if "role" in mended:
            line.role = mended["role"]
        elif words and not line.role:
            line.notes.append(
                _("“%(role)s” is not known: the person says the role at the first sign-in.") % {"role": words}
            )

    def _read_clinic(self, line, words, above, mended):
        if "clinic" in mended:
            words, above = mended["clinic"], ""
            if not words:
                line.says_clinic = True
                return
        line.says_clinic = bool(words or above)
        place = self.clinics.read(words or above, over_people=bool(above) and not words)
        line.clinic, line.clinic_name = place.clinic, place.name
        if place.named and not place.named.choice:
            if place.named.problem:
                line.problem = line.problem or place.named.problem
            else:
                line.open_clinic = place.named.words


def men_are(values):
    """Return the letter for men in a column: «h» where it occurs («M» are women then), else «m»."""
    return "h" if "h" in {spanish_key(value) for value in values} else "m"


def _read_name(line, text, mended):
    if whole := text(Field.NAMES_FIRST) or text(Field.SURNAMES_FIRST):
        name = split_name(_plain_name(whole), surnames_first=not text(Field.NAMES_FIRST))
        line.given_names, line.surnames = name.given_names, name.surnames
        if name.unsure and not {"given", "surnames"} & set(mended):
            line.notes.append(_("One cell had the whole name: check which are the surnames."))
    else:
        line.given_names = _together(text, Field.GIVEN_NAMES, Field.SECOND_NAME, Field.THIRD_NAME)
        line.surnames = _together(text, Field.SURNAMES, Field.SECOND_SURNAME)
    if married := normalise_name(_plain_name(text(Field.MARRIED_SURNAME))):
        married = married if spanish_key(married).startswith("de ") else f"de {married}"
        line.surnames = f"{line.surnames} {married}".strip()
    line.given_names = mended.get("given", line.given_names)[:LONGEST_NAME]
    line.surnames = mended.get("surnames", line.surnames)[:LONGEST_NAME]
    if not line.given_names and not line.surnames:
        line.problem = _("There is no name in this row.")
    elif not line.surnames:
        line.problem = _("The surname is missing.")
    elif not line.given_names:
        line.problem = _("The given name is missing.")
    elif not all(letter.isalpha() or letter in _IN_NAMES for letter in line.given_names + line.surnames):
        line.problem = _("The name has digits or signs in it. Look whether the columns are right.")


def _together(text, *fields):
    parts = (normalise_name(_plain_name(text(field))) for field in fields)
    return " ".join(part for part in parts if part)


def _plain_name(words):
    words = _NUMBERING.sub("", words)
    return "".join(letter for letter in words if not _is_picture(letter)).strip()


def _is_picture(letter):
    # Keep signs of arithmetic, so that «=CMD()» is refused as a name.
    return letter == "\ufe0f" or (unicodedata.category(letter) in ("So", "Sk", "Cs", "Cf") and letter not in _IN_NAMES)


def _read_email(line, words):
    if not words:
        return
    mended = mended_address(words)
    try:
        validate_email(mended)
    except ValidationError:
        line.notes.append(_("“%(email)s” is no e-mail address and is left out.") % {"email": words})
        return
    line.email = mended.lower()
    if mended != words:
        line.notes.append(_("E-mail address read as “%(email)s”.") % {"email": line.email})


def mended_address(words):
    first = re.split(r"[;/]|,\s+(?=\S+@)", words)[0]
    plain = re.sub(r"\s+", "", first).removeprefix("mailto:").strip(".,;<>")
    name, at, place = plain.partition("@")
    return f"{name}{at}{place.replace(',', '.')}" if at else words


def _read_number(line, kind, words):
    if not words:
        return
    try:
        line.identifiers[kind.value] = parse_identifier(kind, words)
    except NotAnIdentifier as error:
        line.notes.append(_("%(kind)s left out: %(why)s") % {"kind": kind.label, "why": error})


def _read_phone(line, words):
    for part in re.split(r"\s*(?:/|;|,|\by\b|\bo\b)\s*", words):
        if not part:
            continue
        try:
            line.phone = parse_phone(re.sub(r"^\D*(?=\+?[0-9(])", "", part))
            return
        except NotAPhone:
            continue
    if words:
        line.notes.append(_("“%(phone)s” is no phone number and is left out.") % {"phone": words})


def _read_sex(line, words, men):
    key = spanish_key(words)
    if key == "m":
        return Sex.MAN if men == "m" else Sex.WOMAN
    if key in _WOMAN:
        return Sex.WOMAN
    if key in _MAN:
        return Sex.MAN
    if key:
        line.notes.append(_("Sex: “%(words)s” is not known and is left out.") % {"words": words})
    return ""
