"""What a person says that they do in the health centre: the job, and the role that follows from it."""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.http import base36_to_int, int_to_base36
from django.utils.translation import gettext as _

from certificates.jobs import ONE_CLICK
from certificates.text.fields import post_to_register
from course.models import Change, Cohort, PersonIdentifier, User
from quizzes.base.job_roles import audience_of, job_called

from . import limits
from .audit import note
from .clinics import name_areas_led
from .cohorts import people_of_others
from .devices import begin_epoch, hand_access, note_change
from .enrolment import enrol_people, let_in
from .identifiers import digest_of, forget_identifier, keep_identifier, new_code
from .names import tidy_name
from .permissions import changes_no_staff
from .pins import choose_pin, make_starting_pin


def chosen_job(person):
    """Return the code of the person's job, or of the role where the course has no word for the job."""
    job = job_called(person.job_title)
    return job if job and audience_of(job) == person.role else person.role


def choose_job(person, job):
    """Keep which scenes and tips come first: the role of a job that the person chose.

    The post is registered by lists of staff and trainers alone, because certificates print it.
    """
    person.role = audience_of(job)
    person.save(update_fields=["role"])


def register_job(person, words):
    """Put another post into an account, in the words of whoever knows the person; say which fields that are.

    Of a job that the course knows the role follows, and its word is registered as `post_to_register` has it. It is
    not saved.
    """
    job = job_called(words)
    if audience := audience_of(job):
        person.role = audience
    person.job_title = post_to_register(words)
    return ["role", "job_title"]


class AddressTaken(ValueError):
    """Another account has this e-mail address."""


@transaction.atomic
def create_account(person, *, roles=(), areas=(), password="", by, now, chance):
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


LASTS = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


class _Words(PasswordResetTokenGenerator):
    """Short enough to be typed. It depends on the present password: whoever chooses one ends it."""

    key_salt = "course.invitation"

    def _now(self):
        # Of the same clock on every machine; Django asks for the local one.
        return timezone.now().replace(tzinfo=None)


_words = _Words()


class InvitationRefused(ValueError):
    """Nobody is invited; the message says why to whoever runs the command."""


@transaction.atomic
def invite_administrator(code, *, first_name="", last_name="", again=False, forget_second_step=False, now):
    """Return the word in the address by which the person chooses a password; there is an account for it from now on.

    The account is new, or with `again` that of an administrator who is locked out, who gets in with nothing else then:
    the password stops working, sessions end, and with `forget_second_step` the second step goes too.
    Raises InvitationRefused.
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
        note("person_added", by=None, about=[person], people=1, now=now)
    else:
        begin_epoch([person.pk])
        hand_access([person], Change.PASSWORD_GIVEN, by=None, now=now)
        if forget_second_step:
            remove_second_step(person, by=None, now=now)
    # A new one each time: earlier links open nothing any more.
    person.set_unusable_password()
    person.must_choose_pin = False
    person.save(update_fields=["password", "must_choose_pin"])
    note("administrator_invited", by=None, about=[person], people=1, now=now)
    return f"{int_to_base36(person.pk)}-{_words.make_token(person)}"


def invited(word):
    """Return the person whom the word of an invitation lets in, while it is fresh and was not used; else None."""
    number, _dash, token = word.partition("-")
    try:
        person = User.objects.filter(pk=base36_to_int(number), is_active=True, is_superuser=True).first()
    except (ValueError, OverflowError):
        return None
    return person if person and _words.check_token(person, token) else None


@transaction.atomic
def accept_invitation(word, password, *, now):
    """Set the password that the invited person chose and return the person; None where somebody was there before."""
    found = invited(word)
    person = User.objects.select_for_update().get(pk=found.pk) if found else None
    # The one before may have chosen while this one waited.
    if person is None or person.password != found.password:
        return None
    choose_pin(person, password)
    note_change(person, Change.PIN_CHOSEN, by=person, now=now)
    note("invitation_accepted", by=person, about=[person], people=1, now=now)
    return person


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
