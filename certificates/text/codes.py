"""Verification codes and links to share."""

import re
import unicodedata
from urllib.parse import urlencode

from django.utils import translation
from django.utils.translation import gettext as _

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_CHARACTERS = 12
LENGTH = RANDOM_CHARACTERS + 1
BITS_OF_CHANCE = 5 * RANDOM_CHARACTERS
GROUP = 4

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_FORGIVEN = str.maketrans("OIL", "011")
# x⁵ + x² + 1, a primitive polynomial over GF(2).
_MODULUS = 0b100101


def new_serial(randbits):
    """Return a serial of 60 bits of chance; `randbits(n)` gives n random bits, as `secrets.randbits` does."""
    chance = randbits(BITS_OF_CHANCE)
    characters = "".join(ALPHABET[chance >> shift & 31] for shift in range(BITS_OF_CHANCE - 5, -1, -5))
    return characters + check_character(characters)


def check_character(characters):
    """Return the character that makes these twelve a serial."""
    return ALPHABET[_times_alpha(_value_at_alpha(characters))]


def is_valid(serial):
    """Say whether this is a serial as it is stored: thirteen characters in upper case whose check is right."""
    return len(serial) == LENGTH and not set(serial) - set(ALPHABET) and _value_at_alpha(serial) == 0


def code_in(text):
    """Return the code out of an address such as `https://…/v/7QK4M2XD9WTRC/`; what is no address stays as it is."""
    address = re.search(r"/v/([^/?#]+)", text)
    return address[1] if address else text


def normalise(text):
    """Return what was typed as a serial is stored: spaces, dashes and case do not matter; O is 0, I and L are 1."""
    kept = (c for c in text.upper() if not c.isspace() and unicodedata.category(c) not in ("Pd", "Cf", "Cc", "Pc"))
    return "".join(kept).translate(_FORGIVEN)


def grouped(serial):
    """Return the serial as it is printed, in groups of four: `7QK4-M2XD-9WTR-C`."""
    return "-".join(re.findall(f".{{1,{GROUP}}}", serial))


def problem_of(text):
    """Return, in words, why what was typed cannot be the code of a certificate, or nothing when it can."""
    serial = normalise(text)
    if not serial:
        return _("Write the code that is printed beside the square of the certificate.")
    if wrong := next((c for c in serial if c not in _VALUES), None):
        return _("The code has a “%(character)s”, and no code uses that character. Check it on the paper.") % {
            "character": wrong
        }
    if len(serial) != LENGTH:
        sentence = (
            _("The code is too short: it has %(count)d characters and %(length)d are needed.")
            if len(serial) < LENGTH
            else _("The code is too long: it has %(count)d characters and it should have %(length)d.")
        )
        return sentence % {"count": len(serial), "length": LENGTH}
    if not is_valid(serial):
        return _("A character of the code is wrong, or two changed places. Compare it with the paper.")
    return ""


def _times_alpha(value):
    shifted = value << 1
    return shifted ^ _MODULUS if shifted & 32 else shifted


def _value_at_alpha(characters):
    """Return the polynomial with these coefficients at α, by Horner's rule."""
    value = 0
    for character in characters:
        value = _times_alpha(value) ^ _VALUES[character]
    return value


# Its form for a certificate in one's profile; every field can be changed there before it is kept.
_LINKEDIN = "https://www.linkedin.com/profile/add"
_WHATSAPP = "https://wa.me/"


def linkedin_address(certificate):
    """Return the address that opens LinkedIn's form for a certificate, filled in with what is printed."""
    printed, issued, ends = certificate.printed, certificate.issue_day, certificate.expires_on
    fields = {
        "startTask": "CERTIFICATION_NAME",
        "name": printed["course"],
        "organizationName": printed["issuer"],
        "issueYear": issued.year,
        "issueMonth": issued.month,
        "certUrl": printed["verify_url"],
        "certId": grouped(printed["serial"]),
    }
    if ends:
        fields |= {"expirationYear": ends.year, "expirationMonth": ends.month}
    return f"{_LINKEDIN}?{urlencode(fields)}"


def whatsapp_address(certificate):
    """Return the address that opens WhatsApp with a message to send: no name in it, only the course and the link."""
    printed = certificate.printed
    with translation.override(printed["language"]):
        words = _("My certificate of the course “%(course)s”. Here it can be verified: %(address)s") % {
            "course": printed["course"],
            "address": printed["verify_url"],
        }
    return f"{_WHATSAPP}?{urlencode({'text': words})}"
