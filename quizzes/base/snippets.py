"""Base class of snippet viewsets, and the list column of outdated translations."""

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.chooser import SnippetChooserViewSet, SnippetCreateView
from wagtail.snippets.views.snippets import SnippetViewSet as WagtailSnippetViewSet

from quizzes.signals import older_translations_asked

from .languages import language_in_words


class NothingIsMadeHere(SnippetCreateView):
    """Whoever chooses is offered no form, so what is sent to its address is refused: Wagtail would fail."""

    def can_create(self):
        return False


class ChooserViewSet(SnippetChooserViewSet):
    create_view_class = NothingIsMadeHere


class SnippetViewSet(WagtailSnippetViewSet):
    """A snippet that is made only in its own form, with all that this asks."""

    chooser_viewset_class = ChooserViewSet


def older_translations_of(rows):
    """Return {translation key: [code of a language]} of those rows of one list whose translations are older."""
    answers = older_translations_asked.send(type(rows[0]), rows=rows) if rows else []
    return next((older for _receiver, older in answers if older), {})


class OlderTranslationsColumn(Column):
    """The languages of older translations of a row, each leading to the text in all; asked once for the whole list."""

    def __init__(self):
        super().__init__("older_translations", label=_("Changed after translating"))

    def get_cell_context_data(self, instance, parent_context):
        table = parent_context["table"]
        if not hasattr(table, "older_translations"):
            table.older_translations = older_translations_of(list(table.data))
        context = super().get_cell_context_data(instance, parent_context)
        languages = table.older_translations.get(instance.translation_key, [])
        return context | {"value": _links(instance.translation_key, languages) or "–"}

    def get_value(self, instance):
        return ""


def _links(key, languages):
    links = ((reverse("in_all_languages", args=[key]), language_in_words(code)) for code in languages)
    return format_html_join(", ", '<a href="{}">{}</a>', links)
