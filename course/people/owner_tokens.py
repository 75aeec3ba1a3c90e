"""Page owner tokens: signed, they name a person and the offline epoch, and grant no access."""

from typing import NamedTuple
from uuid import UUID

from django.core import signing

from course.models import User

from .identifiers import current_epoch, person_with_key

SALT = "course.owner"


class PageOwner(NamedTuple):
    """The person of a token, or None; `is_outdated` when the epoch has risen since, as by a new PIN."""

    person: User | None
    is_outdated: bool = False


def make_owner_token(person):
    return signing.Signer(salt=SALT).sign_object({"p": str(person.key), "e": person.offline_epoch})


def page_owner(token, *, signed_in=None):
    """Return the `PageOwner`, without a query for `signed_in`. An invalid token names no one."""
    key, epoch = _read(token)
    person = signed_in if signed_in is not None and signed_in.key == key else key and person_with_key(key)
    return _page_owner(person, key, epoch)


def lock_page_owner(token):
    """Return the `PageOwner`, locked until the transaction ends, so that no merge comes between."""
    key, epoch = _read(token)
    while person := key and person_with_key(key):
        if locked := User.objects.select_for_update(no_key=True).filter(pk=person.pk).first():
            return _page_owner(locked, key, epoch)
        # The account was merged a moment ago; its alias names the other.
    return PageOwner(None)


def _page_owner(person, key, epoch):
    return PageOwner(person, person is not None and current_epoch(person, key, epoch) < person.offline_epoch)


def _read(token):
    try:
        load = signing.Signer(salt=SALT).unsign_object(token)
        return UUID(str(load["p"])), int(load["e"])
    except (signing.BadSignature, ValueError, TypeError, KeyError):
        return None, 0
