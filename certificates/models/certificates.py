"""Issued certificates with their events, status lists and images."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certificates.text.codes import format_serial
from quizzes.models.attempts import StoredImage, StoredImageQuerySet

from .frozen import FrozenModel, FrozenQuerySet

# Name shown instead of a person whose account was deleted.
DELETED_ACCOUNT = _("a deleted account")


class PrintedImageQuerySet(FrozenQuerySet, StoredImageQuerySet):
    pass


class PrintedImage(FrozenModel, StoredImage):
    FROZEN = frozenset({"digest", "content_type", "width", "height", "content"})
    HASHED = {"content": "digest"}
    MAY_BE_DELETED = True

    objects = PrintedImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("image of certificates")
        verbose_name_plural = _("images of certificates")


class StatusList(models.Model):
    """A published W3C Bitstring Status List: one bit per credential says whether it is revoked."""

    # The specification's minimum, so that one bit tells nothing about a person.
    LENGTH = 131_072

    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    # As at creation: both are part of what is signed, and the site may move.
    site = models.CharField(_("address of the site"), max_length=300, blank=True)
    issuer = models.CharField(_("issuer"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("status list")
        verbose_name_plural = _("status lists")

    def __str__(self):
        return f"{self.pk}"


class CertificateQuerySet(FrozenQuerySet):
    def live(self):
        return self.filter(replaced_at=None, revoked_at=None)

    def without_pdf(self):
        return self.defer("pdf", "credential")

    def by_surname(self):
        return self.order_by("sort_key", "pk")


class Certificate(FrozenModel):
    """An issued certificate: printed fields, PDF and credential are frozen; owner, order and status may change."""

    FROZEN = frozenset(
        {
            *("serial", "course_key", "edition", "issued_at", "awarded_at", "expires_on", "language"),
            *("printed", "pdf", "sha256"),
            *("credential", "issuer", "names_holder", "status_list", "status_index"),
            *("digest", "digest_signature", "digest_key"),
        }
    )
    HASHED = {"pdf": "sha256"}

    serial = models.CharField(_("code"), max_length=20, unique=True, help_text=_("As in the QR: no dashes."))
    # Null once the account is deleted.
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("learner"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="certificates",
    )
    course_key = models.UUIDField(_("course"))
    edition = models.PositiveIntegerField(_("edition of the course"))
    record_key = models.UUIDField(_("record of training"), editable=False)
    issued_at = models.DateTimeField(_("issued at"), default=timezone.now)
    # First issue; a correction keeps it.
    awarded_at = models.DateTimeField(_("awarded at"), default=timezone.now)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=10)
    # See certificates.issuing.field_values.PRINTED_FIELDS.
    printed = models.JSONField(_("printed fields"))
    sort_key = models.CharField(max_length=320, db_index=True)
    pdf = models.BinaryField(_("PDF"))
    sha256 = models.CharField(_("SHA-256 of the PDF"), max_length=64, db_index=True)
    # The signed Open Badges credential attached to the PDF; empty if the site had no key.
    credential = models.TextField(_("credential"), blank=True)
    # The issuer's DID on the day of issue.
    issuer = models.CharField(_("issuer of the credential"), max_length=300, blank=True)
    names_holder = models.BooleanField(_("the credential names the person"), default=False)
    status_list = models.ForeignKey(
        StatusList,
        verbose_name=_("status list"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="certificates",
    )
    status_index = models.PositiveIntegerField(_("place in the status list"), null=True, blank=True)
    # Over all fields above: see certificates.issuing.integrity. Unsigned if the site had no key.
    digest = models.CharField(_("digest of the facts"), max_length=64)
    digest_signature = models.CharField(_("signature of the digest"), max_length=128, blank=True)
    digest_key = models.CharField(_("key that signed the digest"), max_length=100, blank=True)
    replaces = models.OneToOneField(
        "self", verbose_name=_("replaces"), null=True, blank=True, on_delete=models.PROTECT, related_name="successor"
    )
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)
    revoked_at = models.DateTimeField(pgettext_lazy("certificate", "revoked at"), null=True, blank=True)
    revocation_reason = models.CharField(
        pgettext_lazy("certificate", "reason of the revocation"), max_length=300, blank=True
    )

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        indexes = [
            # Anyone may fetch a status list: it reads a few rows of a hundred thousand.
            models.Index(
                fields=["status_list", "status_index"],
                condition=Q(replaced_at__isnull=False) | Q(revoked_at__isnull=False),
                name="revoked_status_indexes",
            ),
            models.Index(fields=["awarded_at"], name="certificates_by_award_day"),
            models.Index(
                fields=["revoked_at"], condition=Q(revoked_at__isnull=False), name="revoked_certificates_by_day"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "course_key", "edition"],
                condition=Q(learner__isnull=False, replaced_at=None, revoked_at=None),
                name="one_live_certificate_per_learner_and_edition",
            ),
            models.UniqueConstraint(fields=["status_list", "status_index"], name="unique_status_list_index"),
            models.CheckConstraint(
                condition=Q(status_list=None, status_index=None)
                | Q(status_list__isnull=False, status_index__isnull=False),
                name="status_list_and_index_together",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revocation_reason="")
                | Q(revoked_at__isnull=False) & ~Q(revocation_reason=""),
                name="revocation_has_reason",
            ),
        ]

    def __str__(self):
        return f"{self.serial} · {self.printed.get('name', '')}"

    @property
    def issue_day(self):
        """The printed day of issue, which a correction keeps."""
        return date.fromisoformat(self.printed["date"])

    @property
    def finished_on(self):
        finished = self.printed.get("finished")
        return date.fromisoformat(finished) if finished else None

    @property
    def has_credential(self):
        # Answers without reading the credential.
        return self.status_list_id is not None

    @property
    def grouped_serial(self):
        return format_serial(self.serial)


class CertificateEvent(models.Model):
    """Append-only history of a certificate."""

    class Kind(models.TextChoices):
        ISSUED = "issued", _("Issued")
        CORRECTED = "corrected", _("Corrected")
        REVOKED = "revoked", pgettext_lazy("certificate", "Revoked")
        PRINTED = "printed", _("Printed")
        MERGED = "merged", _("Replaced when two accounts were merged")

    certificate = models.ForeignKey(
        Certificate, verbose_name=_("certificate"), on_delete=models.PROTECT, related_name="events"
    )
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    at = models.DateTimeField(_("when"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    # False: the software did it. True remains when the actor's account is deleted.
    by_somebody = models.BooleanField(_("somebody did it"), default=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("event of a certificate")
        verbose_name_plural = _("events of certificates")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(by=None) | Q(by_somebody=True), name="event_of_person_is_by_somebody")
        ]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.certificate_id}"

    @property
    def who(self):
        if self.by:
            return str(self.by)
        return str(DELETED_ACCOUNT) if self.by_somebody else ""
