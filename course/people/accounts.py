"""Accounts: added, changed, given a PIN, a role or a password, closed and opened again; each by somebody, and kept in
the log with it."""

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from course.models import Change, Cohort, PersonIdentifier, User

from . import limits
from .audit import note
from .devices import begin_epoch
from .identifiers import digest_of, forget_identifier, keep_identifier
from .pins import choose_pin, make_starting_pin
from .places import name_areas_led
from .trail import hand_access, note_change


class AddressTaken(ValueError):
    """Another account has this e-mail address."""


@transaction.atomic
def add_person(person, *, roles=(), areas=(), password="", by, now, chance):
    """Save a new account with its roles in the site and the health areas that it leads.

    Return its starting PIN, or None where a `password` is given.
    """
    person.save()
    note("person_added", by=by, about=[person], people=1, now=now)
    give_roles(person, roles, by=by, now=now)
    name_areas_led(person, areas, by=by, now=now)
    if password:
        give_password(person, password, by=by, now=now)
        return None
    return give_pin(person, by=by, now=now, chance=chance)


@transaction.atomic
def change_person(person, *, fields, by, cohort=None, now):
    """Save these fields of an account, and keep it when one is another by now; twice is once."""
    before = User.objects.select_for_update().get(pk=person.pk)
    changed = [name for name in fields if getattr(before, name) != getattr(person, name)]
    if not changed:
        return
    # The rest of the account may change while the page is open: the PIN above all.
    person.save(update_fields=changed)
    name, new_name = before.surnames_first, person.surnames_first
    if set(changed) - {"is_active"}:
        # The log shows it beside the name of today, and it goes with the account.
        former = name if new_name != name else ""
        _note_in_groups("person_changed", person, by=by, cohort=cohort, subject=former, now=now)
    if "is_active" in changed:
        action = "account_opened" if person.is_active else "account_closed"
        _note_in_groups(action, person, by=by, cohort=cohort, now=now)


@transaction.atomic
def register_person(person, *, fields, kept, forgotten, by, cohort=None, now):
    """Save these fields of an account, and its numbers as `change_numbers` does."""
    change_person(person, fields=fields, by=by, cohort=cohort, now=now)
    change_numbers(person, kept=kept, forgotten=forgotten, by=by, cohort=cohort, now=now)


@transaction.atomic
def change_numbers(person, *, kept, forgotten, by, cohort=None, now):
    """Keep these numbers of the person, as {kind: number}, and forget those of other kinds; twice is once.

    Raises `BelongsToAnother`, `CannotRead`.
    """
    before = dict(PersonIdentifier.objects.filter(person=person).values_list("kind", "digest"))
    new = {kind: number for kind, number in kept.items() if before.get(kind) != digest_of(kind, number)}
    gone = [kind for kind in forgotten if kind in before]
    for kind, number in new.items():
        keep_identifier(person, kind, number)
    for kind in gone:
        forget_identifier(person, kind)
    if new or gone:
        _note_in_groups("person_changed", person, by=by, cohort=cohort, now=now)


def change_address(person, address, *, by, cohort=None, now):
    """Keep another e-mail address of the person, or none; the log holds what somebody else did. Raises AddressTaken.

    The same address again changes nothing.
    """
    if address == person.email:
        return
    try:
        with transaction.atomic():
            User.objects.filter(pk=person.pk).update(email=address, confirmation_asked_at=None)
            note_change(person, Change.ADDRESS_CHANGED, by=by, now=now)
            if by != person:
                _note_in_groups("address_changed", person, by=by, cohort=cohort, now=now)
    except IntegrityError as error:
        raise AddressTaken from error
    person.email, person.confirmation_asked_at = address, None


@transaction.atomic
def set_active(people, is_active, *, by, now):
    """Open or close the accounts of these people; what they did is kept. Return how many changed."""
    changed = list(User.objects.select_for_update().filter(pk__in=[one.pk for one in people], is_active=not is_active))
    for person in changed:
        person.is_active = is_active
        change_person(person, fields=["is_active"], by=by, now=now)
    return len(changed)


@transaction.atomic
def give_pin(person, *, by, cohort=None, now, chance):
    """Give the person a new one-time PIN and return it; the old PIN stops working, and tries may begin anew."""
    pin = make_starting_pin(person, now=now, chance=chance)
    hand_access([person], Change.PIN_GIVEN, by=by, now=now)
    _note_in_groups("pin_given", person, by=by, cohort=cohort, now=now)
    limits.lift(person)
    return pin


@transaction.atomic
def give_password(person, password, *, by, now):
    """Set a password in the person's stead."""
    choose_pin(person, password)
    begin_epoch([person.pk])
    hand_access([person], Change.PASSWORD_GIVEN, by=by, now=now)
    _note_in_groups("password_given", person, by=by, now=now)


@transaction.atomic
def give_roles(person, roles, *, by, now):
    """Let the person have exactly these roles in the site (Django groups)."""
    before = set(person.groups.all())
    given, taken = sorted(set(roles) - before, key=str), sorted(before - set(roles), key=str)
    if not given and not taken:
        return
    person.groups.set(roles)
    words = " ".join([*(f"+{role}" for role in given), *(f"−{role}" for role in taken)])
    note("roles_changed", by=by, about=[person], subject=words, people=1, now=now)


@transaction.atomic
def remove_second_step(person, *, by, now):
    """Let a person who lost the phone set up the second step anew; twice is once."""
    if Authenticator.objects.filter(user=person).delete()[0]:
        note_change(person, Change.SECOND_STEP_REMOVED, by=by, now=now)
        note("second_step_removed", by=by, about=[person], people=1, now=now)


@transaction.atomic
def unlock_person(person, *, by, cohort, now):
    """Let somebody who mistook the PIN too often try again at once."""
    note("person_unlocked", by=by, cohort=cohort, about=[person], people=1, now=now)
    limits.lift(person)


@transaction.atomic
def delete_account(person, *, by, now):
    """Delete an account that nothing tells about; raises ProtectedError for any other."""
    note("person_deleted", by=by, about=[person], people=1, now=now)
    person.delete()


def _note_in_groups(action, person, *, by, cohort=None, subject="", now):
    """Keep it in the group where it was done, else in every group that the person is in, whose trainers may know."""
    groups = [cohort] if cohort else list(Cohort.objects.filter(enrolments__learner=person, enrolments__left_at=None))
    for group in groups or [None]:
        note(action, by=by, cohort=group, about=[person], subject=subject, people=1, now=now)
