"""Report «Traducciones»: missing and outdated translations."""

from django.conf import settings
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.coreutils import get_content_languages
from wagtail.models import Locale, Page

from modules.models import TranslationOrigin
from modules.translating.kinds import TRANSLATED, Kind
from modules.translating.outdated import State, fold, to_translate

from .listing import CourseReportView


def _languages():
    codes = Locale.objects.exclude(language_code=settings.LANGUAGE_CODE).values_list("language_code", flat=True)
    return [(code, name_of_language(code)) for code in codes.order_by("pk")]


def name_of_language(code):
    return str(get_content_languages().get(code, code)).capitalize()


class TranslationFilterSet(WagtailFilterSet):
    language = ChoiceFilter(label=_("Language"), choices=_languages, empty_label=_("All"))
    state = ChoiceFilter(label=_("State"), choices=State, empty_label=_("All"))
    kind = ChoiceFilter(label=_("What it is"), choices=Kind, empty_label=_("All"))

    class Meta:
        model = TranslationOrigin
        fields = []

    @property
    def asked(self):
        return {name: value for name, value in self.form.cleaned_data.items() if value}


class WhatColumn(TitleColumn):
    def get_value(self, row):
        if row.count == 1:
            return row.title
        return _("%(count)d texts") % {"count": row.count}

    def get_link_url(self, row, parent_context):
        if row.count == 1:
            return row.address
        asked = {"language": row.language, "kind": row.kind.value, "state": row.state.value}
        return f"{reverse(TranslationsReport.index_url_name)}?{urlencode(asked)}"


class DoColumn(Column):
    def get_cell_context_data(self, row, parent_context):
        links = []
        if row.changes:
            links.append((row.changes, _("What changed")))
        if row.translation:
            links.append((row.translation, _("Edit the translation")))
        elif row.count == 1 and parent_context["request"].user.has_perm("wagtail_localize.submit_translation"):
            links.append((address_to_begin(TRANSLATED[row.kind].model(pk=row.pk)), _("Translate")))
        if row.key and row.state != State.CASE:
            links.append((reverse("translation_still_valid", args=[row.kind, row.key]), _("Does it still hold?")))
        value = format_html_join(" · ", '<a href="{}">{}</a>', links) or "–"
        return super().get_cell_context_data(row, parent_context) | {"value": value}

    def get_value(self, row):
        return ""


def address_to_begin(original):
    if isinstance(original, Page):
        return reverse("wagtail_localize:submit_page_translation", args=[original.pk])
    name = original._meta.app_label, original._meta.model_name
    return reverse("wagtail_localize:submit_snippet_translation", args=[*name, original.pk])


class StateColumn(Column):
    def get_value(self, row):
        return format_html("{}<br>{}", row.state.label, row.note) if row.note else row.state.label


class TranslationsReport(CourseReportView):
    page_title = _("Translations")
    header_icon = "globe"
    index_url_name = "translations_report"
    index_results_url_name = "translations_report_results"
    explanation = _(
        "What people read in Spanish and not, or not as it is now, in another language. What is missing, and of what "
        "nobody knows, is told by kind: follow the number to each. Only texts count: another order, other minutes or "
        "a new day of checking change no translation. Of a language without a page of the course nothing is missing "
        "until you choose it."
    )
    filterset_class = TranslationFilterSet
    columns = [
        WhatColumn("title", label=_("Original"), width="34%"),
        Column("kind", label=_("What it is"), accessor=lambda row: row.kind.label),
        Column("language", label=_("Language"), accessor=lambda row: name_of_language(row.language)),
        StateColumn("state", label=_("State")),
        Column("looked_on", label=_("Translated or looked at on"), accessor=lambda row: _told(row)),
        DoColumn("do", label=_("What to do")),
    ]
    export_headings = {
        "language": _("Language"),
        "state.label": _("State"),
        "kind.label": _("What it is"),
        "title": _("Original"),
        "note": _("Note"),
        "looked_on": _("Translated or looked at on"),
        "by": _("By"),
    }
    export_filename = "traducciones"

    def get_rows(self):
        asked = self.filters.asked if self.filters and self.filters.is_valid() else {}
        rows = to_translate(**asked)
        return rows if "kind" in asked or self.is_export else fold(rows)


def _told(row):
    if row.looked_on is None:
        return "–"
    return ", ".join(filter(None, [date_format(row.looked_on), row.by]))


def translations_paths():
    return [
        path("reports/to-translate/", TranslationsReport.as_view(), name=TranslationsReport.index_url_name),
        path(
            "reports/to-translate/results/",
            TranslationsReport.as_view(results_only=True),
            name=TranslationsReport.index_results_url_name,
        ),
    ]
