"""User codes: three letters and three digits that nobody mistakes for one another, and that spell nothing."""

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

from .audit import note

# Without B, G, I, L, O, Q, S, Z, which look like digits, without 0 and 1, and without vowels.
LETTERS, DIGITS = "CDFHJKMNPRTVWXY", "23456789"
# What people would read into three consonants.
_READ_AS_WORDS = ("HDP", "HP", "PT", "CTM", "MRD", "VH", "TRN")


def new_code(chance):
    """Return a user code; `chance` is a source such as `secrets.SystemRandom()`."""
    while True:
        letters = "".join(chance.choice(LETTERS) for _ in range(3))
        if not any(word in letters for word in _READ_AS_WORDS):
            return letters + "".join(chance.choice(DIGITS) for _ in range(3))


def new_codes(count, *, taken, chance):
    """Return so many different codes that are not among `taken`, in the order in which chance gives them."""
    # A dict, for a set would give another order in another process.
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


GUATEMALA = "502"
_IN_GUATEMALA = 8
# E.164: at most 15 digits with those of the country; below eight nobody is reached from abroad.
_FEWEST, _MOST = 8, 15


class NotAPhone(ValueError):
    """A text that is no phone number; the message says so to the person."""


def read_phone(text):
    """Return the number as E.164 («+50255551234»); eight digits are of Guatemala. Raises `NotAPhone`."""
    # Digits of other keyboards mean the same; of other scripts they are refused below.
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


def phone_in_words(phone):
    """Return a kept number as people read it: «5555 1234», and of other countries as it is kept."""
    local = phone.removeprefix(f"+{GUATEMALA}")
    return f"{local[:4]} {local[4:]}" if local != phone else phone


def wa_me(phone):
    """Return the address that opens a chat with a kept number; nothing is sent by it."""
    return f"https://wa.me/{phone.removeprefix('+')}"


def person_with_key(key):
    """Return the person whose key this is, or who remains of an account that had it; None when nobody is left."""
    alias = PersonAlias.objects.filter(key=key).values("person")
    return User.objects.filter(key=key).first() or User.objects.filter(pk__in=alias).first()


def epoch_in(person, key, epoch):
    """Return an epoch of the devices of the account with this key in those of `person`, who remains of it."""
    if person.key == key:
        return epoch
    return epoch + PersonAlias.objects.values_list("epochs_ahead", flat=True).get(key=key)


def lead_on(old, kept):
    """Let the key of the account `old`, and the keys that led to it, lead to `kept`; `old` may be deleted then."""
    ahead = kept.offline_epoch - old.offline_epoch
    old.aliases.update(person=kept, epochs_ahead=F("epochs_ahead") + ahead)
    PersonAlias.objects.create(key=old.key, person=kept, epochs_ahead=ahead)


class Asked(NamedTuple):
    """The reasons why sex and phone number are asked; empty where they are not, and then nothing is kept of them."""

    sex: str = ""
    phone: str = ""


def what_is_asked():
    """Return the `Asked` of the site; one query."""
    row = PeopleSettings.objects.values_list("sex_reason", "phone_reason").first()
    return Asked(*row) if row else Asked()


def how_many_said():
    """Return the `Asked` of how many people's sex and phone number are kept."""
    return Asked(User.objects.exclude(sex="").count(), User.objects.exclude(phone="").count())


@transaction.atomic
def ask(sex, phone, *, by, now):
    """Keep the reasons why each is asked. Where there is none any more, what was kept of it is deleted."""
    PeopleSettings.objects.update_or_create(pk=1, defaults={"sex_reason": sex.strip(), "phone_reason": phone.strip()})
    asked = what_is_asked()
    if not asked.sex:
        User.objects.exclude(sex="").update(sex="")
    if not asked.phone:
        User.objects.exclude(phone="").update(phone="")
    note("asked_of_people", by=by, now=now)
    return asked
