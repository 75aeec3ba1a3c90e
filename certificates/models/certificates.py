"""Issued certificates: facts that nothing changes afterwards, and what happened to them later."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.text.codes import grouped
from quizzes.models.attempts import StoredImage, StoredImageQuerySet

from .frozen import FrozenFacts, FrozenQuerySet

# How somebody is called whose account was deleted, here and in the rooms above.
GONE = _("a deleted account")


class PrintedImageQuerySet(FrozenQuerySet, StoredImageQuerySet):
    pass


class PrintedImage(FrozenFacts, StoredImage):
    """A signature or logo as certificates print it; one that no certificate shows can go."""

    FROZEN = frozenset({"digest", "content_type", "width", "height", "content"})
    HASHED = {"content": "digest"}
    MAY_BE_DELETED = True

    objects = PrintedImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("image of certificates")
        verbose_name_plural = _("images of certificates")


class StatusList(models.Model):
    """A published list of bits, one for each credential, that says which were revoked (W3C Bitstring Status List)."""

    # As the specification asks, at least 131,072 bits, so that one bit tells nothing of the person.
    LENGTH = 131_072

    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    # Both as on the day on which it was begun: they stand in what was signed, and the site may move.
    site = models.CharField(_("address of the site"), max_length=300, blank=True)
    issuer = models.CharField(_("issuer"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("status list")
        verbose_name_plural = _("status lists")

    def __str__(self):
        return f"{self.pk}"


class CertificateQuerySet(FrozenQuerySet):
    def live(self):
        """Those that were neither replaced nor annulled; they may have expired."""
        return self.filter(replaced_at=None, annulled_at=None)

    def without_pdf(self):
        """Leave the bytes in the database: a list of certificates needs none of them."""
        return self.defer("pdf", "credential")

    def by_surname(self):
        return self.order_by("sort_key", "pk")


class Certificate(FrozenFacts):
    """An issued certificate: every printed field, the bytes of the PDF and their SHA-256, frozen.

    What happens to it afterwards is kept beside the facts: whose it is, where it stands among others, which training it
    certifies, what it replaces, and when it was replaced or annulled.
    """

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
    # May be null: accounts are deleted, certificates stay.
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("learner"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="certificates",
    )
    course_key = models.UUIDField(_("course"))
    edition = models.PositiveIntegerField(_("edition of the course"))
    # The key of the record of training that it certifies: `modules.TrainingRecord.key`.
    record_key = models.UUIDField(_("record of training"), editable=False)
    issued_at = models.DateTimeField(_("issued at"), default=timezone.now)
    # When it was first issued: a correction keeps that moment.
    awarded_at = models.DateTimeField(_("awarded at"), default=timezone.now)
    # The last day on which it holds, in local time.
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=10)
    # What was printed, field by field: see certificates.issuing.composing.PRINTED_FIELDS.
    printed = models.JSONField(_("printed fields"))
    sort_key = models.CharField(max_length=320, db_index=True)
    pdf = models.BinaryField(_("PDF"))
    sha256 = models.CharField(_("SHA-256 of the PDF"), max_length=64, db_index=True)
    # The signed Open Badges credential as it is attached to the PDF; empty where the site had no key.
    credential = models.TextField(_("credential"), blank=True)
    # As whom the credential is signed: the DID of the day of issue.
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
    # Over all the facts above, and who signed that: see certificates.issuing.integrity. Without a signature where the
    # site had no key.
    digest = models.CharField(_("digest of the facts"), max_length=64)
    digest_signature = models.CharField(_("signature of the digest"), max_length=128, blank=True)
    digest_key = models.CharField(_("key that signed the digest"), max_length=100, blank=True)
    replaces = models.OneToOneField(
        "self",
        verbose_name=_("replaces"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="successor",
    )
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)
    annulled_at = models.DateTimeField(_("annulled at"), null=True, blank=True)
    # Shown to whoever verifies it.
    annulled_reason = models.CharField(_("reason of the annulment"), max_length=300, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        indexes = [
            # The published list of the revoked is asked for by anybody: a few rows of a hundred thousand.
            models.Index(
                fields=["status_list", "status_index"],
                condition=Q(replaced_at__isnull=False) | Q(annulled_at__isnull=False),
                name="revoked_places",
            ),
            # Reports and the register ask for those of a period.
            models.Index(fields=["awarded_at"], name="certificates_by_day"),
            models.Index(
                fields=["annulled_at"], condition=Q(annulled_at__isnull=False), name="annulled_certificates_by_day"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "course_key", "edition"],
                condition=Q(learner__isnull=False, replaced_at=None, annulled_at=None),
                name="one_live_certificate_per_learner_and_edition",
            ),
            models.UniqueConstraint(
                fields=["status_list", "status_index"], name="a_place_in_a_status_list_is_never_used_twice"
            ),
            models.CheckConstraint(
                condition=Q(status_list=None, status_index=None)
                | Q(status_list__isnull=False, status_index__isnull=False),
                name="a_status_list_and_the_place_in_it_go_together",
            ),
            models.CheckConstraint(
                condition=Q(annulled_at=None, annulled_reason="")
                | Q(annulled_at__isnull=False) & ~Q(annulled_reason=""),
                name="an_annulment_has_its_reason",
            ),
        ]

    def __str__(self):
        return f"{self.serial} · {self.printed.get('name', '')}"

    @property
    def issue_day(self):
        """Return the day that is printed as that of issue; a correction of the name keeps it."""
        return date.fromisoformat(self.printed["date"])

    @property
    def finished_on(self):
        """Return the day on which the course was finished, or None: the first certificates do not say it."""
        finished = self.printed.get("finished")
        return date.fromisoformat(finished) if finished else None

    @property
    def has_credential(self):
        """Say whether it was issued with a credential, without reading it: only such a one has a place in a list."""
        return self.status_list_id is not None

    @property
    def grouped_serial(self):
        """Return the code as it is printed, in groups."""
        return grouped(self.serial)


class CertificateEvent(models.Model):
    """One thing that somebody did with a certificate; rows are only added."""

    class Kind(models.TextChoices):
        ISSUED = "issued", _("Issued")
        CORRECTED = "corrected", _("Corrected")
        ANNULLED = "annulled", _("Annulled")
        PRINTED = "printed", _("Printed")
        # Two accounts of the person were merged, each with one.
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
    # False: the software itself did it. Of an account that was deleted only this is left.
    by_somebody = models.BooleanField(_("somebody did it"), default=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("event of a certificate")
        verbose_name_plural = _("events of certificates")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(by=None) | Q(by_somebody=True), name="what_a_person_did_to_one_was_done_by_somebody"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.certificate_id}"

    @property
    def who(self):
        """Who did it, by the name of today; empty for the software itself."""
        if self.by:
            return str(self.by)
        return str(GONE) if self.by_somebody else ""
