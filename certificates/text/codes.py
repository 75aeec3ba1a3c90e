"""Verification codes and links to share."""

import re
import unicodedata
from urllib.parse import urlencode

from django.utils import translation
from django.utils.translation import gettext as _

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_CHARACTERS = 12
LENGTH = RANDOM_CHARACTERS + 1
RANDOM_BITS = 5 * RANDOM_CHARACTERS
GROUP_LENGTH = 4

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_FORGIVEN = str.maketrans("OIL", "011")
# x⁵ + x² + 1, a primitive polynomial over GF(2).
_MODULUS = 0b100101
_LINKEDIN = "https://www.linkedin.com/profile/add"
_WHATSAPP = "https://wa.me/"


def new_serial(randbits):
    """Return a serial of 60 random bits; `randbits` is like `secrets.randbits`."""
    bits = randbits(RANDOM_BITS)
    characters = "".join(ALPHABET[bits >> shift & 31] for shift in range(RANDOM_BITS - 5, -1, -5))
    return characters + check_character(characters)


def check_character(characters):
    return ALPHABET[_times_alpha(_value_at_alpha(characters))]


def is_valid_serial(serial):
    """Return whether this is thirteen upper-case characters with a correct check character."""
    return len(serial) == LENGTH and not set(serial) - set(ALPHABET) and _value_at_alpha(serial) == 0


def extract_code(text):
    """Return the code in an address such as `https://…/v/7QK4M2XD9WTRC/`; other text unchanged."""
    address = re.search(r"/v/([^/?#]+)", text)
    return address[1] if address else text


def normalise_serial(text):
    """Return a typed code as it is stored: without spaces, dashes and case; O is 0, I and L are 1."""
    kept = (c for c in text.upper() if not c.isspace() and unicodedata.category(c) not in ("Pd", "Cf", "Cc", "Pc"))
    return "".join(kept).translate(_FORGIVEN)


def format_serial(serial):
    return "-".join(re.findall(f".{{1,{GROUP_LENGTH}}}", serial))


def code_error(text):
    serial = normalise_serial(text)
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
    if not is_valid_serial(serial):
        return _("A character of the code is wrong, or two changed places. Compare it with the paper.")
    return ""


def _times_alpha(value):
    shifted = value << 1
    return shifted ^ _MODULUS if shifted & 32 else shifted


def _value_at_alpha(characters):
    value = 0
    # Horner's rule for the polynomial with these coefficients.
    for character in characters:
        value = _times_alpha(value) ^ _VALUES[character]
    return value


def linkedin_url(certificate):
    printed, issued, ends = certificate.printed, certificate.issue_day, certificate.expires_on
    fields = {
        "startTask": "CERTIFICATION_NAME",
        "name": printed["course"],
        "organizationName": printed["issuer"],
        "issueYear": issued.year,
        "issueMonth": issued.month,
        "certUrl": printed["verify_url"],
        "certId": format_serial(printed["serial"]),
    }
    if ends:
        fields |= {"expirationYear": ends.year, "expirationMonth": ends.month}
    return f"{_LINKEDIN}?{urlencode(fields)}"


def whatsapp_url(certificate):
    printed = certificate.printed
    with translation.override(printed["language"]):
        message = _("My certificate of the course “%(course)s”. Here it can be verified: %(address)s") % {
            "course": printed["course"],
            "address": printed["verify_url"],
        }
    return f"{_WHATSAPP}?{urlencode({'text': message})}"
