"""Certificate designs: texts, signatories, logos, paper, border."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable, PreviewableMixin, TranslatableMixin

from certificates.images import ImageUse, check_image
from certificates.text.fields import check_fields
from certificates.text.names import check_claims, check_printable
from quizzes.base.view_registry import get_view


class PaperSize(models.TextChoices):
    LETTER = "letter", pgettext_lazy("paper", "Letter")
    A4 = "A4", _("A4")


class BorderMotif(models.TextChoices):
    ALL = "all", _("All eight in turn")
    DOOR = "1", pgettext_lazy("motif", "Door")
    LAW = "2", pgettext_lazy("motif", "Law")
    SECRET = "3", pgettext_lazy("motif", "Secret")
    CARE = "4", pgettext_lazy("motif", "Care")
    LISTENING = "5", pgettext_lazy("motif", "Listening")
    LIMIT = "6", pgettext_lazy("motif", "Limit")
    NET = "7", pgettext_lazy("motif", "Net")
    SOWING = "8", pgettext_lazy("motif", "Sowing")


class Palette(models.TextChoices):
    WEAVE = "weave", _("The colours of the weave")
    INDIGO = "indigo", _("Indigo")
    COCHINEAL = "cochineal", _("Cochineal")
    JADE = "jade", _("Jade")


PRINTED_TEXT_FIELDS = ("heading", "statement", "subject", "text", "issuer")


class CertificateDesignQuerySet(models.QuerySet):
    def in_use(self, language):
        return self.filter(is_active=True, locale__language_code=language)


class CertificateDesign(PreviewableMixin, TranslatableMixin, ClusterableModel):
    name = models.CharField(_("name"), max_length=100, help_text=_("For editors; not printed."))
    paper_size = models.CharField(
        pgettext_lazy("sheet", "paper"), max_length=10, choices=PaperSize, default=PaperSize.LETTER
    )
    border = models.CharField(_("motif of the border"), max_length=3, choices=BorderMotif, default=BorderMotif.ALL)
    palette = models.CharField(_("colours of the border"), max_length=10, choices=Palette, default=Palette.WEAVE)
    heading = models.CharField(_("heading"), max_length=80)
    statement = models.CharField(
        _("what is certified"), max_length=120, help_text=_("Follows the name. Certify completion, never attitudes.")
    )
    subject = models.CharField(_("what the course is about"), max_length=200)
    text = models.TextField(
        _("further lines"), blank=True, max_length=400, help_text=_("Empty: the content, the length and the date.")
    )
    issuer = models.CharField(_("issued by"), max_length=200)
    validity_months = models.PositiveSmallIntegerField(
        _("valid for"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("In months; empty: for ever. Issued certificates do not change."),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects = CertificateDesignQuerySet.as_manager()

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("certificate design")
        verbose_name_plural = _("certificate designs")
        constraints = [
            models.UniqueConstraint(
                fields=["locale"], condition=Q(is_active=True), name="one_design_in_use_per_language"
            )
        ]

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        _check_texts({field: getattr(self, field) for field in PRINTED_TEXT_FIELDS})
        check_fields(self)

    default_preview_size = "desktop"
    preview_modes = [("es", "Español"), ("en", "English"), ("both", pgettext_lazy("languages", "Both"))]

    @property
    def default_preview_mode(self):
        return self.language

    @property
    def language(self):
        return self.locale.language_code if self.locale_id else (get_language() or "es")[:2]

    def get_preview_template(self, request, mode_name):
        return "certificates/print/preview.html"

    def get_preview_context(self, request, mode_name):
        context = {"sheets": get_view(self, "preview")(self, mode_name or self.language)}
        return super().get_preview_context(request, mode_name) | context


def _check_texts(texts):
    check_printable(texts)
    check_claims(texts)


def _check_image(image, use):
    try:
        check_image(image, use)
    except ValidationError as refusal:
        raise ValidationError({"image": refusal.messages}) from refusal


class Signatory(TranslatableMixin, Orderable):
    """A signature line; an empty name is written by hand."""

    design = ParentalKey(CertificateDesign, on_delete=models.CASCADE, related_name="signatories")
    name = models.CharField(_("name"), max_length=120, blank=True)
    post = models.CharField(_("post"), max_length=120, blank=True)
    image = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("signature"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("A scanned signature on white or on nothing. Empty: it is signed by hand."),
    )

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("signatory")
        verbose_name_plural = _("signatories")

    def __str__(self):
        return self.name or self.post

    def clean(self):
        super().clean()
        if not (self.name or self.post):
            raise ValidationError({"name": _("Write a name, a post or both.")})
        _check_texts({"name": self.name, "post": self.post})
        if self.image:
            _check_image(self.image, ImageUse.SIGNATURE)


class DesignLogo(TranslatableMixin, Orderable):
    design = ParentalKey(CertificateDesign, on_delete=models.CASCADE, related_name="logos")
    image = models.ForeignKey("wagtailimages.Image", verbose_name=_("logo"), on_delete=models.PROTECT, related_name="+")
    institution = models.CharField(_("institution"), max_length=120, help_text=_("Read aloud instead of the logo."))

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("logo")
        verbose_name_plural = _("logos")

    def __str__(self):
        return self.institution

    def clean(self):
        super().clean()
        _check_texts({"institution": self.institution})
        if self.image_id:
            _check_image(self.image, ImageUse.LOGO)
