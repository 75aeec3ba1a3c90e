"""Free text of a plan: it must not identify a person."""

import re
import unicodedata
from itertools import pairwise

from django.utils.translation import gettext as _

from course.models import User
from course.models.people import spanish_key
from course.people.names import SMALL_WORDS, Mentions

# Without the country code; a DPI has more digits.
_DIGITS_OF_A_PHONE = 8
_ADDRESS = re.compile(r"\S+\s?@\s?\S+\.\S+|\barroba\s+\S+\s+punto\b", re.IGNORECASE)
_HANDLE = re.compile(r"(?<!\w)@\s?\w")
_ENDINGS = "com|org|net|info|biz|gt|gob|edu|app|xyz|online|site"
_WEB = re.compile(rf"https?:|\bwww\.|\b[\w-]+\.(?:{_ENDINGS})\b|\b[\w-]+\.[a-z]{{2,6}}/\w", re.IGNORECASE)

_D, _M, _Y = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)?\d\d"
_DAY = rf"(?<!\d[-/.])\b(?:{_Y}[-/.]{_M}[-/.]{_D}|{_D}[-/.]{_M}[-/.]{_Y})\b(?![-/.]\d)"
_HOUR = r"\b\d{1,2}:\d\d\b"
# Number of a law: «57-2012».
_LAW = r"(?<!\d)(?<!\d[\s().–/-])\d{1,3}-(?:19|20)\d\d\b(?![-/.]?\d)"
# Amounts: «Q 1 200 000.00», «Q1,500», and without the currency only with separators.
_MONEY = r"\bQ\.?\s?\d{1,3}(?:[\s,]\d{3})*(?:\.\d\d)?(?![\s,.-]?\d)|\bQ\.?\s?\d{1,7}(?:\.\d\d)?\b(?![\s,.-]?\d)"
_AMOUNT = r"(?<!\d[\s,.-])\b\d{1,3}(?:(?:,\d{3})+(?:\.\d\d)?|(?:\s\d{3})+\.\d\d)\b(?![\s,.-]?\d)"
_OF_NOBODY = re.compile("|".join([_DAY, _HOUR, _LAW, _MONEY, _AMOUNT]), re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[\s(),.·•_–—/-]{1,3}\d+)*")
_MOST_YEARS_ON = 10

_TITLES = (
    "don doña dona dn dña doctor doctora doc dr dra licenciado licenciada lic licda lcda licdo ingeniero ingeniera "
    "ing inga profesor profesora profe prof señor señora señorita seño senor senora senorita sr sra srita srta "
    "enfermero enfermera enf técnico técnica tec auxiliar aux compañero compañera hermano hermana sor maestro maestra"
)
_TITLES = frozenset(spanish_key(_TITLES).split())
_WORD = re.compile(r"[^\W\d_]+\.?")


class NamesSomebody(ValueError):
    pass


def tidy(text):
    text = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text)
    text = "".join(sign for sign in text if unicodedata.category(sign) not in ("Cf", "Cs") or sign == "\u200d")
    return " ".join(text.split())


def check_leads_to_nobody(text):
    plain = unicodedata.normalize("NFKC", text)
    if _ADDRESS.search(plain):
        raise NamesSomebody(_("An e-mail address leads to a person. Take it out: write the post, such as “Nursing”."))
    if _WEB.search(plain) or _HANDLE.search(plain):
        raise NamesSomebody(
            _("An address of the internet or a name with @ leads to a person. Take it out: write what will change.")
        )
    # A letter replaces amounts, so that the digits around them do not join.
    if any(_leads_to_somebody(number) for number in _NUMBER.findall(_OF_NOBODY.sub(" x ", plain))):
        raise NamesSomebody(
            _("This looks like a phone number or an identity number. Take it out: a plan names nobody.")
        )


def _leads_to_somebody(number):
    parts = re.findall(r"\d+", number)
    if sum(map(len, parts)) < _DIGITS_OF_A_PHONE:
        return False
    steps = [int(later) - int(earlier) for earlier, later in pairwise(parts)]
    if steps and all(re.fullmatch(r"(?:19|20)\d\d", part) for part in parts):
        return not all(0 < step <= _MOST_YEARS_ON for step in steps)
    # Lists: «1 2 3 4 5 6 7 8», and with commas also «10, 12, 15, 20».
    is_listed = len(re.findall(r",\s", number)) == len(steps)
    return not (steps and all(step == 1 or (is_listed and step > 0) for step in steps))


def check_names_no_colleague(text, clinic):
    staff = User.objects.filter(clinic=clinic).only("first_name", "last_name", "username", "email", "phone")
    words = _WORD.findall(unicodedata.normalize("NFKC", text))
    mentioned = map(Mentions, staff)
    if any(one.in_text(text) or _calls(words, given, surnames) for one in mentioned for given, surnames in one.names):
        raise NamesSomebody(_("This names somebody of the centre. Write the post instead, such as “Nursing”."))


def _calls(words, given, surnames):
    keys = [spanish_key(word).strip() for word in words]
    names, after_title = given | surnames, False
    for key in keys:
        if after_title and key in names:
            return True
        after_title = key in _TITLES or (after_title and key in SMALL_WORDS)
    for (first, second), (key, next_key) in zip(pairwise(words), pairwise(keys), strict=True):
        if _is_initial(first) and next_key in surnames and (first.endswith(".") or _begins(key, given, first)):
            return True
        if _is_initial(second) and second.endswith("."):
            others = surnames if key in given else given if key in surnames else ()
            if _begins(next_key, others, second):
                return True
    return False


def _is_initial(word):
    return len(word.removesuffix(".")) == 1


def _begins(key, names, letter):
    return letter[0].isupper() and any(name.startswith(key) for name in names)
