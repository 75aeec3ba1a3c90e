"""Multiple response, scored by parts."""

from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from quizzes.exceptions import UnreadableResponse

from .base import LEFT, MISSED, RIGHT, WRONG, Mistake, ReviewRow, one_of, option_keys
from .shares import exact_share, has_shares, share_of
from .single import Single


class Multiple(Single):
    """The response is the list of the keys chosen, in the order of the paper."""

    name = "multiple"
    place = 20
    label = _("Multiple response")
    help = _(
        "At least one correct option and one that is not. Scored by parts; or write the per cent of every option, "
        "below zero for those that take points away."
    )
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
        """Each right option adds 1/n, each wrong one takes 1/m; with shares of their own, their sum. Within 0 and 1.

        With (right − wrong)/right, ticking every box would pass some questions; so, ticking all of them earns 0.
        """
        chosen = [option for option in item["options"] if option["key"] in response]
        if has_shares(item):
            earned = sum((share_of(option) for option in chosen), Fraction(0))
        else:
            earned = self._part(item, chosen, right=True) - self._part(item, chosen, right=False)
        return min(max(earned, Fraction(0)), Fraction(1))

    def takes_away(self, item):
        """Say whether an option that does not apply takes points away, as people are told: shares may take none."""
        return not has_shares(item) or any(share_of(option) < 0 for option in item["options"])

    def review(self, item, response):
        return [
            ReviewRow(option["text"], _verdict(option["right"], option["key"] in response), option["feedback"])
            for option in item["options"]
        ]

    def right_response(self, item):
        return [option["key"] for option in item["options"] if option["right"]]

    def check_options(self, choices):
        if not any(choice.is_correct for choice in choices):
            yield _("Mark at least one option as correct.")
        if all(choice.is_correct for choice in choices):
            yield self._say_all_are_right(_("Leave at least one option that is not correct."))
        if any(choice.fraction is not None for choice in choices):
            yield from _check_shares(choices)

    def _say_all_are_right(self, sentence):
        return sentence

    def _part(self, item, chosen, *, right):
        alike = sum(option["right"] == right for option in item["options"])
        return Fraction(sum(option["right"] == right for option in chosen), alike or 1)


def _verdict(right, chosen):
    if chosen:
        return RIGHT if right else WRONG
    return MISSED if right else LEFT


def _check_shares(choices):
    right = [choice for choice in choices if choice.is_correct]
    if without := [choice for choice in right if choice.fraction is None or choice.fraction <= 0]:
        sentence = _("Give every correct option a per cent above zero, or leave the per cent of all options empty.")
        yield Mistake(sentence, without, "fraction")
    elif sum(exact_share(choice.fraction) for choice in right) != 1:
        yield _(
            "The per cents of the correct options add up to 100, so that whoever marks just these earns every point."
        )
    if wrong := [choice for choice in choices if not choice.is_correct and (choice.fraction or 0) > 0]:
        sentence = _("An option that is not correct earns nothing or takes points away: its per cent is zero or below.")
        yield Mistake(sentence, wrong, "fraction")
