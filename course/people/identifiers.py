"""User codes, identity numbers, phone numbers, aliases of merged accounts, optional fields."""

import hashlib
import hmac
import re
import secrets
import unicodedata
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from course.models import DigestKey, PeopleSettings, PersonAlias, PersonIdentifier, User
from course.sealing import seal, unseal

from .audit import audit_log

# Without B, G, I, L, O, Q, S, Z, which look like digits, without 0 and 1, and without vowels.
LETTERS, DIGITS = "CDFHJKMNPRTVWXY", "23456789"
_OFFENSIVE = ("HDP", "HP", "PT", "CTM", "MRD", "VH", "TRN")


def new_code(chance):
    while True:
        letters = "".join(chance.choice(LETTERS) for _ in range(3))
        if not any(word in letters for word in _OFFENSIVE):
            return letters + "".join(chance.choice(DIGITS) for _ in range(3))


def new_codes(count, *, taken, chance):
    # A dict: the order of a set differs between processes.
    codes = {}
    while len(codes) < count:
        if (code := new_code(chance)) not in taken:
            codes[code] = True
    return list(codes)


_NAME = "people"
_CUI = re.compile(r"\d{13}")
_EMPLOYEE = re.compile(r"[0-9A-Z]{3,20}")
Kind = PersonIdentifier.Kind


class NotAnIdentifier(ValueError):
    """Not a valid number; the message is for the user and does not repeat it."""


class BelongsToAnother(ValueError):
    pass


def parse_identifier(kind, text):
    """Return a normalised number: digits of a CUI, letters and digits of others. Raises `NotAnIdentifier`."""
    plain = re.sub(r"[\s./_-]", "", unicodedata.normalize("NFKC", text)).upper()
    if kind == Kind.CUI and not (_CUI.fullmatch(plain) and len(set(plain)) > 1):
        raise NotAnIdentifier(_("A CUI has 13 digits."))
    if kind == Kind.EMPLOYEE and not _EMPLOYEE.fullmatch(plain):
        raise NotAnIdentifier(_("An employee number has 3 to 20 letters and digits."))
    return plain


def identifier_digest(kind, number):
    """Return the HMAC-SHA256 (hex) of a normalised number. Raises `CannotRead` without the key."""
    return _digest(_key(), kind, number)


def people_by_number(kind, numbers):
    """Return {number: person} of known numbers. Raises `CannotRead` without the key."""
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
def save_identifier(person, kind, number):
    """Save the digest of the number, replacing another. Raises `BelongsToAnother`, `CannotRead`."""
    digest = identifier_digest(kind, number)
    if PersonIdentifier.objects.filter(kind=kind, digest=digest).exclude(person=person).exists():
        raise BelongsToAnother(_("Another person already has this number."))
    defaults = {"digest": digest, "ends_with": number[-2:]}
    try:
        with transaction.atomic():
            PersonIdentifier.objects.update_or_create(person=person, kind=kind, defaults=defaults)
    except IntegrityError as error:
        raise BelongsToAnother(_("Another person already has this number.")) from error


def save_identifiers(numbers):
    """Save [(person, kind, number)]. Raises `IntegrityError` if another person has one of them."""
    if not numbers:
        return
    key = _key()
    PersonIdentifier.objects.bulk_create(
        PersonIdentifier(person=person, kind=kind, digest=_digest(key, kind, number), ends_with=number[-2:])
        for person, kind, number in numbers
    )


def delete_identifier(person, kind):
    PersonIdentifier.objects.filter(person=person, kind=kind).delete()


def reassign_identifiers(old, kept):
    known = PersonIdentifier.objects.filter(person=kept).values("kind")
    PersonIdentifier.objects.filter(person=old).exclude(kind__in=known).update(person=kept)


def _digest(key, kind, number):
    return hmac.new(key, f"{kind}:{number}".encode(), hashlib.sha256).hexdigest()


def _key():
    row = DigestKey.objects.filter(name=_NAME).first()
    if row is None:
        new = {"encrypted_key": seal(secrets.token_urlsafe(32))}
        row, _created = DigestKey.objects.get_or_create(name=_NAME, defaults=new)
    return unseal(row.encrypted_key).encode()


GUATEMALA = "502"
_IN_GUATEMALA = 8
# E.164 allows 15 digits with the country code; numbers below 8 cannot be reached from abroad.
_FEWEST, _MOST = 8, 15


class NotAPhone(ValueError):
    pass


def parse_phone(text):
    """Return E.164 («+50255551234»); eight digits are of Guatemala. Raises `NotAPhone`."""
    # Full-width digits become ASCII; digits of other scripts are refused below.
    text = unicodedata.normalize("NFKC", text)
    digits = re.sub(r"[^0-9]", "", text)
    abroad = text.strip().startswith(("+", "00"))
    if re.search(r"[^0-9\s()+./-]", text) or text.strip().find("+") > 0:
        digits = ""
    if abroad and not text.strip().startswith("+"):
        digits = digits.removeprefix("00")
    if not abroad and len(digits) == _IN_GUATEMALA:
        digits, abroad = GUATEMALA + digits, True
    elif not abroad and digits.startswith(GUATEMALA) and len(digits) == len(GUATEMALA) + _IN_GUATEMALA:
        abroad = True
    in_guatemala = digits.startswith(GUATEMALA) and len(digits) != len(GUATEMALA) + _IN_GUATEMALA
    if not abroad or in_guatemala or not _FEWEST <= len(digits) <= _MOST or digits.startswith("0"):
        raise NotAPhone(_("Write a phone number of eight digits, or one of another country with + and its code."))
    return f"+{digits}"


def format_phone(phone):
    """Return an E.164 number as «5555 1234», unchanged if it is not of Guatemala."""
    local = phone.removeprefix(f"+{GUATEMALA}")
    return f"{local[:4]} {local[4:]}" if local != phone else phone


def whatsapp_url(phone):
    return f"https://wa.me/{phone.removeprefix('+')}"


def person_with_key(key):
    alias = PersonAlias.objects.filter(key=key).values("person")
    return User.objects.filter(key=key).first() or User.objects.filter(pk__in=alias).first()


def current_epoch(person, key, epoch):
    """Convert an offline epoch of the account with this key to epochs of `person`, after a merge."""
    if person.key == key:
        return epoch
    return epoch + PersonAlias.objects.values_list("epochs_ahead", flat=True).get(key=key)


def redirect_key(old, kept):
    ahead = kept.offline_epoch - old.offline_epoch
    old.aliases.update(person=kept, epochs_ahead=F("epochs_ahead") + ahead)
    PersonAlias.objects.create(key=old.key, person=kept, epochs_ahead=ahead)


class OptionalFields(NamedTuple):
    """The reasons shown for asking sex and phone number; a field without a reason is not stored."""

    sex: str = ""
    phone: str = ""


def optional_fields():
    row = PeopleSettings.objects.values_list("sex_reason", "phone_reason").first()
    return OptionalFields(*row) if row else OptionalFields()


def count_optional_values():
    return OptionalFields(User.objects.exclude(sex="").count(), User.objects.exclude(phone="").count())


@transaction.atomic
def set_optional_fields(sex, phone, *, by, now):
    PeopleSettings.objects.update_or_create(pk=1, defaults={"sex_reason": sex.strip(), "phone_reason": phone.strip()})
    fields = optional_fields()
    if not fields.sex:
        User.objects.exclude(sex="").update(sex="")
    if not fields.phone:
        User.objects.exclude(phone="").update(phone="")
    audit_log("asked_of_people", by=by, now=now)
    return fields
