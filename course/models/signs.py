"""What the site keeps about its own running."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SignOfLife(models.Model):
    """That a worker lives, on whichever machine: see `course.health.signs`. A row goes when its worker ends."""

    # Its machine, its process and a few letters of chance.
    name = models.CharField(_("worker"), max_length=100, primary_key=True)
    began_at = models.DateTimeField(_("begun at"))
    seen_at = models.DateTimeField(_("last seen at work"), db_index=True)

    class Meta:
        verbose_name = _("sign of life")
        verbose_name_plural = _("signs of life")

    def __str__(self):
        return f"{self.name} · {self.seen_at:%Y-%m-%d %H:%M}"
