"""Whose a page or a fact is: a signed token that names a person and the epoch of their devices. It opens nothing."""

from typing import NamedTuple
from uuid import UUID

from django.core import signing

from course.models import User

from .identifiers import epoch_in, person_with_key

SALT = "course.owner"


class Owner(NamedTuple):
    """The person whose page it is, None when nobody is left of them; and whether a new PIN was given since."""

    person: User | None
    is_of_before: bool = False


def token_of(person):
    """Return what each page of this person carries to say whose it is; it opens nothing."""
    return signing.Signer(salt=SALT).sign_object({"p": str(person.key), "e": person.offline_epoch})


def owner_of(token, *, signed_in=None):
    """Return the `Owner` whom the token names; a token that we never made names nobody."""
    key, epoch = _read(token)
    person = signed_in if signed_in is not None and signed_in.key == key else key and person_with_key(key)
    return _owner(person, key, epoch)


def lock_owner(token):
    """Return the `Owner` whom the token names, locked until the transaction ends, so that no merger comes between."""
    key, epoch = _read(token)
    while person := key and person_with_key(key):
        if locked := User.objects.select_for_update(no_key=True).filter(pk=person.pk).first():
            return _owner(locked, key, epoch)
        # The account was merged a moment ago: its key leads on.
    return Owner(None)


def _owner(person, key, epoch):
    return Owner(person, person is not None and epoch_in(person, key, epoch) < person.offline_epoch)


def _read(token):
    """Return the key and the epoch in a token; None and 0 of one that we never made."""
    try:
        load = signing.Signer(salt=SALT).unsign_object(token)
        return UUID(str(load["p"])), int(load["e"])
    except (signing.BadSignature, ValueError, TypeError, KeyError):
        return None, 0
