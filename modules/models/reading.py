"""What is kept of a learner's reading: that a lesson was read, and nothing else."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LessonRead(models.Model):
    """The fact that a learner read a lesson, or skipped it: both count the same and look the same."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("learner"), on_delete=models.PROTECT, related_name="lessons_read"
    )
    lesson_key = models.UUIDField(_("lesson"))
    read_at = models.DateTimeField(_("read at"), default=timezone.now)

    class Meta:
        verbose_name = _("lesson read")
        verbose_name_plural = _("lessons read")
        constraints = [
            models.UniqueConstraint(fields=["learner", "lesson_key"], name="a_lesson_is_read_once"),
        ]

    def __str__(self):
        return f"{self.learner} · {self.lesson_key}"
