"""What a translation was made from, and what was loaded from content files."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision


class TranslatedFrom(models.Model):
    """What one translation was made from: the digest of the texts of its original, and the version they stood in.

    An empty digest is that of texts which the original does not say here: it was changed since, or never said them. A
    translation without a row is one of which nobody knows.
    """

    # What a translation holds that repeats its original word for word: there is no such digest.
    COPY = "copy"

    translation_key = models.UUIDField()
    language = models.CharField(_("language"), max_length=10)
    digest = models.CharField(max_length=64, blank=True)
    revision = models.ForeignKey(Revision, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    looked_at = models.DateTimeField(_("looked at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("what a translation was made from")
        verbose_name_plural = _("what translations were made from")
        constraints = [
            models.UniqueConstraint(
                fields=["translation_key", "language"], name="a_translation_was_made_from_one_text"
            ),
        ]

    def __str__(self):
        return f"{self.language}/{self.translation_key}"


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
