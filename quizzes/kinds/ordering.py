"""Ordering: put the steps in their order."""

from dataclasses import replace
from fractions import Fraction

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quizzes.exceptions import UnreadableResponse

from .base import (
    MISSED,
    RIGHT,
    WRONG,
    Kind,
    ReviewRow,
    freeze_option,
    option_keys,
    require_key,
    response_items,
    shuffled,
)


class Ordering(Kind):
    """The response maps the key of a step to its position, from 1; steps without one are left out."""

    name = "ordering"
    place = 40
    label = _("Ordering")
    help = _("Three steps or more, written here in their right order; they are shuffled on screen.")
    empty_response = {}

    def freeze_choices(self, choices, chance, *, shuffle):
        # Always shuffled: the order of writing is the answer.
        steps = [freeze_option(choice, place=place) for place, choice in enumerate(choices, start=1)]
        return {"options": shuffled(steps, chance), "places": list(range(1, len(steps) + 1))}

    def reshuffle(self, item, chance):
        return {"options": shuffled(item["options"], chance)}

    def read_form(self, item, form):
        return self.read(item, {key: form.get(f"place-{key}", "") for key in option_keys(item)})

    def read(self, item, response):
        if response is None:
            return {}
        keys, places = option_keys(item), [str(place) for place in item["places"]]
        given = {}
        for key, place in response_items(response):
            if isinstance(place, bool) or not isinstance(place, int | str):
                raise UnreadableResponse
            if place != "":
                given[require_key(keys, key)] = int(require_key(places, str(place)))
        return {key: given[key] for key in keys if key in given}

    def score(self, item, response):
        """Return the share of steps in their right position; steps that share a position count as wrong."""
        right = sum(self._is_in_place(option, response) for option in item["options"])
        return Fraction(right, len(item["options"]) or 1)

    def first_control(self, item):
        return f"place-{item['options'][0]['key']}"

    def count_parts(self, item):
        return len(item["options"])

    def is_answered(self, item, response):
        return len(response) == self.count_parts(item) and not self._shared(response)

    def problem(self, item, response):
        if shared := self._shared(response):
            return gettext("Two steps have place %(place)s. Give each step a place of its own.") % {
                "place": min(shared)
            }
        return ""

    def review(self, item, response):
        return [
            ReviewRow(
                option["text"],
                self._verdict(option, response),
                option["feedback"],
                given=str(response.get(option["key"], "")),
                expected=str(option["place"]),
            )
            for option in sorted(item["options"], key=lambda option: option["place"])
        ]

    def review_chosen(self, item, response):
        # In the order given, without feedback: the order of the review and the feedback give the answer away.
        rows = super().review_chosen(item, response)
        return sorted((replace(row, feedback="") for row in rows), key=lambda row: int(row.given))

    def right_response(self, item):
        return {option["key"]: option["place"] for option in item["options"]}

    def check_options(self, choices):
        if len(choices) < 3:
            yield _("An ordering question needs at least three steps, in their right order.")

    def _shared(self, response):
        places = list(response.values())
        return {place for place in places if places.count(place) > 1}

    def _is_in_place(self, option, response):
        return response.get(option["key"]) == option["place"] and option["place"] not in self._shared(response)

    def _verdict(self, option, response):
        if option["key"] not in response:
            return MISSED
        return RIGHT if self._is_in_place(option, response) else WRONG
