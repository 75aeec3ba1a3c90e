"""What the text files of the course last put into the CMS."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LoadedContent(models.Model):
    """What `load_content` last put into the CMS, so that it can tell an editor's change from a change of the files."""

    identifier = models.CharField(_("identifier"), max_length=100)
    language = models.CharField(_("language"), max_length=10)
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(_("loaded at"), auto_now=True)

    class Meta:
        verbose_name = _("loaded content")
        verbose_name_plural = _("loaded content")
        constraints = [
            models.UniqueConstraint(fields=["identifier", "language"], name="content_is_loaded_once_per_language"),
        ]

    def __str__(self):
        return f"{self.language}/{self.identifier}"
