"""Sheets to print: the checklist of the centre, its code of conduct, its plan."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField
from wagtail.models import DraftStateMixin, PreviewableMixin, RevisionMixin, TranslatableMixin

from modules.blocks.printables import PrintableStream
from quizzes.base.view_registry import view_of

MOST_PAGES = 9
ORIENTATIONS = [("portrait", _("Upright")), ("landscape", _("Across"))]


class Printable(PreviewableMixin, DraftStateMixin, RevisionMixin, TranslatableMixin, models.Model):
    """A sheet that a centre prints, fills in by hand and hangs up. Its letters shrink until it fits on its pages."""

    identifier = models.SlugField(_("identifier"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    purpose = models.CharField(_("what it is for"), max_length=300)
    intro = models.TextField(_("introduction"), blank=True)
    body = StreamField(PrintableStream(), verbose_name=_("what the sheet holds"))
    orientation = models.CharField(_("how the paper lies"), max_length=10, choices=ORIENTATIONS, default="portrait")
    pages = models.PositiveSmallIntegerField(
        _("pages"), choices=[(n, str(n)) for n in range(1, MOST_PAGES + 1)], default=1
    )
    sort_order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("sheet to print")
        verbose_name_plural = _("sheets to print")
        constraints = [
            models.UniqueConstraint(fields=["locale", "identifier"], name="a_printable_is_listed_once_per_language"),
        ]

    def __str__(self):
        return self.title

    def get_preview_template(self, request, mode_name):
        return "modules/printables/page.html"

    def get_preview_context(self, request, mode_name):
        return super().get_preview_context(request, mode_name) | view_of(self, "preview")(self)
