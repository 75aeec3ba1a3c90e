"""What the kinds have in common that people answer by writing."""

import unicodedata
from fractions import Fraction

from quizzes.exceptions import TooLong, UnreadableResponse

from .base import MISSED, PARTLY, RIGHT, WRONG, Kind, ReviewRow
from .shares import share_of


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

    def draft(self, form):
        return form.get("text", "")

    def first_control(self, item):
        return "text"


class Accepted(Typed):
    """What is written is compared with accepted answers: the first that fits says what it earns, and why."""

    def accepted(self, item, response):
        """Return the option that a response fits, or None."""
        raise NotImplementedError

    def model_answer(self, item):
        """Return an answer that earns every point, as the review tells it."""
        raise NotImplementedError

    def score(self, item, response):
        """What the first answer that fits earns; without a share of its own, every point."""
        option = self.accepted(item, response) if response else None
        return max(share_of(option, 1), Fraction(0)) if option else Fraction(0)

    def review(self, item, response):
        if not response:
            return [ReviewRow("", MISSED, typed="", belongs=self.model_answer(item))]
        option = self.accepted(item, response)
        share = share_of(option, 1) if option else 0
        verdict = RIGHT if share == 1 else PARTLY if share > 0 else WRONG
        feedback = option["feedback"] if option else ""
        return [ReviewRow("", verdict, feedback, typed=response, belongs=self.model_answer(item))]

    def right_response(self, item):
        return self.model_answer(item)

    def picks(self, item, response):
        option = self.accepted(item, response) if response else None
        return [option["key"]] if option else []

    def right_picks(self, item):
        return [option["key"] for option in item["options"] if share_of(option, 1) == 1]


def read_text(value):
    """Return a text with its line ends made one sort, and without the space around it.

    Raises UnreadableResponse for what is no text, or holds what no database keeps.
    """
    if not isinstance(value, str):
        raise UnreadableResponse
    if any(character == "\x00" or unicodedata.category(character) == "Cs" for character in value):
        raise UnreadableResponse
    return value.replace("\r\n", "\n").replace("\r", "\n").strip()
