"""The directory: who can help, with what, and who checked it when."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import PreviewableMixin, TranslatableMixin

from quizzes.base.view_registry import view_of
from quizzes.models import Source


class Organisation(PreviewableMixin, TranslatableMixin, models.Model):
    """Who can help, with what, and who checked it when. Unchecked or over 90 days shows «not verified»."""

    identifier = models.SlugField(_("identifier"), max_length=60)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind of organisation"), max_length=200, blank=True)
    needs = models.JSONField(_("helps with"), default=list)
    population = models.CharField(_("for whom"), max_length=200, blank=True)
    area = models.CharField(_("area"), max_length=200, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    note = models.TextField(_("note"), blank=True)
    sources = models.ManyToManyField(Source, verbose_name=_("sources"), blank=True, related_name="organisations")
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    checked_by = models.CharField(_("checked by"), max_length=120, blank=True)
    sort_order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(checked_on=None, checked_by="")
                | (models.Q(checked_on__isnull=False) & ~models.Q(checked_by="")),
                name="who_checked_and_when_go_together",
            ),
        ]

    def __str__(self):
        return self.name

    def get_preview_template(self, request, mode_name):
        return "modules/organisation_preview.html"

    def get_preview_context(self, request, mode_name):
        return super().get_preview_context(request, mode_name) | view_of(self, "preview")(self)
