"""The search of the admin: what is typed is words to look for, whatever signs are among them."""

from django.db import connection
from wagtail.search.backends import database
from wagtail.search.query import PlainText


def SearchBackend(params):
    """Return Wagtail's own search of the database that the site has; Wagtail looks for this name."""
    backend = database.SearchBackend(params)
    if connection.vendor == "sqlite":
        backend.query_compiler_class = _without_quotes(backend.query_compiler_class)
        backend.autocomplete_query_compiler_class = _without_quotes(backend.autocomplete_query_compiler_class)
    return backend


def _without_quotes(compiler):
    """Return the compiler, mended: it puts each word in double quotes and breaks at one inside a word."""

    class Compiler(compiler):
        def build_search_query_content(self, query, config=None):
            if isinstance(query, PlainText):
                query = PlainText(query.query_string.replace('"', "'"), operator=query.operator)
            return super().build_search_query_content(query, config=config)

    return Compiler
