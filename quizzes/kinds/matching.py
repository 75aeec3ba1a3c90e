"""Matching: connect each item with its other half."""

import uuid
from dataclasses import replace
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from .base import (
    MISSED,
    RIGHT,
    WRONG,
    Kind,
    ReviewRow,
    ValidationProblem,
    freeze_option,
    option_keys,
    require_key,
    response_items,
    shuffled,
)


class Matching(Kind):
    """The response maps the key of an item to the key of its match; open items are left out."""

    name = "matching"
    place = 50
    label = _("Matching")
    help = _(
        "Two pairs or more: the text and, beside it, what goes with it. An option without text is one more to choose "
        "from, which goes with nothing. The second part is shuffled on screen."
    )
    empty_response = {}
    choice_fields = ("match",)

    def freeze_choices(self, choices, chance, *, shuffle):
        # Items may share a match, which then has one key. A match without an item is an extra one (distractor).
        keys = {}
        for choice in choices:
            # Not the key of the item, which would give the answer away.
            keys.setdefault(choice.match, str(uuid.uuid5(choice.translation_key, "match")))
        return {
            "options": [freeze_option(choice, match=keys[choice.match]) for choice in choices if not is_extra(choice)],
            "matches": shuffled([{"key": key, "text": text} for text, key in keys.items()], chance),
        }

    def reshuffle(self, item, chance):
        return {"matches": shuffled(item["matches"], chance)}

    def read_form(self, item, form):
        return self.read(item, {key: form.get(f"match-{key}", "") for key in option_keys(item)})

    def read(self, item, response):
        if response is None:
            return {}
        keys, matches = option_keys(item), [match["key"] for match in item["matches"]]
        given = {
            require_key(keys, key): require_key(matches, match)
            for key, match in response_items(response)
            if match != ""
        }
        return {key: given[key] for key in keys if key in given}

    def score(self, item, response):
        right = sum(response.get(option["key"]) == option["match"] for option in item["options"])
        return Fraction(right, len(item["options"]) or 1)

    def first_control(self, item):
        return f"match-{item['options'][0]['key']}"

    def count_parts(self, item):
        return len(item["options"])

    def is_answered(self, item, response):
        return len(response) == self.count_parts(item)

    def review(self, item, response):
        texts = {match["key"]: match["text"] for match in item["matches"]}
        return [
            ReviewRow(
                option["text"],
                _verdict(response.get(option["key"]), option["match"]),
                option["feedback"],
                given=texts.get(response.get(option["key"]), ""),
                expected=texts[option["match"]],
            )
            for option in item["options"]
        ]

    def review_chosen(self, item, response):
        # The feedback of an item gives its match away.
        return [replace(row, feedback="") for row in super().review_chosen(item, response)]

    def right_response(self, item):
        return {option["key"]: option["match"] for option in item["options"]}

    def check_options(self, choices):
        pairs = [choice for choice in choices if not is_extra(choice)]
        if len(pairs) < 2:
            yield _("A matching question needs at least two pairs.")
        yield from _check_extras(choices, pairs)
        if unmatched := [choice for choice in choices if not choice.match.strip()]:
            yield ValidationProblem(_("Write for each option what goes with it."), unmatched, "match")

    def may_be_empty(self, choice):
        return is_extra(choice)


def is_extra(choice):
    return not str(choice.text).strip() and bool(choice.match.strip())


def _check_extras(choices, pairs):
    extras = [choice for choice in choices if is_extra(choice)]
    taken = {choice.match.strip() for choice in pairs}
    if twice := [choice for choice in extras if choice.match.strip() in taken]:
        yield ValidationProblem(
            _("This extra item already goes with another option: write something else."), twice, "match"
        )
    if explained := [choice for choice in extras if choice.feedback.strip()]:
        sentence = _("The feedback of an extra item is never shown: leave it empty.")
        yield ValidationProblem(sentence, explained, "feedback")


def _verdict(given, match):
    if given is None:
        return MISSED
    return RIGHT if given == match else WRONG
