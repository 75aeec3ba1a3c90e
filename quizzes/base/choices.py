"""Choices of model fields, without models, so that file readers can import them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Difficulty(TextChoices):
    """Expected difficulty; the measured one is in the item analysis."""

    EASY = "easy", _("Easy")
    MEDIUM = "medium", _("Medium")
    HARD = "hard", _("Hard")


class FeedbackTime(TextChoices):
    NOW = "now", _("After each question")
    END = "end", _("When the answers are sent")


class Wave(TextChoices):
    PRE = "pre", _("Before the course")
    POST = "post", _("On finishing")
    SEG = "seg", _("Three months later")


class Scoring(TextChoices):
    AGREEMENT = "agreement", _("Official indicator: how many agree")
    MEAN = "mean", _("Score of the theme, from 0 to 100")
    SEEN = "seen", _("How many saw it at least once")
    BACKGROUND = "background", _("About who answers: for two groups only")


class Direction(TextChoices):
    FOR = "+", _("Speaks for respectful care")
    AGAINST = "-", _("Speaks against respectful care")


class OptionKind(TextChoices):
    ANSWER = "answer", pgettext_lazy("survey", "An answer, which is counted")
    NOT_APPLICABLE = "not_applicable", _("Does not apply: not visible in this job")
    NO_ANSWER = "no_answer", _("Prefers not to answer")


AGREEMENT_SCORINGS = (Scoring.AGREEMENT, Scoring.MEAN)
