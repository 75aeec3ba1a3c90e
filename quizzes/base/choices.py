"""Choices of question, quiz and survey fields; no models, so that readers of files can import them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Difficulty(TextChoices):
    """How hard an editor expects a question to be; the measured difficulty is in the item analysis."""

    EASY = "easy", _("Easy")
    MEDIUM = "medium", _("Medium")
    HARD = "hard", _("Hard")


class FeedbackTime(TextChoices):
    NOW = "now", _("After each question")
    END = "end", _("When the answers are sent")
    PASSED = "passed", _("When it is passed, or after the second time")
    CLOSING = "closing", _("When the quiz has closed")


class Wave(TextChoices):
    """When a survey is taken: before module 1, after module 8, and three months later."""

    PRE = "pre", _("Before the course")
    POST = "post", _("On finishing")
    SEG = "seg", _("Three months later")


class Scoring(TextChoices):
    """How the answers of a theme are aggregated."""

    AGREEMENT = "agreement", _("Official indicator: how many agree")
    MEAN = "mean", _("Score of the theme, from 0 to 100")
    SEEN = "seen", _("How many saw it at least once")
    BACKGROUND = "background", _("About who answers: for two groups only")


class Direction(TextChoices):
    """Whether agreeing with a statement speaks for or against respectful care."""

    FOR = "+", _("Speaks for respectful care")
    AGAINST = "-", _("Speaks against respectful care")


class OptionKind(TextChoices):
    ANSWER = "answer", pgettext_lazy("survey", "An answer, which is counted")
    NOT_APPLICABLE = "not_applicable", _("Does not apply: not visible in this job")
    NO_ANSWER = "no_answer", _("Prefers not to answer")


# Scorings of themes that are answered on a scale of agreement.
AGREEMENT_SCORINGS = (Scoring.AGREEMENT, Scoring.MEAN)
