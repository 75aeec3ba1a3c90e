"""Requests to correct what is printed of a person."""

import hashlib
import json
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .certificates import Certificate


class CorrectionRequestQuerySet(models.QuerySet):
    def open(self):
        return self.filter(decided_at=None)


class CorrectionRequest(models.Model):
    """A request for another name, post or clinic; `requested` and `previous` are {field: text}.
    `already_printed`: the change was small enough to print, and only the registry is pending.
    """

    class Origin(models.TextChoices):
        CONFIRMING = "confirming", _("While confirming the certificate")
        OWN = "own", _("On the learner’s certificate page")
        # Anonymous, with the paper in hand.
        HOLDER = "holder", _("By a holder of the certificate")

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Not accepted")

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("learner"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="correction_requests",
    )
    certificate = models.ForeignKey(
        Certificate,
        verbose_name=_("certificate"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="correction_requests",
    )
    origin = models.CharField(_("where it was requested"), max_length=10, choices=Origin)
    requested = models.JSONField(_("requested"))
    previous = models.JSONField(_("registered or printed then"))
    already_printed = models.BooleanField(_("small: printed already"), default=False)
    note = models.CharField(_("note"), max_length=300, blank=True)
    requested_at = models.DateTimeField(_("requested at"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)

    objects = CorrectionRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a correction")
        verbose_name_plural = _("requests for corrections")
        ordering = ["requested_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["learner"],
                condition=Q(decided_at=None, certificate=None),
                name="one_open_request_before_certificate",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decision="", decided_by=None)
                | Q(decided_at__isnull=False) & ~Q(decision=""),
                name="decision_and_decided_at_together",
            ),
            models.CheckConstraint(
                condition=Q(learner__isnull=False) | Q(certificate__isnull=False),
                name="request_has_learner_or_certificate",
            ),
        ]

    @property
    def digest(self):
        shown = [self.requested, self.previous, self.certificate_id, self.already_printed, self.note]
        return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()

    def __str__(self):
        return f"{self.origin} · {self.requested_at:%Y-%m-%d}"
