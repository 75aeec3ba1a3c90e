"""Single choice: one option is right; all or nothing."""

from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from .base import LEFT, MISSED, RIGHT, WRONG, Kind, ReviewRow, freeze_option, one_of, option_keys


class Single(Kind):
    """The response is the key of the option chosen."""

    name = "single"
    place = 10
    label = _("Single choice")
    help = _("Two options or more, exactly one of them correct.")

    def freeze_choices(self, choices, chance, *, shuffle):
        options = [freeze_option(choice, right=choice.is_correct) for choice in choices]
        if shuffle:
            chance.shuffle(options)
        return {"options": options}

    def read_form(self, item, form):
        return self.read(item, form.get("choice", ""))

    def read(self, item, response):
        if response is None or response == "":
            return self.nothing
        return one_of(option_keys(item), response)

    def score(self, item, response):
        return Fraction(any(option["right"] and option["key"] == response for option in item["options"]))

    def review(self, item, response):
        chosen = self.chosen(response)
        return [
            ReviewRow(option["text"], _verdict(option["right"], option["key"] in chosen), option["feedback"])
            for option in item["options"]
        ]

    def chosen(self, response):
        """Return the keys that were chosen."""
        return {response}

    def right_response(self, item):
        return next((option["key"] for option in item["options"] if option["right"]), self.nothing)

    def check_options(self, choices):
        if len(choices) < 2:
            yield _("A single-choice question needs at least two options.")
        if sum(choice.is_correct for choice in choices) != 1:
            yield _("Mark exactly one option as correct.")


def _verdict(right, chosen):
    if chosen:
        return RIGHT if right else WRONG
    return MISSED if right else LEFT
