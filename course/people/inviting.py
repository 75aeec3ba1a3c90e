"""The first administrator, or one who is locked out, comes in by a link that opens once: nobody gives a password."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.utils import timezone
from django.utils.http import base36_to_int, int_to_base36

from course.models import Change, User

from .accounts import remove_second_step
from .audit import note
from .devices import begin_epoch
from .pins import choose_pin
from .trail import hand_access, note_change

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
