"""CUI and employee numbers: kept as keyed digests alone, to know a person again; two characters tell namesakes apart.

The key of the digests is in the database, sealed with a key of the accounts, which is not: whoever has the database
alone cannot try all thirteen-digit numbers. Turning the account keys seals it anew and leaves the digests as they are.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from course.models import DigestKey, PersonIdentifier
from course.sealing import seal, unseal

_NAME = "people"
_CUI = re.compile(r"\d{13}")
_EMPLOYEE = re.compile(r"[0-9A-Z]{3,20}")
Kind = PersonIdentifier.Kind


class NotAnIdentifier(ValueError):
    """A text that is no such number; the message says so to the person, without repeating it."""


class BelongsToAnother(ValueError):
    """The number is somebody else's already; the message says so to the person."""


def read_identifier(kind, text):
    """Return a number as it is compared: digits of a CUI, letters and digits of another. Raises `NotAnIdentifier`."""
    plain = re.sub(r"[\s./_-]", "", unicodedata.normalize("NFKC", text)).upper()
    if kind == Kind.CUI and not (_CUI.fullmatch(plain) and len(set(plain)) > 1):
        raise NotAnIdentifier(_("A CUI has 13 digits."))
    if kind == Kind.EMPLOYEE and not _EMPLOYEE.fullmatch(plain):
        raise NotAnIdentifier(_("An employee number has 3 to 20 letters and digits."))
    return plain


def digest_of(kind, number):
    """Return the keyed digest of a number that was read, 64 hexadecimal digits. Raises `CannotRead`."""
    return _digest(_key(), kind, number)


def who_has(kind, numbers):
    """Return {number: person} of those numbers that somebody has. Raises `CannotRead` without the key."""
    numbers = set(numbers)
    if not numbers:
        return {}
    key = _key()
    by_digest = {_digest(key, kind, number): number for number in numbers}
    found = {}
    digests = list(by_digest)
    for start in range(0, len(digests), 500):
        known = PersonIdentifier.objects.filter(kind=kind, digest__in=digests[start : start + 500])
        for row in known.select_related("person__clinic"):
            found[by_digest[row.digest]] = row.person
    return found


@transaction.atomic
def keep_identifier(person, kind, number):
    """Keep the digest of the person's number, in place of any other. Raises `BelongsToAnother`, `CannotRead`."""
    digest = digest_of(kind, number)
    if PersonIdentifier.objects.filter(kind=kind, digest=digest).exclude(person=person).exists():
        raise BelongsToAnother(_("Somebody else has this number already."))
    kept = {"digest": digest, "ends_with": number[-2:]}
    try:
        with transaction.atomic():
            PersonIdentifier.objects.update_or_create(person=person, kind=kind, defaults=kept)
    except IntegrityError as error:
        raise BelongsToAnother(_("Somebody else has this number already.")) from error


def keep_identifiers(numbers):
    """Keep the digests of many numbers at once, [(person, kind, number)], of people who have none of that kind yet.

    One that somebody has meanwhile raises `IntegrityError`.
    """
    if not numbers:
        return
    key = _key()
    PersonIdentifier.objects.bulk_create(
        PersonIdentifier(person=person, kind=kind, digest=_digest(key, kind, number), ends_with=number[-2:])
        for person, kind, number in numbers
    )


def forget_identifier(person, kind):
    """Forget the person's number of this kind."""
    PersonIdentifier.objects.filter(person=person, kind=kind).delete()


def hand_over_identifiers(old, kept):
    """Give `kept` what it lacks of the numbers of `old`, an account of the same person; the others go with it."""
    known = PersonIdentifier.objects.filter(person=kept).values("kind")
    PersonIdentifier.objects.filter(person=old).exclude(kind__in=known).update(person=kept)


def _digest(key, kind, number):
    return hmac.new(key, f"{kind}:{number}".encode(), hashlib.sha256).hexdigest()


def _key():
    row = DigestKey.objects.filter(name=_NAME).first()
    if row is None:
        made = {"sealed": seal(secrets.token_urlsafe(32))}
        row, _made = DigestKey.objects.get_or_create(name=_NAME, defaults=made)
    return unseal(row.sealed).encode()
