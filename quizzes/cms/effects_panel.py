"""Whom publishing affects, told to the editor above the form."""

from wagtail.admin.panels import Panel

from quizzes.bank.effects import effects_of
from quizzes.models import Question, Quiz, Stimulus

AFFECTING = (Question, Stimulus, Quiz)


class EffectsPanel(Panel):
    """How many people publishing affects, and in which quizzes; nothing before a thing is first saved."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "quizzes/admin/effects_panel.html"

        def is_shown(self):
            return self.instance.pk is not None and isinstance(self.instance, AFFECTING)

        def get_context_data(self, parent_context=None):
            return super().get_context_data(parent_context) | tell_effects(self.instance)


def tell_effects(thing):
    """Return what `quizzes/admin/effects.html` needs."""
    return {"effects": effects_of(thing), "is_quiz": isinstance(thing, Quiz), "is_case": isinstance(thing, Stimulus)}
