"""Base class of snippet viewsets, and the list column of outdated translations."""

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.chooser import SnippetChooserViewSet, SnippetCreateView
from wagtail.snippets.views.snippets import SnippetViewSet as WagtailSnippetViewSet

from quizzes.signals import outdated_translations_requested

from .languages import language_name


class DisabledCreateView(SnippetCreateView):
    # The chooser shows no creation form; without this, Wagtail fails on a POST to its address.
    def can_create(self):
        return False


class ChooserViewSet(SnippetChooserViewSet):
    create_view_class = DisabledCreateView


class SnippetViewSet(WagtailSnippetViewSet):
    """Snippets are created only in their own form, with all its validation."""

    chooser_viewset_class = ChooserViewSet


def get_outdated_translations(rows):
    """Return {translation key: [language code]}."""
    answers = outdated_translations_requested.send(type(rows[0]), rows=rows) if rows else []
    return next((outdated for _receiver, outdated in answers if outdated), {})


class OutdatedTranslationsColumn(Column):
    def __init__(self):
        super().__init__("older_translations", label=_("Changed after translating"))

    def get_cell_context_data(self, instance, parent_context):
        table = parent_context["table"]
        if not hasattr(table, "outdated_translations"):
            table.outdated_translations = get_outdated_translations(list(table.data))
        context = super().get_cell_context_data(instance, parent_context)
        languages = table.outdated_translations.get(instance.translation_key, [])
        return context | {"value": _links(instance.translation_key, languages) or "–"}

    def get_value(self, instance):
        return ""


def _links(key, languages):
    links = ((reverse("in_all_languages", args=[key]), language_name(code)) for code in languages)
    return format_html_join(", ", '<a href="{}">{}</a>', links)
