"""What may stand in a plan: words about things, and never a trace of a person."""

import re
import unicodedata

from django.utils.translation import gettext as _

from course.models import User
from course.people.mentions import Mentions

# Of Guatemala without the country; a DPI has more.
_DIGITS_OF_A_PHONE = 8
_ADDRESS = re.compile(r"\S+\s?@\s?\S+\.\S+")
_D, _M, _Y = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)?\d\d"
_DAY = rf"{_Y}[-/.]{_M}[-/.]{_D}|{_D}[-/.]{_M}[-/.]{_Y}"
_YEARS = r"(?:19|20)\d\d\s?[-–/]\s?(?:19|20)\d\d"
_DATE = re.compile(rf"\b(?:{_DAY}|{_YEARS})\b")
# Two digits and more at a time: what is counted through, «7 8 9», is no number of anybody.
_NUMBER = re.compile(r"\d{2,}(?:[\s().·–/-]{1,2}\d{2,})*")


class NamesSomebody(ValueError):
    """A text that may lead to a person; the message says what to do."""


def tidy(text):
    """Return a text in one line, without what no eye sees and no spreadsheet takes."""
    text = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text)
    text = "".join(sign for sign in text if unicodedata.category(sign) not in ("Cf", "Cs") or sign == "\u200d")
    return " ".join(text.split())


def check_leads_to_nobody(text):
    """Raise `NamesSomebody` for a text with a phone number, an identity number or an e-mail address."""
    plain = unicodedata.normalize("NFKC", text)
    if _ADDRESS.search(plain):
        raise NamesSomebody(_("An e-mail address leads to a person. Take it out: write the post, such as «Nursing»."))
    for number in _NUMBER.findall(_DATE.sub(" ", plain)):
        if len(re.sub(r"\D", "", number)) >= _DIGITS_OF_A_PHONE:
            raise NamesSomebody(
                _("This looks like a phone number or an identity number. Take it out: a plan names nobody.")
            )


def check_names_no_colleague(text, clinic):
    """Raise `NamesSomebody` for a text that names somebody who works in the clinic; one query."""
    staff = User.objects.filter(clinic=clinic).only("first_name", "last_name", "username", "email", "phone")
    if any(Mentions(person).in_text(text) for person in staff):
        raise NamesSomebody(_("This names somebody of the centre. Write the post instead, such as «Nursing»."))
