"""In lists of editors: in which languages the translation of a text says what that said before it was changed."""

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from .signals import older_translations_asked
from .wording.languages import language_in_words


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
