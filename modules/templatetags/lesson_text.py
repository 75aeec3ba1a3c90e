"""Marked texts and drawings in the templates of lessons, resolved with what the page around them knows."""

import re

from django import template
from wagtail.rich_text import expand_db_html

from modules.drawings import draw
from quizzes import marks

register = template.Library()

_SOURCE_LINK = re.compile(r'<a class="source" href="[^"]*">([^<]*)</a>')


@register.simple_tag(takes_context=True)
def line(context, text):
    """Show one paragraph of marked text."""
    return _within(context, marks.render_line(text or "", context.get("terms")))


@register.simple_tag(takes_context=True)
def rich(context, value, heading="h2"):
    """Show an editor's rich text. Its small headings take the level that follows from where it stands."""
    html = expand_db_html(getattr(value, "source", value) or "")
    html = re.sub(r"(</?)h3\b", rf"\1{heading}", html)
    return _within(context, marks.resolve_marks(html, context.get("terms")))


@register.filter
def plain(text):
    """Show marked text without its marks, where no link or button may stand."""
    return marks.plain(text or "")


@register.simple_tag
def drawing(name, title):
    """Draw one of our line drawings; `title` says in words what it shows."""
    return draw(name, title)


def _within(context, html):
    # No link in a scene: following one would leave in the address, and so in the history, which branch was open.
    return template.base.mark_safe(_SOURCE_LINK.sub(r'<span class="source">\1</span>', html)) if context.get("in_scene") else html
