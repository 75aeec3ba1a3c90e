"""Choices of question, quiz and survey fields; no models, so that readers of files can import them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Difficulty(TextChoices):
    """How hard an editor expects a question to be; what people make of it is in the analysis."""

    EASY = "easy", _("Easy")
    MEDIUM = "medium", _("Medium")
    HARD = "hard", _("Hard")


class FeedbackTime(TextChoices):
    """When people read what was right and why."""

    NOW = "now", _("After each question")
    END = "end", _("When the answers are sent")
    PASSED = "passed", _("When it is passed, or after the second time")
    CLOSING = "closing", _("When the quiz has closed")


class Wave(TextChoices):
    """When a person is asked: before module 1, after module 8, and three months later."""

    PRE = "pre", _("Before the course")
    POST = "post", _("On finishing")
    SEG = "seg", _("Three months later")


class Scoring(TextChoices):
    """How a theme is counted."""

    AGREEMENT = "agreement", _("Official indicator: how many agree")
    MEAN = "mean", _("Score of the theme, from 0 to 100")
    SEEN = "seen", _("How many saw it at least once")
    BACKGROUND = "background", _("About who answers: for two groups only")


class Direction(TextChoices):
    """What agreeing with a statement says about the care that is given."""

    FOR = "+", _("Speaks for respectful care")
    AGAINST = "-", _("Speaks against respectful care")


class OptionKind(TextChoices):
    """What choosing an option means."""

    ANSWER = "answer", pgettext_lazy("survey", "An answer, which is counted")
    NOT_APPLICABLE = "not_applicable", _("It does not apply: the work does not let one see it")
    NO_ANSWER = "no_answer", _("Prefers not to answer")


# Themes whose statements one agrees with or not.
OF_AGREEMENT = (Scoring.AGREEMENT, Scoring.MEAN)
