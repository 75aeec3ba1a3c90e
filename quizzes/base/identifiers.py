"""Stable UUIDs from content ids, and integer keys from addresses and forms."""

import uuid

from django.core.exceptions import ValidationError

_PROJECT = uuid.UUID("6f1c2d1e-3c53-5d0a-9b0e-5a7b1c0d8e42")


def stable_key(identifier):
    """Return the translation key (UUID, version 5) that belongs to a content id such as `M3-Q5`."""
    return uuid.uuid5(_PROJECT, identifier)


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
