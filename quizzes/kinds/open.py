"""Open answer, marked by a person; reflection, which is never sent."""

from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from quizzes.exceptions import UnreadableResponse

from .base import MISSED, WRITTEN, Kind, ReviewRow
from .typed import Typed


class Reflection(Kind):
    """Any response is refused, so that private thoughts are never stored."""

    name = "reflection"
    place = 90
    label = _("Reflection (never sent)")
    help = _("No options. What people write stays in their page: it is neither sent nor scored.")
    scored = False

    def freeze_choices(self, choices, chance, *, shuffle):
        return {"options": []}

    def read_form(self, item, form):
        return self.empty_response

    def read(self, item, response):
        raise UnreadableResponse

    def is_answered(self, item, response):
        return False

    def check_options(self, choices):
        if choices:
            yield _("A reflection has no options.")


class Open(Typed):
    name = "open"
    place = 80
    label = _("Open answer (marked by hand)")
    help = _("No options. A person reads and marks each answer; write for them what to look for in the guide.")
    marked_by_hand = True
    question_fields = ("marking_guide",)
    max_length = 20_000

    def freeze_choices(self, choices, chance, *, shuffle):
        return {"options": []}

    def score(self, item, response):
        return None if response else Fraction(0)

    def review(self, item, response):
        return [ReviewRow("", WRITTEN if response else MISSED, typed=response)]

    def review_chosen(self, item, response):
        return self.review(item, response)

    def check_options(self, choices):
        if choices:
            yield _("An open answer has no options: write what to look for in the guide for marking.")
