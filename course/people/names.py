"""Names of people: split, normalise, and find them in a text."""

import re
from typing import NamedTuple

from course.models.people import spanish_key

SMALL_WORDS = {"de", "del", "la", "las", "los", "y", "e", "san", "santa", "da", "do", "dos", "van", "von", "der"}
_CAPITALISED = {"san", "santa", "van", "von"}
_TITLES = {"dr", "dra", "lic", "licda", "ing", "inga", "prof", "profa", "sr", "sra", "srta", "enf", "mr", "mrs", "ms"}


class PersonName(NamedTuple):
    """`unsure` when there is more than one way to split the name."""

    given_names: str
    surnames: str
    unsure: bool = False


def split_name(text, *, surnames_first=False):
    """Split a full name, assuming two surnames; a comma after the surnames makes it certain."""
    if text.count(",") == 1:
        surnames, given_names = (normalise_name(part) for part in text.split(","))
        return PersonName(given_names, surnames)
    groups = _groups(normalise_name(text).split())
    if len(groups) < 2:
        return PersonName(" ".join(groups), "")
    # Two words are one given name and one surname; three are one and two, which is unsure. «López y López» are two
    # surnames already.
    joined = " y " in (groups[0] if surnames_first else groups[-1])
    surnames = 1 if len(groups) == 2 or joined else 2
    unsure = not joined and len(groups) not in (2, 4)
    if surnames_first:
        return PersonName(" ".join(groups[surnames:]), " ".join(groups[:surnames]), unsure)
    return PersonName(" ".join(groups[:-surnames]), " ".join(groups[-surnames:]), unsure)


def normalise_name(text):
    words = text.replace(".", ". ").split() if "." in text else text.split()
    while len(words) > 1 and spanish_key(words[0]) in _TITLES:
        words = words[1:]
    name = " ".join(words).strip(" .,;")
    if name.isupper() or name.islower():
        name = " ".join(_capitalise(word) for word in name.lower().split())
    return name


def _capitalise(word):
    if word in SMALL_WORDS and word not in _CAPITALISED:
        return word
    return "-".join("'".join(part[:1].upper() + part[1:] for part in half.split("'")) for half in word.split("-"))


def _groups(words):
    groups, pending = [], []
    for word in words:
        key = spanish_key(word)
        if key in ("y", "e") and groups:
            pending = [groups.pop(), word]
        elif key in SMALL_WORDS:
            pending.append(word)
        else:
            groups.append(" ".join([*pending, word]))
            pending = []
    if pending:
        groups.append(" ".join(pending))
    return groups


# In Guatemala without the country code; other countries have as many or more.
_DIGITS_OF_A_PHONE = 8
_NUMBER = re.compile(r"[0-9][0-9\s()./-]*")


class Mentions:
    """Find a person in texts by name, `former` names [(given, surnames)], code, e-mail or phone number."""

    def __init__(self, person, former=()):
        names = [(person.first_name, person.last_name), *former]
        self.names = [(name_words(given), name_words(surnames)) for given, surnames in names]
        self.code, self.email = person.username.casefold(), person.email.casefold()
        self.phone = _digits(person.phone)

    def in_text(self, text):
        """Whether a text about anyone names this person: one given name with one surname is enough."""
        words = _words(text)
        pair = any(given & words and surnames & words for given, surnames in self.names)
        return pair or self._address_or_code(text, words)

    def in_own_text(self, text):
        words = _words(text)
        return any((given | surnames) & words for given, surnames in self.names) or self.in_text(text)

    def _address_or_code(self, text, words):
        if self.email and self.email in text.casefold():
            return True
        phone = self.phone[-_DIGITS_OF_A_PHONE:]
        if phone and any(phone in _digits(number) for number in _NUMBER.findall(text)):
            return True
        # A code without a digit, such as those of staff, may be an ordinary word.
        return self.code in words if any(letter.isdigit() for letter in self.code) else text.casefold() == self.code


def name_words(text):
    return _words(text) - SMALL_WORDS


def _digits(text):
    return re.sub(r"[^0-9]", "", text)


def _words(text):
    return {word for word in spanish_key(text).split() if len(word) > 1}
