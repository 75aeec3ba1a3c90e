"""The devices on which a person signed in before."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class KnownDevice(models.Model):
    """A browser in which this person signed in: it holds a random mark that names nobody, and here is its digest.

    Several people may be known on one device, as on the computer of a health centre.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="devices"
    )
    mark_digest = models.CharField(_("digest of its mark"), max_length=64)
    is_shared = models.BooleanField(_("shared by several people"))
    first_used_at = models.DateTimeField(_("first used at"))
    last_used_at = models.DateTimeField(_("used last at"))
    # Since when every sign-in there said that it is the person's own; empty while the last one said that it is shared.
    own_since = models.DateTimeField(_("the person’s own since"), null=True, blank=True)

    class Meta:
        verbose_name = _("known device")
        verbose_name_plural = _("known devices")
        constraints = [
            models.UniqueConstraint(fields=["person", "mark_digest"], name="a_device_is_known_once_to_each_person"),
        ]

    def __str__(self):
        return f"{self.person} · {self.last_used_at:%Y-%m-%d}"
