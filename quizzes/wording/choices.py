"""What editors choose of questions and quizzes, in words: below the models, so that files are read without them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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
