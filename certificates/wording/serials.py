"""Serials of certificates: twelve characters of chance and one that checks them, printed as `7QK4-M2XD-9WTR-C`.

The alphabet is Crockford's base 32 (https://www.crockford.com/base32.html): the digits and the letters without I, L
and O, which look like digits, and without U. Each character is a number of the field GF(32) = GF(2)[x] / (x⁵ + x² + 1),
in which the powers of α = x are all the numbers but zero. The check character, the last of c₁ … c₁₃, is such that

    c₁·α¹² + c₂·α¹¹ + … + c₁₂·α + c₁₃ = 0

that is, the serial read as a polynomial is zero at α. This is a Reed–Solomon code with one check symbol (I. S. Reed and
G. Solomon, "Polynomial codes over certain finite fields", J. SIAM 8(2), 1960, pp. 300–304), the idea of the old ISBN in
a field of 32 numbers instead of 11. No weight is zero, so every single wrong character is noticed; all weights differ,
so every swap of two different characters is, of neighbours or not.
"""

import re
import unicodedata

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
