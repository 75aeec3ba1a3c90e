"""Matching: join each item with what goes with it."""

import uuid
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from .base import MISSED, RIGHT, WRONG, Kind, Mistake, ReviewRow, freeze_option, one_of, option_keys, pairs_of, shuffled


class Matching(Kind):
    """The response maps the key of an item to the key of what was joined to it; open items are left out."""

    name = "matching"
    place = 50
    label = _("Matching")
    help = _("Three pairs or more: the text and, beside it, what goes with it. The second part is shuffled on screen.")
    nothing = {}
    choice_fields = ("match",)

    def freeze_choices(self, choices, chance, *, shuffle):
        # Two items may go with the same text: it is then one thing to choose, with one key.
        keys = {}
        for choice in choices:
            # A key of its own: with the item's key, the page would show which ones belong together.
            keys.setdefault(choice.match, str(uuid.uuid5(choice.translation_key, "match")))
        return {
            "options": [freeze_option(choice, match=keys[choice.match]) for choice in choices],
            "matches": shuffled([{"key": key, "text": text} for text, key in keys.items()], chance),
        }

    def read_form(self, item, form):
        return self.read(item, {key: form.get(f"match-{key}", "") for key in option_keys(item)})

    def read(self, item, response):
        if response is None:
            return {}
        keys, matches = option_keys(item), [match["key"] for match in item["matches"]]
        given = {one_of(keys, key): one_of(matches, match) for key, match in pairs_of(response) if match != ""}
        return {key: given[key] for key in keys if key in given}

    def score(self, item, response):
        """The share of right pairs."""
        right = sum(response.get(option["key"]) == option["match"] for option in item["options"])
        return Fraction(right, len(item["options"]) or 1)

    def is_answered(self, item, response):
        return len(response) == len(item["options"])

    def review(self, item, response):
        texts = {match["key"]: match["text"] for match in item["matches"]}
        return [
            ReviewRow(
                option["text"],
                _verdict(response.get(option["key"]), option["match"]),
                option["feedback"],
                given=texts.get(response.get(option["key"]), ""),
                belongs=texts[option["match"]],
            )
            for option in item["options"]
        ]

    def right_response(self, item):
        return {option["key"]: option["match"] for option in item["options"]}

    def check_options(self, choices):
        if len(choices) < 3:
            yield _("A matching question needs at least three pairs.")
        if lonely := [choice for choice in choices if not choice.match.strip()]:
            yield Mistake(_("Write for each option what goes with it."), lonely, "match")


def _verdict(given, match):
    if given is None:
        return MISSED
    return RIGHT if given == match else WRONG
