"""PINs and passwords: one-time PINs of cards, rules for own ones, sign-in."""

import hmac
import re
from datetime import timedelta
from itertools import permutations

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from course.models import StartingPin, User
from course.models.people import spanish_key

from .devices import increment_offline_epoch
from .easy_pins import common_passwords, is_easy_to_guess, why_easy

STARTING_PIN_LENGTH = 6
STARTING_PIN_LASTS = timedelta(days=60)
# Staff see other people's results, so six digits open their account for a short time only.
STAFF_PIN_LASTS = timedelta(days=7)
PIN_MIN, PIN_MAX = 6, 12


def typed_pin(text):
    """Return the text without spaces and dashes of a PIN in groups; a password is unchanged."""
    plain = "".join(text.replace("-", " ").split())
    return plain if plain.isdecimal() and len(plain) <= PIN_MAX else text


def digest_of(user, pin):
    return salted_hmac("course.starting-pin", f"{user.pk}:{pin}", algorithm="sha256").hexdigest()


def make_starting_pin(user, *, now, chance):
    """Return a new one-time PIN; only its keyed digest is stored. The old PIN stops working."""
    pin = draw_pin(chance, code=user.username)
    keep_starting_pin(user, pin, expires_at=now + (STAFF_PIN_LASTS if user.is_staff else STARTING_PIN_LASTS))
    return pin


def draw_pin(chance, *, code):
    return next(pin for pin in iter(lambda: random_pin(chance), None) if not is_easy_to_guess(pin, code=code))


def random_pin(chance):
    return "".join(str(chance.randrange(10)) for _ in range(STARTING_PIN_LENGTH))


def keep_starting_pin(user, pin, *, expires_at):
    StartingPin.objects.update_or_create(user=user, defaults={"digest": digest_of(user, pin), "expires_at": expires_at})
    user.set_unusable_password()
    user.must_choose_pin = True
    user.save(update_fields=["password", "must_choose_pin"])
    increment_offline_epoch([user.pk])


def keep_starting_pins(drawn):
    people = [user.pk for user, _pin, _until in drawn]
    StartingPin.objects.filter(user__in=people).delete()
    StartingPin.objects.bulk_create(
        [StartingPin(user=user, digest=digest_of(user, pin), expires_at=until) for user, pin, until in drawn],
        batch_size=500,
    )
    # An unusable password is no secret: the same for all.
    User.objects.filter(pk__in=people).update(password=make_password(None), must_choose_pin=True)
    increment_offline_epoch(people)


def is_starting_pin(user, pin, *, now):
    """Whether `pin` is the person's valid one-time PIN, in constant time."""
    starting = StartingPin.objects.filter(user=user, expires_at__gt=now).first()
    expected = starting.digest if starting else "0" * 64
    return hmac.compare_digest(expected, digest_of(user, pin)) and starting is not None


def choose_pin(user, pin):
    user.set_password(pin)
    user.must_choose_pin = False
    user.save(update_fields=["password", "must_choose_pin"])
    StartingPin.objects.filter(user=user).delete()


PASSWORD_MIN, PASSWORD_MAX = 12, 128
_OF_THE_SITE = {
    *("tratodigno", "centrodesalud", "contrasena"),
    *("facilitador", "facilitadora", "administrador", "administradora", "capacitador", "capacitadora"),
}


class PinOrPassword:
    """A validator for AUTH_PASSWORD_VALIDATORS: digits for learners, twelve characters or more for staff."""

    def validate(self, password, user=None):
        if user is not None and (user.is_staff or user.is_superuser):
            self.validate_password(password, user)
        else:
            self.validate_pin(password, code=user.username if user is not None else "")

    def validate_pin(self, pin, *, code=""):
        if not pin.isdecimal() or not pin.isascii():
            raise ValidationError(_("Write the PIN with digits only."))
        if not PIN_MIN <= len(pin) <= PIN_MAX:
            raise ValidationError(_("The PIN needs between 6 and 12 digits."))
        if why := why_easy(pin, code=code):
            raise ValidationError(_("That PIN is easy to guess: %(why)s. Choose another one.") % {"why": why})

    def validate_password(self, password, user):
        if len(password) < PASSWORD_MIN:
            raise ValidationError(_("The password needs 12 characters or more. Four words in a row make a good one."))
        if len(password) > PASSWORD_MAX:
            raise ValidationError(_("The password has more than 128 characters. Choose a shorter one."))
        if typed_pin(password).isdecimal() or len(set(password)) < 5 or user.username.casefold() in password.casefold():
            raise ValidationError(_("That password is easy to guess. Choose another one."))
        if _is_common(password, user):
            raise ValidationError(
                _("That password is easy to guess: many people choose one like it, or it is a name with digits.")
            )

    def get_help_text(self):
        return _("Learners: a PIN of 6 to 12 digits. Staff: a password of 12 characters or more.")


def _is_common(password, user):
    letters = _letters(password)
    block = next((letters[:size] for size in range(1, len(letters) + 1) if _is_block(letters, size)), "")
    names = {_letters(part) for part in f"{user.first_name} {user.last_name} {user.username}".split()}
    known = names | {"".join(pair) for pair in permutations(names, 2)} | _OF_THE_SITE
    return password.casefold() in common_passwords() or any(
        core in known or core in common_passwords() for core in (letters, block)
    )


def _letters(text):
    return re.sub(r"[^a-z]", "", spanish_key(text))


def _is_block(text, size):
    return text == text[:size] * (len(text) // size)


class StartingPinBackend(ModelBackend):
    def authenticate(self, request, username=None, password=None, **credentials):
        if not username or not password or not password.isdecimal():
            return None
        user = User.objects.filter(username__iexact=username, must_choose_pin=True).first()
        if user and self.user_can_authenticate(user) and is_starting_pin(user, password, now=timezone.now()):
            return user
        return None

    def has_perm(self, user_obj, perm, obj=None):
        return False

    def has_module_perms(self, user_obj, app_label):
        return False
