"""Joining a group by its code, where its trainer allows it."""

from django.db import IntegrityError, transaction
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext as _

from course.models import Cohort, Enrolment, User
from course.models.spanish_order import name_sort_key

from .audit import note
from .codes import DIGITS, LETTERS, new_codes
from .enrolling import enrol_people
from .names import tidy_name

_LENGTH = 8


class CannotJoin(ValueError):
    """The person cannot join; the message says why, to be shown at `field`."""

    field = "code"


class NoSuchGroup(CannotJoin):
    """The code opens no group."""


class AlreadyThere(CannotJoin):
    """Somebody with this name is in the group already."""

    field = "surnames"


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
    _enrol(learner, cohort, now=now)
    return cohort


@transaction.atomic
def join_as_newcomer(*, code, given_names, surnames, now, chance):
    """Make an account without a PIN for somebody who has none, put it into the group with this code, and return it.

    Raises `CannotJoin`: also when somebody with this name is in the group, so that twice does not make two accounts.
    """
    cohort = group_with_code(code, now=now)
    # One after the other, so that a double tap finds the account of the first.
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    given_names, surnames = tidy_name(given_names), tidy_name(surnames)
    if cohort.learners.filter(sort_key=name_sort_key(given_names, surnames)).exists():
        raise AlreadyThere(_("Somebody with this name is in the group already. Ask whoever runs it for your card."))
    taken = set(User.objects.values_list(Upper("username"), flat=True))
    person = User(
        username=new_codes(1, taken=taken, chance=chance)[0],
        first_name=given_names,
        last_name=surnames,
        clinic=cohort.clinic,
        must_choose_pin=True,
    )
    person.set_unusable_password()
    person.save()
    _enrol(person, cohort, now=now)
    return person


@transaction.atomic
def _enrol(person, cohort, *, now):
    if Enrolment.objects.current().filter(learner=person, cohort=cohort).exists():
        return
    enrol_people(cohort, [person], now=now)
    note("joined_by_code", by=person, cohort=cohort, about=[person], people=1, now=now)
