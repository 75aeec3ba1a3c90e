"""Digests of what translations were made from and of loaded content files."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision


class TranslationOrigin(models.Model):
    """The original that a translation was made from; an empty digest matches no version on this site."""

    # Instead of a digest: the translation still repeats its original word for word.
    COPY = "copy"

    translation_key = models.UUIDField()
    language = models.CharField(_("language"), max_length=10)
    digest = models.CharField(max_length=64, blank=True)
    revision = models.ForeignKey(Revision, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    checked_at = models.DateTimeField(_("checked at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("origin of a translation")
        verbose_name_plural = _("origins of translations")
        constraints = [
            models.UniqueConstraint(fields=["translation_key", "language"], name="one_origin_per_translation"),
        ]

    def __str__(self):
        return f"{self.language}/{self.translation_key}"


class LoadedContent(models.Model):
    """The digest that `load_content` last wrote, to tell editors' changes from changes of the files."""

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
