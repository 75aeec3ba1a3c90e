"""Markdown from and to Wagtail's rich text; only words remain of tables."""

from .document import is_page_id, one_line
from .html import read_html, write_html
from .markdown import links_in, read_markdown, write_markdown

__all__ = ["canonical_markdown", "html_to_markdown", "is_page_id", "links_in", "markdown_to_html", "one_line"]


def markdown_to_html(text, *, seed="", page_pks=None):
    """Return Wagtail's rich text; the same `seed` gives the same block keys.
    `page_pks` is {page id: pk}; links to other ids lose their target.
    """
    return write_html(read_markdown(text), seed, page_pks or {})


def html_to_markdown(html, page_ids=None):
    """Return the Markdown of Wagtail's rich text; `page_ids` is {pk: page id}."""
    return write_markdown(read_html(html, page_ids or {}))


def canonical_markdown(text):
    """Return `text` as `save_content` would write it."""
    return write_markdown(read_markdown(text))
