"""Single choice: one option is right; others may earn a part."""

from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from .base import (
    LEFT,
    MISSED,
    NEARLY,
    PARTLY,
    RIGHT,
    WRONG,
    Kind,
    Mistake,
    ReviewRow,
    freeze_option,
    one_of,
    option_keys,
    shuffled,
)
from .shares import exact_share, freeze_share, share_of


class Single(Kind):
    """The response is the key of the option chosen."""

    name = "single"
    place = 10
    label = _("Single choice")
    help = _("Two options or more, exactly one of them correct. Another one may earn a part: write its per cent.")
    choice_fields = ("is_correct", "fraction")

    def freeze_choices(self, choices, chance, *, shuffle):
        options = [freeze_option(choice, right=choice.is_correct, **freeze_share(choice)) for choice in choices]
        if shuffle:
            chance.shuffle(options)
        return {"options": options}

    def reshuffle(self, item, chance):
        return {"options": shuffled(item["options"], chance)}

    def read_form(self, item, form):
        return self.read(item, form.get("choice", ""))

    def read(self, item, response):
        if response is None or response == "":
            return self.nothing
        return one_of(option_keys(item), response)

    def score(self, item, response):
        """What the option chosen earns: all for the right one, and for another one its share, never less than 0."""
        earned = (share_of(option, option["right"]) for option in item["options"] if option["key"] == response)
        return max(next(earned, Fraction(0)), Fraction(0))

    def review(self, item, response):
        return [
            ReviewRow(option["text"], self._verdict(option, option["key"] == response), option["feedback"])
            for option in item["options"]
        ]

    def right_response(self, item):
        return next((option["key"] for option in item["options"] if option["right"]), self.nothing)

    def check_options(self, choices):
        if len(choices) < 2:
            yield _("A single-choice question needs at least two options.")
        yield from check_one_right(choices)

    def _verdict(self, option, chosen):
        share = share_of(option, option["right"])
        if option["right"]:
            return RIGHT if chosen else MISSED
        if share > 0:
            return PARTLY if chosen else NEARLY
        return WRONG if chosen else LEFT


def check_one_right(choices):
    """Yield what is wrong where one option is to be right: no or several correct ones, shares that contradict them."""
    if sum(choice.is_correct for choice in choices) != 1:
        yield _("Mark exactly one option as correct.")
    if odd := [choice for choice in choices if choice.is_correct and choice.fraction not in (None, 100)]:
        yield Mistake(_("The correct option earns 100%: leave its per cent empty."), odd, "fraction")
    shared = [choice for choice in choices if not choice.is_correct and choice.fraction is not None]
    if whole := [choice for choice in shared if exact_share(choice.fraction) >= 1]:
        sentence = _("An option that is not correct earns 100%: mark it as correct, or lower its per cent.")
        yield Mistake(sentence, whole, "fraction")
