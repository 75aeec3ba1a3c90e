"""Reflection: a box to think in. Nothing of it is ever sent, stored or scored."""

from django.utils.translation import gettext_lazy as _

from quizzes.exceptions import UnreadableResponse

from .base import Kind


class Reflection(Kind):
    """There is no response: whatever arrives for one is refused, so that no thought is ever kept."""

    name = "reflection"
    place = 90
    label = _("Reflection (never sent)")
    help = _("No options. What people write stays in their page: it is neither sent nor scored.")
    scored = False

    def freeze_choices(self, choices, chance, *, shuffle):
        return {"options": []}

    def read_form(self, item, form):
        return self.nothing

    def read(self, item, response):
        raise UnreadableResponse

    def is_answered(self, item, response):
        return False

    def check_options(self, choices):
        if choices:
            yield _("A reflection has no options.")
