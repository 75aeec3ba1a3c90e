"""Whether some words name a person: by code, by e-mail address, by telephone, or by name, however it is written."""

import re

from course.models.spanish_order import spanish_key

from .names import SMALL_WORDS

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
