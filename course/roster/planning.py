"""Plan of a list of staff, row by row, before anything is written."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from course.models import PersonIdentifier
from course.people.clinics import clinic_name_key
from course.people.identifiers import optional_fields

from .clinic_names import ClinicNames
from .columns import Field, find_columns
from .job_titles import NamedTitle, learned_roles, title_key
from .known import KnownPeople
from .layout import lay_out
from .matching import ask_about_rows, find_people, find_repeated
from .row_reading import RowReader, men_are
from .rows import Plan
from .staff_roles import guess_role, known_role

TOLD_EVERY = 1_000


@dataclass
class Mended:
    """The trainer's corrections, as `RosterUpload.chosen` keeps them.

    `clinics` is {key of a name: choice}, `roles` {key of a job title: role or ""}, `rows` {row number as text: {field:
    value}} with the fields "given", "surnames", "role" and "clinic", "out" and "person" (True), and "same", which is
    "other" or the key of a person.
    """

    clinics: dict = field(default_factory=dict)
    roles: dict = field(default_factory=dict)
    rows: dict = field(default_factory=dict)


class Roles:
    def __init__(self, chosen):
        self.chosen, self.learned, self.named = chosen, learned_roles(), {}

    def read(self, words):
        key = title_key(words)
        if key not in self.named:
            chosen, known = key in self.chosen, known_role(words, self.learned)
            role = self.chosen[key] if chosen else known or guess_role(words) or ""
            guessed = bool(role) and not chosen and not known
            self.named[key] = NamedTitle(key, words, str(role), chosen, guessed)
        self.named[key].rows += 1
        return self.named[key].role


def plan_list(rows, columns, *, first, cohort, by, mended=None, compares=True, tell=None):
    """Return the `Plan` of a list for a group, in a constant number of queries.

    `first` is the row number of the first person, from 0. `by` sees only people of their groups. Unless it
    `compares`, numbers and addresses are left out. `tell(rows)` reports progress every TOLD_EVERY rows.
    """
    mended, asked = mended or Mended(), optional_fields()
    clinics, roles = ClinicNames(cohort, mended.clinics), Roles(mended.roles)
    people = {int(number) for number, one in mended.rows.items() if one.get("person")}
    layout = lay_out(rows, columns, first=first, knows_clinic=clinics.knows, people=people)
    reader = RowReader(
        columns,
        roles=roles,
        clinics=clinics,
        asked=asked,
        mended=mended.rows,
        men=men_are(_cells(layout, columns, Field.SEX)),
    )
    clinics.look_at_all([*_cells(layout, columns, Field.CLINIC), *(above for _n, _row, above in layout.people)])
    lines = []
    for done, (number, row, clinic_above) in enumerate(layout.people, start=1):
        lines.append(reader.read(number, row, clinic_above))
        if tell and done % TOLD_EVERY == 0:
            tell(number)
    if tell:
        tell(len(rows))
    wanted = [line for line in lines if not line.out]
    _write_clinics_alike(wanted)
    find_repeated(wanted)
    if not compares:
        _leave_numbers_out(wanted)
    known = KnownPeople(cohort, by, wanted)
    find_people([line for line in wanted if not line.problem], known)
    ask_about_rows([line for line in wanted if not line.problem])
    for line in wanted:
        if not line.problem and not line.asks:
            _say_what_changes(line, known)
    named = list(clinics.named.values()), list(roles.named.values())
    return Plan(lines, layout.others, *named, clinics.clinics, asked, known)


def _cells(layout, columns, one):
    place = columns.get(one)
    return [row[place] for _number, row, _above in layout.people if place is not None and place < len(row)]


def known_clinics(cohort):
    return ClinicNames(cohort, {}).knows


def columns_of_rows(rows, cohort):
    return find_columns(rows, knows_clinic=known_clinics(cohort))


def _leave_numbers_out(lines):
    for line in lines:
        if line.identifiers or line.email:
            line.identifiers, line.email = {}, ""
            line.notes.append(
                _("No more numbers or e-mail addresses are compared today: they are left out. Ask an administrator.")
            )


def _write_clinics_alike(lines):
    first = {}
    for line in lines:
        if line.makes_clinic:
            line.clinic_name = first.setdefault(clinic_name_key(line.clinic_name), line.clinic_name)


def _say_what_changes(line, known):
    person = line.person
    if line.email and known.email_is_anothers(line.email, person):
        line.notes.append(_("Somebody else has the e-mail address: it is left out."))
        line.email = ""
    _say_what_numbers_are_kept(line, known)
    if person is None:
        return
    line.enrols = person.pk not in known.members
    line.reopens = not person.is_active
    wanted = {
        "role": line.role, "job_title": line.job_title, "email": line.email, "phone": line.phone, "sex": line.sex,
    }  # fmt: skip
    if line.code:
        # A match by name alone keeps the site's spelling.
        wanted |= {"first_name": line.given_names, "last_name": line.surnames}
    line.changes = {name: value for name, value in wanted.items() if value and value != getattr(person, name)}
    # An empty cell means the group's clinic for people without one, and nothing for others.
    said = line.clinic_name and (line.says_clinic or not person.clinic_id)
    if said and (line.clinic is None or line.clinic.pk != person.clinic_id):
        line.changes["clinic"] = line.clinic_name
    if (line.changes or line.reopens or line.new_identifiers) and not known.may_change(person):
        line.problem = _("This person has a role in the site: an administrator changes the account.")


def _say_what_numbers_are_kept(line, known):
    kept = {one.kind for one in line.person.identifiers.all()} if line.person else set()
    new = []
    for kind, number in line.identifiers.items():
        owner, label = known.owner_of(kind, number), PersonIdentifier.Kind(kind).label
        if owner and line.person and owner.pk == line.person.pk:
            continue
        if owner or kind in kept:
            line.notes.append(_("%(kind)s: it is not the one that the site knows, and is left out.") % {"kind": label})
        else:
            new.append(kind)
    line.new_identifiers = tuple(new)
