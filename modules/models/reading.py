"""What is kept of a learner's reading: that a lesson was read, and nothing else."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .editions import Registration


class LessonRead(models.Model):
    """The fact that a learner read a lesson, or skipped it: both count the same and look the same."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("learner"), on_delete=models.PROTECT, related_name="lessons_read"
    )
    lesson_key = models.UUIDField(_("lesson"))
    read_at = models.DateTimeField(_("read at"), default=timezone.now)
    # Who began the course anew reads it again, and what was read before stays beside it; None the first time.
    again_for = models.ForeignKey(
        Registration, null=True, blank=True, on_delete=models.CASCADE, related_name="lessons_read", editable=False
    )

    class Meta:
        verbose_name = _("lesson read")
        verbose_name_plural = _("lessons read")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "lesson_key"], condition=Q(again_for=None), name="a_lesson_is_read_once"
            ),
            models.UniqueConstraint(
                fields=["again_for", "lesson_key"],
                condition=Q(again_for__isnull=False),
                name="a_lesson_is_read_once_more_a_registration",
            ),
        ]

    def __str__(self):
        return f"{self.learner} · {self.lesson_key}"
