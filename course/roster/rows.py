"""Rows of a planned list: who each is, what happens, notes."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy, pgettext_lazy

from course.models import Role, User
from course.models.people import name_sort_key
from course.people.clinics import clinic_name_key
from course.people.identifiers import OptionalFields


class Fate(models.TextChoices):
    CREATE = "nuevas", pgettext_lazy("row of a list", "New")
    JOIN = "entran", gettext_lazy("Comes into the group")
    UPDATE = "cambian", gettext_lazy("Changes")
    UNCHANGED = "iguales", gettext_lazy("Stays as it is")
    ASK = "por-decidir", gettext_lazy("To decide")
    PROBLEM = "problemas", gettext_lazy("Problem")
    OUT = "fuera", pgettext_lazy("row of a list", "Left out")


LEFT_OUT = (Fate.ASK, Fate.PROBLEM, Fate.OUT)


@dataclass(frozen=True)
class Candidate:
    """A known person who may be the person of a row; `alike` are names of `Alike`."""

    person: User
    alike: tuple


@dataclass
class PlannedRow:
    number: int
    given_names: str = ""
    surnames: str = ""
    code: str = ""
    role: str = ""
    role_text: str = ""
    job_title: str = ""
    clinic_name: str = ""
    # The clinic of the site; None if `clinic_name` is a new one.
    clinic: object = None
    # False for an empty cell: then the group's clinic is only for people without one.
    says_clinic: bool = False
    # A clinic's name that the trainer still has to explain.
    open_clinic: str = ""
    email: str = ""
    phone: str = ""
    sex: str = ""
    # {kind: number}: compared, never shown.
    identifiers: dict = field(default_factory=dict)
    person: User | None = None
    # Possible people, and the trainer's answer: "", "other" or a key of one of them.
    candidates: list = field(default_factory=list)
    answer: str = ""
    # Names of possible people in other trainers' groups; the similar `PlannedRow`.
    went_on: list = field(default_factory=list)
    like_row: object = None
    # {field of User: new value}
    changes: dict = field(default_factory=dict)
    new_identifiers: tuple = ()
    enrols: bool = False
    reopens: bool = False
    out: bool = False
    problem: str = ""
    notes: list = field(default_factory=list)

    @property
    def fate(self):
        if self.out:
            return Fate.OUT
        if self.problem:
            return Fate.PROBLEM
        if self.asks or self.open_clinic:
            return Fate.ASK
        if self.person is None:
            return Fate.CREATE
        if self.enrols:
            return Fate.JOIN
        return Fate.UPDATE if self.changes or self.reopens or self.new_identifiers else Fate.UNCHANGED

    @property
    def asks(self):
        return self.is_compared and self.person is None and not self.answer

    @property
    def is_compared(self):
        return bool(self.candidates or self.went_on or self.like_row)

    @cached_property
    def name_key(self):
        """The same key for every spelling of the name; use it after the name was read."""
        return name_sort_key(self.given_names, self.surnames)

    @property
    def makes_clinic(self):
        return bool(self.clinic_name) and self.clinic is None

    @property
    def clinic_words(self):
        return str(self.clinic) if self.clinic else self.clinic_name

    @property
    def place_key(self):
        return self.clinic.pk if self.clinic else clinic_name_key(self.clinic_name or self.open_clinic)

    @property
    def role_label(self):
        return Role(self.role).label if self.role else ""

    @property
    def written(self):
        """The facts that are confirmed, in a fixed order, without translated words."""
        return (
            *(self.number, self.fate.value, self.given_names, self.surnames, self.role, self.job_title),
            *(self.clinic.pk if self.clinic else self.clinic_name, self.email, self.phone, self.sex),
            *(self.person.pk if self.person else "", sorted(self.changes), self.reopens, self.new_identifiers),
        )


@dataclass
class Plan:
    lines: list
    # [NoPerson] of `layout`, [NamedClinic] of `clinic_names`, [NamedTitle] of `job_titles`.
    others: list = field(default_factory=list)
    clinics: list = field(default_factory=list)
    titles: list = field(default_factory=list)
    known_clinics: list = field(default_factory=list)
    asked: OptionalFields = field(default_factory=OptionalFields)
    known: object = None

    def of(self, fate):
        return [line for line in self.lines if line.fate == fate]

    @property
    def without_role(self):
        return [line for line in self.lines if not line.role and line.fate not in (Fate.PROBLEM, Fate.OUT)]

    @property
    def asking(self):
        return [line for line in self.of(Fate.ASK) if line.asks]

    @property
    def with_open_clinic(self):
        return [line for line in self.of(Fate.ASK) if line.open_clinic]

    @cached_property
    def counts(self):
        counted = Counter(line.fate for line in self.lines)
        return {fate: counted[fate] for fate in Fate}

    @property
    def writes(self):
        return bool(self.counts[Fate.CREATE] or self.counts[Fate.JOIN] or self.counts[Fate.UPDATE])

    @cached_property
    def new_clinics(self):
        named = {}
        for line in self.lines:
            if line.makes_clinic and line.fate not in LEFT_OUT:
                named.setdefault(clinic_name_key(line.clinic_name), line.clinic_name)
        return list(named.values())

    @cached_property
    def fingerprint(self):
        digest = hashlib.sha256()
        for line in self.lines:
            digest.update(repr(line.written).encode())
        digest.update(repr(self.new_clinics).encode())
        digest.update(repr([(title.key, title.role) for title in self.titles if title.chosen]).encode())
        return digest.hexdigest()
