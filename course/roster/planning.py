"""What a list of staff will do, row by row, before anything is written."""

from collections import Counter
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from certificates.wording.claims import check_claims
from certificates.wording.words import post_to_register
from course.models import Role, User
from course.models.spanish_order import name_sort_key
from course.people.clinics import ClinicBook, clinic_key
from course.people.names import divide_name, tidy_name

from .columns import Field
from .known import KnownPeople
from .staff_roles import read_role

TOLD_EVERY = 1_000
LONGEST_JOB_TITLE = User._meta.get_field("job_title").max_length
_IN_NAMES = " .-'’ʼ´`()"


class Fate(models.TextChoices):
    """What happens to a row; the value stands in addresses."""

    CREATE = "nuevas", pgettext_lazy("row of a list", "New")
    UPDATE = "cambian", gettext_lazy("Changes")
    UNCHANGED = "iguales", gettext_lazy("Stays as it is")
    PROBLEM = "problemas", gettext_lazy("Problem")


@dataclass
class PlannedRow:
    """A row of the list: who it is, what happens, and what a person should know about it. `number` counts from 1."""

    number: int
    given_names: str = ""
    surnames: str = ""
    code: str = ""
    role: str = ""
    role_text: str = ""
    job_title: str = ""
    clinic_name: str = ""
    # The clinic as the site knows it, or None: then `clinic_name` is a new one.
    clinic: object = None
    email: str = ""
    person: User | None = None
    # {field of User: new value} of somebody whom the site knows.
    changes: dict = field(default_factory=dict)
    enrols: bool = False
    reopens: bool = False
    problem: str = ""
    notes: list = field(default_factory=list)

    @property
    def fate(self):
        if self.problem:
            return Fate.PROBLEM
        if self.person is None:
            return Fate.CREATE
        return Fate.UPDATE if self.changes or self.enrols or self.reopens else Fate.UNCHANGED

    @cached_property
    def name_key(self):
        """What is the same for every way of writing the name; asked once the name is read."""
        return name_sort_key(self.given_names, self.surnames)

    @property
    def makes_clinic(self):
        return bool(self.clinic_name) and self.clinic is None

    @property
    def clinic_words(self):
        return str(self.clinic) if self.clinic else self.clinic_name

    @property
    def place_key(self):
        return self.clinic.pk if self.clinic else clinic_key(self.clinic_name)

    @property
    def role_label(self):
        return Role(self.role).label if self.role else ""


@dataclass
class Plan:
    """All that a list will do to a group."""

    lines: list

    def of(self, fate):
        return [line for line in self.lines if line.fate == fate]

    @cached_property
    def counts(self):
        """Return {fate: rows} of every fate, those without rows too."""
        counted = Counter(line.fate for line in self.lines)
        return {fate: counted[fate] for fate in Fate}

    @property
    def writes(self):
        return bool(self.counts[Fate.CREATE] or self.counts[Fate.UPDATE])

    @cached_property
    def new_clinics(self):
        """Return the names of clinics that the list would make, each once, as first written."""
        named = {}
        for line in self.lines:
            if line.makes_clinic and not line.problem:
                named.setdefault(clinic_key(line.clinic_name), line.clinic_name)
        return list(named.values())


def plan_list(rows, columns, *, first, cohort, by, tell=None):
    """Return the `Plan` of a list for a group; `first` is the number of the first row with a person, from 0.

    `by` is who brought it: people outside of the groups that this person sees are nobody to change. The number of
    queries is the same for any list. `tell(rows)` is called as rows are read, every TOLD_EVERY of them.
    """
    clinics = ClinicBook(cohort)
    headings = rows[first - 1] if first else None
    lines = []
    for number, row in enumerate(rows, start=1):
        if number > first and _says_something(row, columns) and not _is_heading(row, headings):
            lines.append(_read_line(number, row, columns, clinics))
        if tell and (number % TOLD_EVERY == 0 or number == len(rows)):
            tell(number)
    known = KnownPeople(cohort, by, [line.code for line in lines if line.code])
    _write_clinics_alike(lines)
    _find_repeated(lines)
    known.find_people([line for line in lines if not line.problem])
    for line in lines:
        if not line.problem:
            _say_what_changes(line, known)
    return Plan(lines)


def _says_something(row, columns):
    """Whether a row has anything in a column that is read; «Total: 60» stands in none."""
    return any(row[place] for place in columns.values() if place < len(row))


def _is_heading(row, headings):
    """Whether the headings stand there again, as at the top of each printed page."""
    return headings is not None and row == headings


def _read_line(number, row, columns, clinics):
    def text(field):
        place = columns.get(field)
        return row[place] if place is not None and place < len(row) else ""

    line = PlannedRow(number, code="".join(letter for letter in text(Field.CODE) if letter.isalnum()).upper())
    _read_name(line, text)
    _read_role(line, text(Field.ROLE))
    _read_clinic(line, text(Field.CLINIC), clinics)
    _read_email(line, text(Field.EMAIL))
    return line


def _read_name(line, text):
    if whole := text(Field.NAMES_FIRST) or text(Field.SURNAMES_FIRST):
        name = divide_name(whole, surnames_first=not text(Field.NAMES_FIRST))
        line.given_names, line.surnames = name.given_names, name.surnames
        if name.unsure:
            line.notes.append(_("One cell had the whole name: check which are the surnames."))
    else:
        line.given_names = tidy_name(text(Field.GIVEN_NAMES))
        both = (tidy_name(text(field)) for field in (Field.SURNAMES, Field.SECOND_SURNAME))
        line.surnames = " ".join(surname for surname in both if surname)
    line.given_names, line.surnames = line.given_names[:150], line.surnames[:150]
    if not line.given_names and not line.surnames:
        line.problem = _("There is no name in this row.")
    elif not line.surnames:
        line.problem = _("The surname is missing.")
    elif not line.given_names:
        line.problem = _("The given name is missing.")
    elif not all(letter.isalpha() or letter in _IN_NAMES for letter in line.given_names + line.surnames):
        line.problem = _("The name has digits or signs in it. Look whether the columns are right.")


def _read_role(line, words):
    line.role_text, line.job_title = words, post_to_register(words)[:LONGEST_JOB_TITLE]
    if words:
        line.role = read_role(words) or ""
        if not line.role:
            line.notes.append(
                _("«%(role)s» is not known: the person says the role at the first sign-in.") % {"role": words}
            )


def _read_clinic(line, words, clinics):
    found = clinics.find(words)
    if len(found) > 1:
        line.problem = line.problem or _("There are several clinics called «%(clinic)s». Write its whole name.") % {
            "clinic": words
        }
    elif found:
        line.clinic, line.clinic_name = found[0], str(found[0])
    elif words:
        line.clinic_name = words[:200]
        try:
            # The name is printed on certificates, which never say that a place is free of stigma.
            check_claims({"name": line.clinic_name})
        except ValidationError as error:
            line.problem = line.problem or " ".join(error.messages)


def _read_email(line, words):
    if not words:
        return
    try:
        validate_email(words)
    except ValidationError:
        line.notes.append(_("«%(email)s» is no e-mail address and is left out.") % {"email": words})
    else:
        line.email = words.lower()


def _write_clinics_alike(lines):
    """Give a new clinic the name by which the list calls it first, however it is written later."""
    first = {}
    for line in lines:
        if line.makes_clinic:
            line.clinic_name = first.setdefault(clinic_key(line.clinic_name), line.clinic_name)


def _find_repeated(lines):
    """Say of every row after the first about the same person, or with the same code or address, that it is repeated."""
    people, codes, emails = {}, {}, {}
    for line in lines:
        if line.problem:
            continue
        if line.code and line.code in codes:
            line.problem = _("The same user code as in row %(row)d.") % {"row": codes[line.code]}
            continue
        first = people.get((line.name_key, line.place_key))
        if first and not (line.code and first.code):
            line.problem = _(
                "The same person as in row %(row)d. If they are two people, let one say a second given name."
            ) % {"row": first.number}
            continue
        if line.email and line.email in emails:
            line.notes.append(
                _("The same e-mail address as in row %(row)d: it is left out.") % {"row": emails[line.email]}
            )
            line.email = ""
        people[line.name_key, line.place_key] = line
        codes[line.code], emails[line.email] = line.number, line.number


def _say_what_changes(line, known):
    person = line.person
    if line.email and known.email_is_anothers(line.email, person):
        line.notes.append(_("Somebody else has the e-mail address: it is left out."))
        line.email = ""
    if person is None:
        return
    line.enrols = person.pk not in known.members
    line.reopens = not person.is_active
    wanted = {"role": line.role, "job_title": line.job_title, "email": line.email}
    if line.code:
        # By the name alone only the same name is found, and there the spelling that the site has is kept.
        wanted |= {"first_name": line.given_names, "last_name": line.surnames}
    line.changes = {name: value for name, value in wanted.items() if value and value != getattr(person, name)}
    if line.clinic_name and (line.clinic is None or line.clinic.pk != person.clinic_id):
        line.changes["clinic"] = line.clinic_name
    if (line.changes or line.reopens) and not known.may_change(person):
        line.problem = _("This person has a role in the site: an administrator changes the account.")
