"""Confirming a list of staff: all of it is written or nothing, and twice is once."""

import secrets
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from course.desk.audit import note
from course.models import Clinic, Enrolment, RosterUpload, User
from course.names import name_sort_key

from .clinics import clinic_key
from .codes import new_codes
from .planning import Fate

_AT_ONCE = 500


class PlanChanged(Exception):
    """Somebody changed people or groups since the plan was shown; the message says so to the person."""


@dataclass(frozen=True)
class Outcome:
    """How many people were made, changed and left as they were, and how many rows were left out."""

    created: int
    updated: int
    unchanged: int
    left_out: int


def fingerprint_of(plan):
    """Return what was shown and is confirmed: so many rows of each fate, and so many new clinics."""
    return "-".join(str(count) for count in [*plan.counts.values(), len(plan.new_clinics)])


@transaction.atomic
def confirm_list(upload, make_plan, *, shown, by, now, chance=None):
    """Write what the list does to its group and return the `Outcome`; twice is once.

    `make_plan` is called once the list is locked; `shown` is the `fingerprint_of` the plan that was confirmed. Raises
    `PlanChanged` when it is another by now. The people made have no PIN: see course/cards.
    """
    upload = RosterUpload.objects.select_for_update().get(pk=upload.pk)
    if upload.confirmed_at:
        return Outcome(**upload.outcome)
    plan = make_plan(upload)
    if fingerprint_of(plan) != shown:
        raise PlanChanged(_("The people of your groups have changed in the meantime. Look at the list again."))
    clinics = _make_clinics(plan, upload.cohort)
    people = _create_people(plan.of(Fate.CREATE), clinics, chance=chance or secrets.SystemRandom())
    updated = plan.of(Fate.UPDATE)
    _update_people(updated, clinics)
    people += [line.person for line in updated if line.enrols]
    Enrolment.objects.bulk_create(
        [Enrolment(learner=person, cohort=upload.cohort, enrolled_at=now) for person in people], batch_size=_AT_ONCE
    )
    outcome = {
        "created": plan.counts[Fate.CREATE],
        "updated": plan.counts[Fate.UPDATE],
        "unchanged": plan.counts[Fate.UNCHANGED],
        "left_out": plan.counts[Fate.PROBLEM],
    }
    # The rows are names of people: what was brought is not kept longer than it takes.
    upload.confirmed_at, upload.outcome, upload.rows = now, outcome, []
    upload.save(update_fields=["confirmed_at", "outcome", "rows"])
    written = outcome["created"] + outcome["updated"]
    note("roster_imported", by=by, cohort=upload.cohort, subject=upload.name, people=written, now=now)
    return Outcome(**outcome)


def _make_clinics(plan, cohort):
    """Return {key: clinic} of those that the list makes, in the area of the group."""
    area = cohort.clinic.area if cohort.clinic else None
    made = {}
    for name in plan.new_clinics:
        made[clinic_key(name)] = Clinic.objects.create(name=name, area=area)
    return made


def _clinic_of(line, clinics):
    return line.clinic or clinics.get(clinic_key(line.clinic_name))


def _create_people(lines, clinics, *, chance):
    taken = set(User.objects.annotate(code=Upper("username")).values_list("code", flat=True))
    codes = new_codes(len(lines), taken=taken, chance=chance)
    people = [
        User(
            username=code,
            password=make_password(None),
            first_name=line.given_names,
            last_name=line.surnames,
            sort_key=name_sort_key(line.given_names, line.surnames),
            role=line.role,
            clinic=_clinic_of(line, clinics),
            email=line.email,
            must_choose_pin=True,
        )
        for line, code in zip(lines, codes, strict=True)
    ]
    return User.objects.bulk_create(people, batch_size=_AT_ONCE)


def _update_people(lines, clinics):
    people = []
    for line in lines:
        person = line.person
        for name, value in line.changes.items():
            setattr(person, name, _clinic_of(line, clinics) if name == "clinic" else value)
        person.sort_key = name_sort_key(person.first_name, person.last_name)
        person.is_active = True
        people.append(person)
    fields = ["first_name", "last_name", "sort_key", "role", "clinic", "email", "is_active"]
    User.objects.bulk_update(people, fields, batch_size=_AT_ONCE)
