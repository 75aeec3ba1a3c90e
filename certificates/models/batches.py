"""Certificates of many people at once: asked for, made in the background, fetched as often as one likes."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .jobs import Job


class CertificateBatch(Job):
    """One PDF with the certificates of a group, and the list that is signed on delivery.

    `learners` holds the keys of the people chosen; `done` says how many of them have been seen to. `group_key` is the
    group as the room above names it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("title"), max_length=200)
    group_key = models.CharField(_("group"), max_length=60, blank=True, db_index=True)
    learners = models.JSONField(_("learners"))
    # Whether certificates that have expired are printed too.
    with_expired = models.BooleanField(_("also those that have expired"), default=False)
    paper_size = models.CharField(pgettext_lazy("sheet", "paper"), max_length=10, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked for by"), on_delete=models.CASCADE, related_name="+"
    )
    # [{"learner": key, "name": …, "reason": …}] of those without a certificate.
    left_out = models.JSONField(_("left out"), default=list)
    certificates = models.JSONField(_("serials in the order of the PDF"), default=list)
    # What is signed on delivery: the first pages of the PDF, alone.
    delivery_list = models.BinaryField(_("delivery list"), null=True, blank=True)
    pdf = models.BinaryField(_("PDF"), null=True, blank=True)

    class Meta:
        verbose_name = _("batch of certificates")
        verbose_name_plural = _("batches of certificates")
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"], condition=Q(finished_at=None), name="one_batch_at_work_for_what_is_asked"
            ),
        ]

    def __str__(self):
        return self.title
