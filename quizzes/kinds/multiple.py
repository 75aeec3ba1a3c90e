"""Multiple response, scored by parts."""

from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from ..exceptions import UnreadableResponse
from .base import one_of, option_keys
from .single import Single


class Multiple(Single):
    """The response is the list of the keys chosen, in the order of the paper."""

    name = "multiple"
    place = 20
    label = _("Multiple response")
    help = _("At least one correct option and one that is not. Scored by parts.")
    nothing = []

    def read_form(self, item, form):
        return self.read(item, form.getlist("choice"))

    def read(self, item, response):
        if response is None:
            return []
        if not isinstance(response, list):
            raise UnreadableResponse
        keys = option_keys(item)
        chosen = {one_of(keys, key) for key in response}
        return [key for key in keys if key in chosen]

    def score(self, item, response):
        """Each right option adds 1/n, each wrong one takes 1/m, never below 0.

        With (right − wrong)/right, ticking every box would pass some questions; so, ticking all of them earns 0.
        """
        right = {option["key"] for option in item["options"] if option["right"]}
        wrong = {option["key"] for option in item["options"] if not option["right"]}
        chosen = set(response)
        earned = Fraction(len(chosen & right), len(right) or 1) - Fraction(len(chosen & wrong), len(wrong) or 1)
        return max(earned, Fraction(0))

    def chosen(self, response):
        return set(response)

    def right_response(self, item):
        return [option["key"] for option in item["options"] if option["right"]]

    def check_options(self, choices):
        if not any(choice.is_correct for choice in choices):
            yield _("Mark at least one option as correct.")
        if all(choice.is_correct for choice in choices):
            yield _("Leave at least one option that is not correct.")
