"""Joining a group by its code, where its trainer allows it."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from course.desk.audit import note
from course.roster.codes import DIGITS, LETTERS

from .enrolling import enrol_people
from .models import Cohort

_LENGTH = 8


class NoSuchGroup(ValueError):
    """The code opens no group; the message says so to the person."""


def allow_joining(cohort, *, by, now, chance):
    """Give the group a new code to join and return it; an earlier one opens nothing any more."""
    while True:
        code = "".join(chance.choice(LETTERS + DIGITS) for _ in range(_LENGTH))
        try:
            with transaction.atomic():
                _keep(cohort, code, by=by, now=now)
                return code
        except IntegrityError:
            # Another group has it: one of eighty thousand million.
            continue


def end_joining(cohort, *, by, now):
    """Let nobody join the group by code any more."""
    with transaction.atomic():
        _keep(cohort, "", by=by, now=now)


def _keep(cohort, code, *, by, now):
    cohort.join_code = code
    cohort.save(update_fields=["join_code"])
    note("join_code_changed", by=by, cohort=cohort, now=now)


def group_with_code(code, *, now):
    """Return the open group that people join with this code, however it is written. Raises `NoSuchGroup`."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    groups = Cohort.objects.open_on(timezone.localdate(now)).exclude(join_code="")
    if plain and (cohort := groups.filter(join_code=plain).first()):
        return cohort
    raise NoSuchGroup(_("No group has this code. Look at it again, or ask whoever runs the group."))


def join_group(learner, code, *, now):
    """Put the person into the group with this code and return it. Twice is once. Raises `NoSuchGroup`."""
    cohort = group_with_code(code, now=now)
    enrol_people(cohort, [learner], now=now)
    return cohort
