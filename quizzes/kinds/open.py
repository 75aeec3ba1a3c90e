"""Open answer: written in one's own words, and marked by a person."""

from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from .base import MISSED, WRITTEN, ReviewRow
from .typed import Typed


class Open(Typed):
    """The response is the text. Nobody has a grade before a person has read it."""

    name = "open"
    place = 80
    label = _("Open answer (marked by hand)")
    help = _("No options. A person reads and marks each answer; write for them what to look for in the guide.")
    marked_by_hand = True
    question_fields = ("marking_guide",)
    most = 20_000

    def freeze_choices(self, choices, chance, *, shuffle):
        return {"options": []}

    def score(self, item, response):
        """Nothing earns nothing; what was written is worth what whoever reads it decides."""
        return None if response else Fraction(0)

    def review(self, item, response):
        return [ReviewRow("", WRITTEN if response else MISSED, typed=response)]

    def review_chosen(self, item, response):
        return self.review(item, response)

    def check_options(self, choices):
        if choices:
            yield _("An open answer has no options: write what to look for in the guide for marking.")
