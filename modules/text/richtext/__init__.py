"""Markdown in the content files, HTML in Wagtail's rich text: the same small document in two spellings.

What cannot be said in the document between them (pictures, tables) is dropped, its words are kept.
"""

from .document import is_page_id, one_line
from .html import read_html, write_html
from .markdown import links_in, read_markdown, write_markdown

__all__ = ["canonical_markdown", "html_to_markdown", "is_page_id", "links_in", "markdown_to_html", "one_line"]


def markdown_to_html(text, *, seed="", page_pks=None):
    """Return Wagtail's rich text for `text`. The same `seed` gives the same block keys.

    `page_pks` maps the id of a page to its row; a link to an id that is not in it keeps its words only.
    """
    return write_html(read_markdown(text), seed, page_pks or {})


def html_to_markdown(html, page_ids=None):
    """Return the Markdown of Wagtail's rich text. `page_ids` maps the row of a page to its id."""
    return write_markdown(read_html(html, page_ids or {}))


def canonical_markdown(text):
    """Return `text` as `save_content` would write it."""
    return write_markdown(read_markdown(text))
