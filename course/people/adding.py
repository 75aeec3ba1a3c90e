"""Adding one person to a group: with a new account, or with the one that somebody has already."""

from django.db import transaction
from django.utils.translation import gettext as _

from certificates.jobs import ONE_CLICK
from course.models import Cohort, User

from .accounts import set_active
from .audit import note
from .codes import new_code
from .cohorts import people_of_others
from .enrolling import enrol_people
from .grouping import let_in
from .names import tidy_name
from .permissions import changes_no_staff


class CannotAdd(ValueError):
    """The person cannot be put into the group; the message says why."""


@transaction.atomic
def add_person(cohort, *, given_names, surnames, by, now, chance, **fields):
    """Make an account without a PIN, put it into the group, and return the person; who is without a clinic is of the
    group's.

    `fields` are others of the account, such as `job_title` and `phone`. The second of two clicks gets the person of the
    first.
    """
    # The second click waits here for the first.
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    if person := just_added(cohort, given_names=given_names, surnames=surnames, now=now):
        return person
    person = User(username=_free_code(chance), must_choose_pin=True, **_tidied(given_names, surnames), **fields)
    person.clinic = person.clinic or cohort.clinic
    person.set_unusable_password()
    person.save()
    note("person_added", by=by, cohort=cohort, about=[person], people=1, now=now)
    enrol_people(cohort, [person], now=now)
    return person


def just_added(cohort, *, given_names, surnames, now):
    """Return whoever of this name came into the group a click ago, or None."""
    here = User.objects.filter(**_tidied(given_names, surnames)).filter(
        enrolments__cohort=cohort, enrolments__left_at=None, enrolments__enrolled_at__gt=now - ONE_CLICK
    )
    return here.first()


@transaction.atomic
def let_known_person_in(cohort, person, *, by, now):
    """Put somebody who has an account into the group, and open the account if it was archived; twice is once.

    Raises `CannotAdd` of who is in groups of others alone, and of staff whose account was closed: administrators may.
    """
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    # As they are now: on another page somebody else may have taken the person over, or closed the account.
    person = User.objects.select_for_update().get(pk=person.pk)
    if people_of_others(by).filter(learner=person).exists():
        # Whoever has somebody in a group may give them a PIN: that would take the account over.
        raise CannotAdd(
            _(
                "The person is in a group of somebody else: they come into this one themselves with the code to join,"
                " or an administrator adds them."
            )
        )
    if not may_open(by, person):
        raise CannotAdd(_("The account of this person is closed. An administrator can open it."))
    if not person.is_active:
        set_active([person], True, by=by, now=now)
    let_in(cohort, [person], by=by, now=now)


def may_open(by, person):
    """Whether `by` may let this person in where the account is closed; an open one is open."""
    return person.is_active or changes_no_staff(by, person)


def _tidied(given_names, surnames):
    return {"first_name": tidy_name(given_names), "last_name": tidy_name(surnames)}


def _free_code(chance):
    """Return a user code that nobody has."""
    while User.objects.filter(username__iexact=(code := new_code(chance))).exists():
        pass
    return code
