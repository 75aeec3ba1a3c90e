"""The few marks inside texts: `**bold**`, `*italic*`, `[S42]` for a source, `[VL]` for «not verified», `[[term]]`."""

import re

from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

_inline = MarkdownIt("zero", {"html": False}).enable(["emphasis"])
_blocks = MarkdownIt("zero", {"html": False}).enable(["emphasis", "list", "heading", "link", "newline"])
_SOURCE = re.compile(r"\[(S\d+[a-z]?)\]")
_TERM = re.compile(r"\[\[([a-z0-9-]+)(?:\|([^\]]+))?\]\]")


def sources_in(text):
    """Return the source numbers that `text` refers to, in order, each once."""
    return list(dict.fromkeys(_SOURCE.findall(text)))


def terms_in(text):
    """Return the glossary ids that `text` refers to, in order, each once."""
    return list(dict.fromkeys(identifier for identifier, _words in _TERM.findall(text)))


def resolve_marks(html, terms=None):
    """Return safe HTML with its marks resolved: sources to links, `[VL]` to its tag, terms to their explanation.

    `html` is already safe. `terms` maps a glossary id to its name; a term that is not in it is shown as plain words.
    """
    terms = terms or {}
    html = _SOURCE.sub(r'<a class="source" href="#fuente-\1">[\1]</a>', html)
    if "[VL]" in html:
        tag = format_html('<span class="unverified">{}</span>', _("not verified"))
        html = html.replace("[VL]", tag)

    def explain(match):
        identifier, words = match.groups()
        words = words or terms.get(identifier) or identifier.replace("-", " ")
        if identifier not in terms:
            return words
        return f'<button type="button" class="term" popovertarget="termino-{identifier}">{words}</button>'

    return mark_safe(_TERM.sub(explain, html))  # noqa: S308 - what went in was safe or escaped


def render_line(text, terms=None):
    """Return one paragraph of marked text as safe HTML, without the paragraph's own tag."""
    return resolve_marks(_inline.renderInline(text), terms)


def render_text(text, terms=None):
    """Return marked text of several paragraphs, with lists, small headings and links, as safe HTML."""
    return resolve_marks(_blocks.render(text), terms)


def plain(text):
    """Return marked text without its marks, for titles, labels and spreadsheets."""
    text = _TERM.sub(lambda m: m.group(2) or m.group(1).replace("-", " "), text)
    return re.sub(r"\s*\[(?:S\d+[a-z]?|VL)\]", "", text).replace("**", "").replace("*", "")
