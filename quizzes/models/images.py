"""Images as papers hold them: copied when an attempt begins, so that a later change of the library changes no paper."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredImageQuerySet(models.QuerySet):
    def keep(self, images):
        """Store those whose bytes are not stored yet."""
        by_digest = {image.digest: image for image in images}
        known = set(self.filter(pk__in=by_digest).values_list("pk", flat=True))
        # Two people may begin at once: the same bytes are the same row.
        self.bulk_create([by_digest[digest] for digest in by_digest.keys() - known], ignore_conflicts=True)


class StoredImage(models.Model):
    """The bytes of an image and what it takes to serve them, stored once however often it is shown."""

    digest = models.CharField(_("SHA-256"), max_length=64, primary_key=True)
    content_type = models.CharField(_("type"), max_length=40)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    content = models.BinaryField(_("content"))

    objects = StoredImageQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self):
        return self.digest[:12]


class PaperImage(StoredImage):
    """An image that papers show."""

    class Meta:
        verbose_name = _("image of a paper")
        verbose_name_plural = _("images of papers")
