"""What a learner may choose as PIN, and staff as password."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .pins import PIN_MAX, PIN_MIN, is_easy_to_guess, typed_pin

PASSWORD_MIN = 12


class PinOrPassword:
    """A validator for AUTH_PASSWORD_VALIDATORS: digits for learners, twelve characters or more for staff."""

    def validate(self, password, user=None):
        if user is not None and (user.is_staff or user.is_superuser):
            self.validate_password(password, user)
        else:
            self.validate_pin(password)

    def validate_pin(self, pin):
        if not pin.isdecimal() or not pin.isascii():
            raise ValidationError(_("Write the PIN with digits only."))
        if not PIN_MIN <= len(pin) <= PIN_MAX:
            raise ValidationError(_("The PIN needs between 6 and 12 digits."))
        if is_easy_to_guess(pin):
            raise ValidationError(
                _("That PIN is easy to guess. Choose one without repeated digits or runs such as 123456.")
            )

    def validate_password(self, password, user):
        if len(password) < PASSWORD_MIN:
            raise ValidationError(_("The password needs 12 characters or more. Four words in a row make a good one."))
        if typed_pin(password).isdecimal() or len(set(password)) < 5 or user.username.casefold() in password.casefold():
            raise ValidationError(_("That password is easy to guess. Choose another one."))

    def get_help_text(self):
        return _("Learners: a PIN of 6 to 12 digits. Staff: a password of 12 characters or more.")
