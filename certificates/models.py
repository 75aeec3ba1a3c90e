"""What a certificate looks like, and the certificates that were issued: facts that nothing changes afterwards."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.models import PreviewableMixin, TranslatableMixin

from .claims import check_claims
from .composing import example_print
from .rendering import band_svg, print_context
from .serials import grouped


class PaperSize(models.TextChoices):
    """The two sheets that printers here hold."""

    LETTER = "letter", pgettext_lazy("paper", "Letter")
    A4 = "A4", _("A4")


# What an editor writes for the paper.
PRINTED_WORDS = (
    "heading",
    "statement",
    "subject",
    "issuer",
    "first_signatory",
    "first_signatory_post",
    "second_signatory",
    "second_signatory_post",
)


class CertificateDesignQuerySet(models.QuerySet):
    def in_use(self, language):
        return self.filter(is_active=True, locale__language_code=language)


class CertificateDesign(PreviewableMixin, TranslatableMixin, models.Model):
    """The words and signatures of the certificates that are issued from now on."""

    name = models.CharField(_("name"), max_length=100, help_text=_("For editors; not printed."))
    paper_size = models.CharField(
        pgettext_lazy("sheet", "paper"), max_length=10, choices=PaperSize, default=PaperSize.LETTER
    )
    heading = models.CharField(_("heading"), max_length=80)
    statement = models.CharField(
        _("what is certified"), max_length=120, help_text=_("Follows the name. Certify completion, never attitudes.")
    )
    subject = models.CharField(_("what the course is about"), max_length=200)
    issuer = models.CharField(_("issued by"), max_length=200)
    first_signatory = models.CharField(_("first signatory"), max_length=120, blank=True)
    first_signatory_post = models.CharField(_("post of the first signatory"), max_length=120, blank=True)
    second_signatory = models.CharField(_("second signatory"), max_length=120, blank=True)
    second_signatory_post = models.CharField(_("post of the second signatory"), max_length=120, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = CertificateDesignQuerySet.as_manager()

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("certificate design")
        verbose_name_plural = _("certificate designs")
        constraints = [
            models.UniqueConstraint(
                fields=["locale"], condition=Q(is_active=True), name="one_design_in_use_per_language"
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        check_claims({field: getattr(self, field) for field in PRINTED_WORDS})

    @property
    def signatories(self):
        """Return [{"name": …, "post": …}]: a line to sign above each; a name may be left to be written by hand."""
        lines = [
            {"name": self.first_signatory, "post": self.first_signatory_post},
            {"name": self.second_signatory, "post": self.second_signatory_post},
        ]
        return [line for line in lines if line["name"] or line["post"]]

    # The sheet is wider than a phone.
    default_preview_size = "desktop"

    def get_preview_template(self, request, mode_name):
        return "certificates/print/preview.html"

    def get_preview_context(self, request, mode_name):
        language = self.locale.language_code if self.locale_id else get_language()
        context = print_context(example_print(self, language=language)) | {"band": band_svg()}
        return super().get_preview_context(request, mode_name) | context


class CertificateQuerySet(models.QuerySet):
    def of_edition(self, course_key, edition):
        return self.filter(course_key=course_key, edition=edition)

    def without_pdf(self):
        """Leave the bytes in the database: a list of certificates needs none of them."""
        return self.defer("pdf")

    def by_surname(self):
        return self.order_by("sort_key", "pk")


class Certificate(models.Model):
    """An issued certificate: every printed field, the bytes of the PDF and their SHA-256, frozen."""

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
    issued_at = models.DateTimeField(_("issued at"), default=timezone.now)
    language = models.CharField(_("language"), max_length=10)
    # What was printed, field by field: see certificates.composing.PRINTED_FIELDS.
    printed = models.JSONField(_("printed fields"))
    sort_key = models.CharField(max_length=320, db_index=True)
    pdf = models.BinaryField(_("PDF"))
    sha256 = models.CharField(_("SHA-256 of the PDF"), max_length=64, db_index=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "course_key", "edition"],
                condition=Q(learner__isnull=False),
                name="one_live_certificate_per_learner_and_edition",
            ),
        ]

    def __str__(self):
        return f"{self.serial} · {self.printed.get('name', '')}"

    @property
    def grouped_serial(self):
        """Return the code as it is printed, in groups."""
        return grouped(self.serial)
