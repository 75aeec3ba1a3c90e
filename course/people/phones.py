"""Phone numbers as people write them, kept as E.164 has them: a plus, the country and the number, digits alone."""

import re
import unicodedata

from django.utils.translation import gettext as _

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
