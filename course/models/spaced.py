"""Spaced cases: that somebody did the short case of a week after finishing, and nothing else of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# Since the day on which the course was finished.
WEEKS = (1, 4, 8)


class SpacedCase(models.Model):
    """A person did the case of a week. Which questions those were, what was chosen, and when, is nowhere."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("learner"), on_delete=models.CASCADE, related_name="spaced_cases"
    )
    # The key of the record of training: whoever begins anew and finishes again has the weeks again.
    finish_key = models.UUIDField(_("finishing"))
    week = models.PositiveSmallIntegerField(_("week"))

    class Meta:
        verbose_name = _("review done")
        verbose_name_plural = _("reviews done")
        constraints = [
            models.UniqueConstraint(fields=["learner", "finish_key", "week"], name="a_case_of_a_week_is_done_once"),
            models.CheckConstraint(condition=Q(week__in=WEEKS), name="cases_come_in_weeks_1_4_and_8"),
        ]

    def __str__(self):
        return f"{self.learner} · {self.week}"
