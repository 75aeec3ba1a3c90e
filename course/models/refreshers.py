"""When a group, or one person of it, began the course anew: what counts again, since when, and who said so."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .cohorts import Cohort


class Refresher(models.Model):
    """A group takes modules of the course once more, such as «Repaso 2027»; with a learner, only that person does."""

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(Cohort, verbose_name=_("group"), on_delete=models.CASCADE, related_name="refreshers")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("learner"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="refreshers",
    )
    name = models.CharField(_("name"), max_length=120)
    since = models.DateField(_("from which day on what is done counts"))
    # Their stable keys.
    modules = models.JSONField(_("modules that are done again"), default=list)
    # Whether also those who were in the middle of the course, and had never finished it, begin anew.
    also_unfinished = models.BooleanField(_("also those who have not finished it yet"), default=False)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    begun_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("refresher")
        verbose_name_plural = _("refreshers")
        ordering = ["-begun_at", "-pk"]

    def __str__(self):
        return f"{self.cohort} · {self.name}"
