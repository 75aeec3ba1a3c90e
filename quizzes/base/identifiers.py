"""Stable UUIDs from content ids, and integer keys from addresses and forms."""

import uuid

from django.core.exceptions import ValidationError

_NAMESPACE = uuid.UUID("6f1c2d1e-3c53-5d0a-9b0e-5a7b1c0d8e42")
MAX_KEY_DIGITS = 18


def stable_key(identifier):
    return uuid.uuid5(_NAMESPACE, identifier)


def parse_key(text):
    """Return None for no integer, or one with too many digits for a database key."""
    return int(text) if len(text) <= MAX_KEY_DIGITS and text.isascii() and text.isdecimal() else None


class BoundedKeysMixin:
    def clean(self, value):
        for key in value or ():
            if parse_key(str(key)) is None:
                raise ValidationError(
                    self.error_messages["invalid_pk_value"], code="invalid_pk_value", params={"pk": str(key)[:40]}
                )
        return super().clean(value)
