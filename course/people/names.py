"""Names as lists write them: in capitals, in one cell, with two surnames and the small words between."""

import re
from typing import NamedTuple

from course.models.people import spanish_key

SMALL_WORDS = {"de", "del", "la", "las", "los", "y", "e", "san", "santa", "da", "do", "dos", "van", "von", "der"}
# Those keep their capital in writing.
_CAPITAL = {"san", "santa", "van", "von"}
_TITLES = {"dr", "dra", "lic", "licda", "ing", "inga", "prof", "profa", "sr", "sra", "srta", "enf", "mr", "mrs", "ms"}


class PersonName(NamedTuple):
    """Given names and surnames; `unsure` when one cell was divided and there is more than one way to do it."""

    given_names: str
    surnames: str
    unsure: bool = False


def divide_name(text, *, surnames_first=False):
    """Return the `PersonName` of a whole name in one cell. Two surnames are the rule; with a comma it is certain."""
    if text.count(",") == 1:
        surnames, given_names = (tidy_name(part) for part in text.split(","))
        return PersonName(given_names, surnames)
    groups = _groups(tidy_name(text).split())
    if len(groups) < 2:
        return PersonName(" ".join(groups), "")
    # Two words: one and one. Three: one given name and two surnames, which a person has to look at. «López y López»
    # are two already.
    joined = " y " in (groups[0] if surnames_first else groups[-1])
    surnames = 1 if len(groups) == 2 or joined else 2
    unsure = not joined and len(groups) not in (2, 4)
    if surnames_first:
        return PersonName(" ".join(groups[surnames:]), " ".join(groups[:surnames]), unsure)
    return PersonName(" ".join(groups[:-surnames]), " ".join(groups[-surnames:]), unsure)


def tidy_name(text):
    """Return a name without titles such as «Dra.», and in the usual letters if it was all capitals or all small."""
    words = text.replace(".", ". ").split() if "." in text else text.split()
    while len(words) > 1 and spanish_key(words[0]) in _TITLES:
        words = words[1:]
    name = " ".join(words).strip(" .,;")
    if name.isupper() or name.islower():
        name = " ".join(_capitalise(word) for word in name.lower().split())
    return name


def _capitalise(word):
    if word in SMALL_WORDS and word not in _CAPITAL:
        return word
    return "-".join("'".join(part[:1].upper() + part[1:] for part in half.split("'")) for half in word.split("-"))


def _groups(words):
    """Join small words to the word they belong to: «de la Cruz» is one surname, «López y López» too."""
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


# Of Guatemala without the country; those of other countries have that many and more.
_DIGITS_OF_A_PHONE = 8
_NUMBER = re.compile(r"[0-9][0-9\s()./-]*")


class Mentions:
    """What would name a person in a text: the account's own words, and those of `former` names [(given, surnames)]."""

    def __init__(self, person, former=()):
        names = [(person.first_name, person.last_name), *former]
        self.names = [(words_of_name(given), words_of_name(surnames)) for given, surnames in names]
        self.code, self.email = person.username.casefold(), person.email.casefold()
        self.phone = _digits(person.phone)

    def in_text(self, text):
        """Whether a text that may be about anybody names this person: one given name with one surname is enough."""
        words = _words(text)
        pair = any(given & words and surnames & words for given, surnames in self.names)
        return pair or self._address_or_code(text, words)

    def in_own_text(self, text):
        """Whether a text about this very person has any of the names in it."""
        words = _words(text)
        return any((given | surnames) & words for given, surnames in self.names) or self.in_text(text)

    def _address_or_code(self, text, words):
        if self.email and self.email in text.casefold():
            return True
        # With or without the country before it, and however it is divided.
        phone = self.phone[-_DIGITS_OF_A_PHONE:]
        if phone and any(phone in _digits(number) for number in _NUMBER.findall(text)):
            return True
        # A code without a digit, such as those of staff, may be a word like any other.
        return self.code in words if any(letter.isdigit() for letter in self.code) else text.casefold() == self.code


def words_of_name(text):
    """Return the words of a name that tell it from others: «de la Cruz» is «cruz»."""
    return _words(text) - SMALL_WORDS


def _digits(text):
    return re.sub(r"[^0-9]", "", text)


def _words(text):
    return {word for word in spanish_key(text).split() if len(word) > 1}
