"""Snippets in the language of the reader, or in Spanish where nobody has translated them yet."""

from django.conf import settings
from django.utils.html import format_html

from quizzes.base.languages import interface_language


def rows_in(queryset, language):
    """Return the rows of a translatable model as a list: each once, in `language` where it exists, else in Spanish."""
    wanted = [settings.LANGUAGE_CODE, language]
    rows = queryset.filter(locale__language_code__in=wanted).select_related("locale")
    # The reader's own language comes last, and so wins.
    ordered = sorted(rows, key=lambda row: row.locale.language_code == language)
    return list({row.translation_key: row for row in ordered}.values())


def language_mark(language):
    """Return ` lang="es"` for texts in another language than the interface's, else nothing."""
    return format_html(' lang="{}"', language) if language != interface_language() else ""
