"""What the original of a translation said when somebody made it, or last looked whether it still holds."""

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
