"""Images as papers hold them: copied when an attempt begins, so that a later change of the library changes no paper."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredImage(models.Model):
    """The bytes of an image and what it takes to serve them, stored once however often it is shown."""

    digest = models.CharField(_("SHA-256"), max_length=64, primary_key=True)
    content_type = models.CharField(_("type"), max_length=40)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    content = models.BinaryField(_("content"))

    class Meta:
        abstract = True

    def __str__(self):
        return self.digest[:12]


class PaperImage(StoredImage):
    """An image that papers show."""

    class Meta:
        verbose_name = _("image of a paper")
        verbose_name_plural = _("images of papers")
