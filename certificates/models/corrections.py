"""What people ask to have put right in what is printed of them, and what became of it."""

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
        """Those that nobody has decided about."""
        return self.filter(decided_at=None)


class CorrectionRequest(models.Model):
    """Somebody asks for another name, post or clinic than the registered or printed one; a trainer decides.

    `asked` and `was` are {field: words} with the fields `given_names`, `surnames`, `role`, `clinic`, or `name` where
    its parts are not known. With `passed` the change is so small that it was printed at once, and only the registry
    waits for the trainer's look.
    """

    class Origin(models.TextChoices):
        CONFIRMING = "confirming", _("While confirming the certificate")
        OWN = "own", _("On the page of the own certificate")
        # Not signed in: whoever has the paper in the hand.
        HOLDER = "holder", _("By somebody who has the certificate")

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
    # None where none was issued yet.
    certificate = models.ForeignKey(
        Certificate,
        verbose_name=_("certificate"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="correction_requests",
    )
    origin = models.CharField(_("where it was asked"), max_length=10, choices=Origin)
    asked = models.JSONField(_("asked for"))
    was = models.JSONField(_("registered or printed then"))
    passed = models.BooleanField(_("small: printed already"), default=False)
    note = models.CharField(_("note"), max_length=300, blank=True)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
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
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["learner"],
                condition=Q(decided_at=None, certificate=None),
                name="one_open_request_before_the_certificate",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decision="", decided_by=None)
                | Q(decided_at__isnull=False) & ~Q(decision=""),
                name="a_decision_and_its_moment_go_together",
            ),
            models.CheckConstraint(
                condition=Q(learner__isnull=False) | Q(certificate__isnull=False),
                name="a_request_is_about_a_person_or_a_certificate",
            ),
        ]

    @property
    def digest(self):
        """SHA-256 of all that whoever decides reads: another one says that something else is asked by now."""
        read = [self.asked, self.was, self.certificate_id, self.passed, self.note]
        return hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()

    def __str__(self):
        return f"{self.origin} · {self.asked_at:%Y-%m-%d}"
