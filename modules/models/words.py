"""The words of the course: glossary and language guide."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import PreviewableMixin, TranslatableMixin


class GlossaryTerm(PreviewableMixin, TranslatableMixin, models.Model):
    """A word of the course, explained where it stands."""

    identifier = models.SlugField(_("identifier"), max_length=60)
    term = models.CharField(_("term"), max_length=120)
    english = models.CharField(_("in English"), max_length=120, blank=True)
    definition = models.TextField(_("definition"))

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary terms")

    def __str__(self):
        return self.term

    def get_preview_template(self, request, mode_name):
        return "modules/glossary_term_preview.html"


class LanguageEntry(TranslatableMixin, models.Model):
    """A line of the language guide: what to say, what to avoid, and why."""

    identifier = models.SlugField(_("identifier"), max_length=60)
    say = models.CharField(_("say"), max_length=200)
    avoid = models.CharField(_("avoid"), max_length=200)
    why = models.CharField(_("why"), max_length=200)
    sort_order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("line of the language guide")
        verbose_name_plural = _("language guide")

    def __str__(self):
        return self.say
