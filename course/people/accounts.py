"""Accounts, PINs, passwords, roles and jobs; invitations of administrators."""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.http import base36_to_int, int_to_base36
from django.utils.translation import gettext as _

from certificates.text.fields import post_in_site_language
from course.jobs import DOUBLE_CLICK
from course.models import Change, Cohort, PersonIdentifier, User
from quizzes.base.job_roles import find_job, get_audience

from . import limits
from .audit import audit_log
from .clinics import set_areas_led
from .cohorts import people_of_other_trainers
from .devices import increment_offline_epoch, log_access_by_others, log_account_change
from .enrolment import enrol_and_log, enrol_people
from .identifiers import delete_identifier, identifier_digest, new_code, save_identifier
from .names import normalise_name
from .permissions import may_change_account
from .pins import choose_pin, make_starting_pin


def set_job_title(person, words):
    """Set the job title, and the role if the course knows the job; return the names of the fields to save."""
    job = find_job(words)
    if audience := get_audience(job):
        person.role = audience
    person.job_title = post_in_site_language(words)
    return ["role", "job_title"]


class AddressTaken(ValueError):
    pass


@transaction.atomic
def create_account(person, *, roles=(), areas=(), password="", by, now, chance):
    """Save a new account; return its starting PIN, or None with a `password`."""
    person.save()
    audit_log("person_added", by=by, about=[person], people=1, now=now)
    set_roles(person, roles, by=by, now=now)
    set_areas_led(person, areas, by=by, now=now)
    if password:
        reset_password(person, password, by=by, now=now)
        return None
    return reset_pin(person, by=by, now=now, chance=chance)


@transaction.atomic
def change_person(person, *, fields, by, cohort=None, now):
    before = User.objects.select_for_update().get(pk=person.pk)
    changed = [name for name in fields if getattr(before, name) != getattr(person, name)]
    if not changed:
        return
    # Other fields, such as the PIN, may have changed while the page was open.
    person.save(update_fields=changed)
    name, new_name = before.surnames_first, person.surnames_first
    if set(changed) - {"is_active"}:
        former = name if new_name != name else ""
        _log_in_cohorts("person_changed", person, by=by, cohort=cohort, subject=former, now=now)
    if "is_active" in changed:
        action = "account_opened" if person.is_active else "account_closed"
        _log_in_cohorts(action, person, by=by, cohort=cohort, now=now)


@transaction.atomic
def update_registration(person, *, fields, numbers, removed, by, cohort=None, now):
    change_person(person, fields=fields, by=by, cohort=cohort, now=now)
    change_identifiers(person, numbers=numbers, removed=removed, by=by, cohort=cohort, now=now)


@transaction.atomic
def change_identifiers(person, *, numbers, removed, by, cohort=None, now):
    """Save {kind: number} and delete the kinds `removed`. Raises `BelongsToAnother`, `CannotRead`."""
    before = dict(PersonIdentifier.objects.filter(person=person).values_list("kind", "digest"))
    new = {kind: number for kind, number in numbers.items() if before.get(kind) != identifier_digest(kind, number)}
    gone = [kind for kind in removed if kind in before]
    for kind, number in new.items():
        save_identifier(person, kind, number)
    for kind in gone:
        delete_identifier(person, kind)
    if new or gone:
        _log_in_cohorts("person_changed", person, by=by, cohort=cohort, now=now)


def change_address(person, address, *, by, cohort=None, now):
    """Save or remove the e-mail address; log it if `by` is someone else. Raises `AddressTaken`."""
    if address == person.email:
        return
    try:
        with transaction.atomic():
            User.objects.filter(pk=person.pk).update(email=address, confirmation_asked_at=None)
            log_account_change(person, Change.ADDRESS_CHANGED, by=by, now=now)
            if by != person:
                _log_in_cohorts("address_changed", person, by=by, cohort=cohort, now=now)
    except IntegrityError as error:
        raise AddressTaken from error
    person.email, person.confirmation_asked_at = address, None


@transaction.atomic
def set_active(people, is_active, *, by, now):
    pks = [person.pk for person in people]
    changed = list(User.objects.select_for_update().filter(pk__in=pks, is_active=not is_active))
    for person in changed:
        person.is_active = is_active
        change_person(person, fields=["is_active"], by=by, now=now)
    return len(changed)


@transaction.atomic
def reset_pin(person, *, by, cohort=None, now, chance):
    pin = make_starting_pin(person, now=now, chance=chance)
    log_access_by_others([person], Change.PIN_GIVEN, by=by, now=now)
    _log_in_cohorts("pin_given", person, by=by, cohort=cohort, now=now)
    limits.lift(person)
    return pin


@transaction.atomic
def reset_password(person, password, *, by, now):
    choose_pin(person, password)
    increment_offline_epoch([person.pk])
    log_access_by_others([person], Change.PASSWORD_GIVEN, by=by, now=now)
    _log_in_cohorts("password_given", person, by=by, now=now)


@transaction.atomic
def set_roles(person, roles, *, by, now):
    before = set(person.groups.all())
    given, taken = sorted(set(roles) - before, key=str), sorted(before - set(roles), key=str)
    if not given and not taken:
        return
    person.groups.set(roles)
    words = " ".join([*(f"+{role}" for role in given), *(f"−{role}" for role in taken)])
    audit_log("roles_changed", by=by, about=[person], subject=words, people=1, now=now)


@transaction.atomic
def remove_second_step(person, *, by, now):
    if Authenticator.objects.filter(user=person).delete()[0]:
        log_account_change(person, Change.SECOND_STEP_REMOVED, by=by, now=now)
        audit_log("second_step_removed", by=by, about=[person], people=1, now=now)


@transaction.atomic
def unlock_person(person, *, by, cohort, now):
    audit_log("person_unlocked", by=by, cohort=cohort, about=[person], people=1, now=now)
    limits.lift(person)


@transaction.atomic
def delete_account(person, *, by, now):
    audit_log("person_deleted", by=by, about=[person], people=1, now=now)
    person.delete()


def _log_in_cohorts(action, person, *, by, cohort=None, subject="", now):
    groups = [cohort] if cohort else list(Cohort.objects.filter(enrolments__learner=person, enrolments__left_at=None))
    for group in groups or [None]:
        audit_log(action, by=by, cohort=group, about=[person], subject=subject, people=1, now=now)


INVITATION_LIFETIME = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


class _InvitationTokenGenerator(PasswordResetTokenGenerator):
    key_salt = "course.invitation"

    def _now(self):
        # Django uses local time, which may differ between machines.
        return timezone.now().replace(tzinfo=None)


_invitation_tokens = _InvitationTokenGenerator()


class InvitationRefused(ValueError):
    pass


@transaction.atomic
def invite_administrator(code, *, first_name="", last_name="", again=False, forget_second_step=False, now):
    """Return the token for the address where the person chooses a password.

    `again` locks the account of an administrator until then. Raises `InvitationRefused`.
    """
    person = User.objects.select_for_update().filter(username__iexact=code).first()
    if person and not again:
        raise InvitationRefused(
            f"Ya hay una cuenta {person.username}; --again invita otra vez a quien la tiene / "
            f"there is an account {person.username} already; --again invites who has it once more."
        )
    if person and not (person.is_superuser and person.is_active):
        raise InvitationRefused(
            f"{person.username} no administra todo el sitio, o su cuenta está cerrada / "
            f"{person.username} does not administer the whole site, or the account is closed."
        )
    if person is None:
        if again:
            raise InvitationRefused(f"No hay una cuenta {code} / there is no account {code}.")
        person = User(username=code, first_name=first_name, last_name=last_name, is_staff=True, is_superuser=True)
        person.save()
        audit_log("person_added", by=None, about=[person], people=1, now=now)
    else:
        increment_offline_epoch([person.pk])
        log_access_by_others([person], Change.PASSWORD_GIVEN, by=None, now=now)
        if forget_second_step:
            remove_second_step(person, by=None, now=now)
    person.set_unusable_password()
    person.must_choose_pin = False
    person.save(update_fields=["password", "must_choose_pin"])
    audit_log("administrator_invited", by=None, about=[person], people=1, now=now)
    return f"{int_to_base36(person.pk)}-{_invitation_tokens.make_token(person)}"


def invited_person(invitation):
    number, _dash, token = invitation.partition("-")
    try:
        person = User.objects.filter(pk=base36_to_int(number), is_active=True, is_superuser=True).first()
    except (ValueError, OverflowError):
        return None
    return person if person and _invitation_tokens.check_token(person, token) else None


@transaction.atomic
def accept_invitation(invitation, password, *, now):
    """Set the password and return the person, or None if the invitation is invalid."""
    found = invited_person(invitation)
    person = User.objects.select_for_update().get(pk=found.pk) if found else None
    # Another request may have used it while this one waited for the lock.
    if person is None or person.password != found.password:
        return None
    choose_pin(person, password)
    log_account_change(person, Change.PIN_CHOSEN, by=person, now=now)
    audit_log("invitation_accepted", by=person, about=[person], people=1, now=now)
    return person


class CannotAdd(ValueError):
    pass


@transaction.atomic
def add_person(cohort, *, given_names, surnames, by, now, chance, **fields):
    """Create an account without a PIN in the group; a double click returns the same person."""
    # Serialises a double click.
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    if person := recently_added(cohort, given_names=given_names, surnames=surnames, now=now):
        return person
    person = User(
        username=_free_code(chance), must_choose_pin=True, **_normalised_names(given_names, surnames), **fields
    )
    person.clinic = person.clinic or cohort.clinic
    person.set_unusable_password()
    person.save()
    audit_log("person_added", by=by, cohort=cohort, about=[person], people=1, now=now)
    enrol_people(cohort, [person], now=now)
    return person


def recently_added(cohort, *, given_names, surnames, now):
    added = User.objects.filter(**_normalised_names(given_names, surnames)).filter(
        enrolments__cohort=cohort, enrolments__left_at=None, enrolments__enrolled_at__gt=now - DOUBLE_CLICK
    )
    return added.first()


@transaction.atomic
def add_existing_person(cohort, person, *, by, now):
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    # Another trainer may have added the person meanwhile, or closed the account.
    person = User.objects.select_for_update().get(pk=person.pk)
    if people_of_other_trainers(by).filter(learner=person).exists():
        # Trainers may reset the PIN of people in their groups: that would take the account over.
        raise CannotAdd(
            _(
                "The person is in a group of somebody else: they come into this one themselves with the code to join,"
                " or an administrator adds them."
            )
        )
    if not may_open_account(by, person):
        raise CannotAdd(_("The account of this person is closed. An administrator can open it."))
    if not person.is_active:
        set_active([person], True, by=by, now=now)
    enrol_and_log(cohort, [person], by=by, now=now)


def may_open_account(by, person):
    return person.is_active or may_change_account(by, person)


def _normalised_names(given_names, surnames):
    return {"first_name": normalise_name(given_names), "last_name": normalise_name(surnames)}


def _free_code(chance):
    while User.objects.filter(username__iexact=(code := new_code(chance))).exists():
        pass
    return code
