"""Scales, themes and statements of the anonymous survey; frozen wordings."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable, TranslatableMixin
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from quizzes.base.choices import Direction, OptionKind, Scoring

# An answer takes one byte of an envelope.
_is_code = RegexValidator(r"\A[0-9]\Z", _("A code is one digit from 0 to 9."))


def _same(*names):
    return [SynchronizedField(name, overridable=False) for name in names]


class SurveyScale(index.Indexed, TranslatableMixin, ClusterableModel):
    identifier = models.SlugField(_("identifier"), max_length=60)
    name = models.CharField(_("name"), max_length=120, help_text=_("Only editors read it."))

    translatable_fields = [*_same("identifier"), TranslatableField("name"), TranslatableField("options")]
    search_fields = [index.SearchField("name"), index.AutocompleteField("name"), index.FilterField("locale")]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("scale of the survey")
        verbose_name_plural = _("scales of the survey")
        constraints = [models.UniqueConstraint(fields=["locale", "identifier"], name="unique_survey_scale_per_locale")]

    def __str__(self):
        return self.name


class SurveyOption(TranslatableMixin, Orderable):
    """An answer of a scale; its code is counted, its label may change."""

    scale = ParentalKey(SurveyScale, on_delete=models.CASCADE, related_name="options")
    code = models.CharField(
        _("code"), max_length=1, validators=[_is_code], help_text=_("One digit from 0 to 9, which is counted.")
    )
    kind = models.CharField(_("what it means"), max_length=20, choices=OptionKind, default=OptionKind.ANSWER)
    label = models.CharField(_("answer"), max_length=120)

    translatable_fields = [*_same("sort_order", "code", "kind"), TranslatableField("label")]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("answer of a scale")
        verbose_name_plural = _("answers of a scale")

    def __str__(self):
        return self.label


class SurveyBlock(index.Indexed, TranslatableMixin, models.Model):
    identifier = models.CharField(_("letter"), max_length=1, help_text=_("A capital letter. It stays for ever."))
    title = models.CharField(_("title"), max_length=120, help_text=_("Above its statements, and in the results."))
    scoring = models.CharField(_("how it is counted"), max_length=20, choices=Scoring, default=Scoring.MEAN)
    scale = models.ForeignKey(SurveyScale, verbose_name=_("scale"), on_delete=models.PROTECT, related_name="blocks")
    waves = models.JSONField(_("when it is asked"), default=list)
    sort_order = models.PositiveSmallIntegerField(_("order"), default=0)

    translatable_fields = [
        *_same("identifier", "scoring", "waves", "sort_order"),
        *(TranslatableField("title"), TranslatableField("scale")),
    ]
    search_fields = [index.SearchField("title"), index.AutocompleteField("title"), index.FilterField("locale")]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("theme of the survey")
        verbose_name_plural = _("themes of the survey")
        constraints = [models.UniqueConstraint(fields=["locale", "identifier"], name="unique_survey_block_per_locale")]

    def __str__(self):
        return f"{self.identifier} · {self.title}"


class SurveyStatement(index.Indexed, TranslatableMixin, models.Model):
    """A statement; if official, its verification applies only to `verified_text` and `verified_scale`."""

    block = models.ForeignKey(SurveyBlock, verbose_name=_("theme"), on_delete=models.PROTECT, related_name="statements")
    identifier = models.CharField(
        _("identifier"), max_length=3, help_text=_("A capital letter and a number, such as B1. It stays for ever.")
    )
    text = models.CharField(_("statement"), max_length=300)
    direction = models.CharField(_("direction"), max_length=1, choices=Direction, blank=True)
    scale = models.ForeignKey(
        SurveyScale,
        verbose_name=_("scale of its own"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="statements",
    )
    sort_order = models.PositiveSmallIntegerField(_("order"), default=0)
    source = models.CharField(_("source of the official wording"), max_length=300, blank=True)
    verified_by = models.CharField(_("confirmed by"), max_length=120, blank=True)
    verified_on = models.DateField(_("confirmed on"), null=True, blank=True)
    verified_text = models.CharField(max_length=300, blank=True, editable=False)
    verified_scale = models.TextField(blank=True, editable=False)

    translatable_fields = [
        *_same("identifier", "direction", "sort_order"),
        *(TranslatableField("text"), TranslatableField("block"), TranslatableField("scale")),
    ]
    search_fields = [
        *(index.SearchField("identifier"), index.SearchField("text")),
        *(index.AutocompleteField("identifier"), index.AutocompleteField("text")),
        *(index.FilterField("block"), index.FilterField("locale")),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("statement of the survey")
        verbose_name_plural = _("statements of the survey")
        permissions = [("verify_surveystatement", _("Can confirm the wording of an official statement"))]
        constraints = [
            models.UniqueConstraint(fields=["locale", "identifier"], name="unique_survey_statement_per_locale"),
            models.CheckConstraint(
                condition=Q(verified_by="", verified_on=None, verified_text="")
                | (~Q(verified_by="") & Q(verified_on__isnull=False) & ~Q(verified_text="")),
                name="statement_verification_complete",
            ),
        ]

    def __str__(self):
        return f"{self.identifier} · {self.text[:80]}"

    @property
    def is_verified(self):
        return self.verified_with(None)

    def verified_with(self, options):
        """Return whether the wording is verified with these SurveyOptions, by default those of its scale."""
        if not self.verified_by or self.verified_text != self.text:
            return False
        return self.verified_scale == _scale_words(self._options if options is None else options)

    @property
    def _options(self):
        return (self.scale or self.block.scale).options.all()

    def verify(self, *, by, on):
        """Record the verification, without saving."""
        self.verified_by, self.verified_on, self.verified_text = by, on, self.text
        self.verified_scale = _scale_words(self._options)

    def unverify(self):
        self.verified_by, self.verified_on, self.verified_text, self.verified_scale = "", None, "", ""

    def copy_for_translation(self, locale, exclude_fields=None):
        copy = super().copy_for_translation(locale, exclude_fields)
        copy.unverify()
        return copy


def _scale_words(options):
    return "\n".join(f"{option.code} {option.kind} {option.label}" for option in options)


class SurveyWording(models.Model):
    """The frozen contents of a survey in all languages when a round was opened; never changed.
    `contents` are {"languages": [code], "scales": {name: [{"code", "kind", "label": {language: text}}]}, "blocks":
    [{"id", "title": {language: text}, "scoring", "scale", "waves": [wave], "items": [{"id", "text": {language: text},
    "direction", "scale", "official", "verified"}]}]}; a code is one digit.
    """

    digest = models.CharField(max_length=64, unique=True, editable=False)
    contents = models.JSONField(_("contents"))
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("wording of the survey")
        verbose_name_plural = _("wordings of the survey")

    def __str__(self):
        return self.digest[:12]
