"""Glossary, language guide, directory, worksheets, structure stamp."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField
from wagtail.models import DraftStateMixin, PreviewableMixin, RevisionMixin, TranslatableMixin

from modules.blocks.worksheets import WorksheetStream
from quizzes.base.view_registry import get_view
from quizzes.models import Source


class StructureStamp(models.Model):
    """A random stamp that invalidates caches, changed in the transaction that changes the course structure."""

    stamp = models.UUIDField(default=uuid.uuid4)

    class Meta:
        verbose_name = _("stamp of the structure")
        verbose_name_plural = _("stamps of the structure")

    def __str__(self):
        return str(self.stamp)

    @classmethod
    def renew(cls):
        cls.objects.bulk_create(
            [cls(pk=1, stamp=uuid.uuid4())], update_conflicts=True, unique_fields=["id"], update_fields=["stamp"]
        )

    @classmethod
    def now(cls):
        stamp = next(iter(cls.objects.filter(pk=1).values_list("stamp", flat=True)), None)
        if stamp is None:
            cls.objects.bulk_create([cls(pk=1)], ignore_conflicts=True)
            stamp = cls.objects.values_list("stamp", flat=True).get(pk=1)
        return stamp

    @classmethod
    def now_with(cls, subquery):
        """Return (current stamp, value of `subquery`) in one query."""
        rows = cls.objects.filter(pk=1).values_list("stamp", subquery)
        return next(iter(rows), None) or (cls.now(), rows.get()[1])


class GlossaryTerm(PreviewableMixin, TranslatableMixin, models.Model):
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
        return "modules/course/glossary_term_preview.html"


class LanguageEntry(TranslatableMixin, models.Model):
    identifier = models.SlugField(_("identifier"), max_length=60)
    say = models.CharField(_("say"), max_length=200)
    avoid = models.CharField(_("avoid"), max_length=200)
    why = models.CharField(_("why"), max_length=200)
    sort_order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("entry of the language guide")
        verbose_name_plural = _("language guide")

    def __str__(self):
        return self.say


class Organisation(PreviewableMixin, TranslatableMixin, models.Model):
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
        return "modules/course/organisation_preview.html"

    def get_preview_context(self, request, mode_name):
        return super().get_preview_context(request, mode_name) | get_view(self, "preview")(self)


MAX_PAGES = 9
ORIENTATIONS = [("portrait", _("Upright")), ("landscape", _("Across"))]


class Worksheet(PreviewableMixin, DraftStateMixin, RevisionMixin, TranslatableMixin, models.Model):
    """A sheet that a clinic prints and fills in; its text shrinks until it fits on `pages`."""

    identifier = models.SlugField(_("identifier"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    purpose = models.CharField(_("what it is for"), max_length=300)
    intro = models.TextField(_("introduction"), blank=True)
    body = StreamField(WorksheetStream(), verbose_name=_("contents of the sheet"))
    orientation = models.CharField(
        _("orientation of the paper"), max_length=10, choices=ORIENTATIONS, default="portrait"
    )
    pages = models.PositiveSmallIntegerField(
        _("pages"), choices=[(n, str(n)) for n in range(1, MAX_PAGES + 1)], default=1
    )
    sort_order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("sheet to print")
        verbose_name_plural = _("sheets to print")
        constraints = [
            models.UniqueConstraint(fields=["locale", "identifier"], name="a_worksheet_is_listed_once_per_language"),
        ]

    def __str__(self):
        return self.title

    def get_preview_template(self, request, mode_name):
        return "modules/worksheets/worksheet.html"

    def get_preview_context(self, request, mode_name):
        return super().get_preview_context(request, mode_name) | get_view(self, "preview")(self)
