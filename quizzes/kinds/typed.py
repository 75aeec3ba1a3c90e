"""What the kinds have in common that people answer by writing."""

import unicodedata

from ..exceptions import TooLong, UnreadableResponse
from .base import Kind


class Typed(Kind):
    """The response is the text as it was written, at most `most` characters."""

    shows_options = False
    most = 500

    def read_form(self, item, form):
        return self.read(item, form.get("text", ""))

    def read(self, item, response):
        if response is None:
            return self.nothing
        text = read_text(response)
        if len(text) > self.most:
            raise TooLong(len(text), self.most)
        return text

    def typed(self, item, form):
        return form.get("text", "")


def read_text(value):
    """Return a text with its line ends made one sort, and without the space around it.

    Raises UnreadableResponse for what is no text, or holds what no database keeps.
    """
    if not isinstance(value, str):
        raise UnreadableResponse
    if any(character == "\x00" or unicodedata.category(character) == "Cs" for character in value):
        raise UnreadableResponse
    return value.replace("\r\n", "\n").replace("\r", "\n").strip()
