"""Keys of rows as they come from outside, in addresses and forms, where a number can be too long for a database."""

from django.core.exceptions import ValidationError

MOST_DIGITS = 18


def read_key(text):
    """Return the whole number that a text writes, or None where it writes none or one that is too long for a key."""
    return int(text) if len(text) <= MOST_DIGITS and text.isascii() and text.isdecimal() else None


class ShortKeys:
    """A ModelMultipleChoiceField that refuses long numbers: Django looks for all keys at once, and SQLite fails."""

    def clean(self, value):
        for key in value or ():
            if read_key(str(key)) is None:
                raise ValidationError(
                    self.error_messages["invalid_pk_value"], code="invalid_pk_value", params={"pk": str(key)[:40]}
                )
        return super().clean(value)
