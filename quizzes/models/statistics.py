"""Anonymous statistics of questions, counted once from first attempts."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class QuizStatistics(models.Model):
    quiz_key = models.UUIDField(_("quiz"), primary_key=True)
    people = models.PositiveIntegerField(_("people"), default=0)
    counted_at = models.DateTimeField(_("counted at"))
    is_stale = models.BooleanField(_("stale"), default=False)

    class Meta:
        verbose_name = _("statistics of a quiz")
        verbose_name_plural = _("statistics of quizzes")

    def __str__(self):
        return f"{self.quiz_key} · {self.people}"


class ItemScores(models.Model):
    """Number of people with this fraction of a question's points and these points in the rest of the quiz."""

    quiz_key = models.UUIDField(_("quiz"))
    question_key = models.UUIDField(_("question"))
    fraction = models.DecimalField(_("fraction"), max_digits=7, decimal_places=5)
    rest = models.DecimalField(
        _("rest of the quiz"), max_digits=8, decimal_places=5, help_text=_("Per cent of the other questions’ points.")
    )
    people = models.PositiveIntegerField(_("people"), default=0)

    class Meta:
        verbose_name = _("scores of a question")
        verbose_name_plural = _("scores of questions")
        constraints = [
            models.UniqueConstraint(fields=["quiz_key", "question_key", "fraction", "rest"], name="unique_item_scores")
        ]

    def __str__(self):
        return f"{self.question_key} · {self.fraction} · {self.people}"


class ItemChoices(models.Model):
    """Number of people who chose an option; an empty option: left open."""

    quiz_key = models.UUIDField(_("quiz"))
    question_key = models.UUIDField(_("question"))
    option = models.CharField(_("option"), max_length=120, blank=True)
    people = models.PositiveIntegerField(_("people"), default=0)

    class Meta:
        verbose_name = _("choices of a question")
        verbose_name_plural = _("choices of questions")
        constraints = [
            models.UniqueConstraint(fields=["quiz_key", "question_key", "option"], name="unique_item_choices")
        ]

    def __str__(self):
        return f"{self.question_key} · {self.option} · {self.people}"
