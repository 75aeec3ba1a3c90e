"""Stable ids: what the content files call `M3-Q5` is one key in every language, database and installation."""

import uuid

_PROJECT = uuid.UUID("6f1c2d1e-3c53-5d0a-9b0e-5a7b1c0d8e42")


def stable_key(identifier):
    """Return the translation key (UUID, version 5) that belongs to a content id such as `M3-Q5`."""
    return uuid.uuid5(_PROJECT, identifier)
