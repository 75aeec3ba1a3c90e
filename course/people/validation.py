"""What a learner may choose as PIN, and staff as password."""

import re
from itertools import permutations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from course.models.people import spanish_key

from .easy_pins import common_passwords, why_easy
from .pins import PIN_MAX, PIN_MIN, typed_pin

PASSWORD_MIN, PASSWORD_MAX = 12, 128
# What somebody at the site would try first, beside the person's own names.
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
