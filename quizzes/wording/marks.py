"""The few marks inside texts: `**bold**`, `*italic*`, `[S42]` for a source, `[VL]` for «not verified», `[[term]]`.

A backslash takes the meaning from the sign after it: `\\*` is an asterisk.
"""

import re

from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

_inline = MarkdownIt("zero", {"html": False, "breaks": True}).enable(["emphasis", "escape", "newline"])
_blocks = MarkdownIt("zero", {"html": False}).enable(["emphasis", "escape", "list", "heading", "link", "newline"])
_SIGN = r"[!-/:-@\[-`{-~]"  # what Markdown lets a backslash escape
_SOURCE = re.compile(r"\[(S\d+[a-z]?)\]")
_UNVERIFIED = re.compile(r"\[VL\]")
_TERM = re.compile(r"\[\[([a-z0-9-]+)(?:\|([^\]]{1,300}))?\]\]")
# In HTML a mark counts in words only: within a tag, as in the title of a link, it would break the tag.
_OUTSIDE_TAGS = r"(?![^<]*>)"
_SOURCE_IN_HTML, _UNVERIFIED_IN_HTML, _TERM_IN_HTML = (
    re.compile(mark.pattern + _OUTSIDE_TAGS) for mark in (_SOURCE, _UNVERIFIED, _TERM)
)


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
    html = _SOURCE_IN_HTML.sub(r'<a class="source" href="#fuente-\1">[\1]</a>', html)
    if "[VL]" in html:
        html = _UNVERIFIED_IN_HTML.sub(unverified_tag(), html)

    def explain(match):
        identifier, words = match.groups()
        words = words or escape(terms.get(identifier) or identifier.replace("-", " "))
        if identifier not in terms:
            return words
        return f'<button type="button" class="term" popovertarget="termino-{identifier}">{words}</button>'

    return mark_safe(_TERM_IN_HTML.sub(explain, html))  # noqa: S308 - what went in was safe or escaped


def render_line(text, terms=None):
    """Return marked text as safe HTML where only a line may stand: an end of a line is a break, no paragraph."""
    return resolve_marks(_inline.renderInline(text), terms)


def render_words(text):
    """Return the HTML of a line for another system: bold and italic; marks that only we resolve stay as they stand."""
    return mark_safe(_inline.renderInline(text))  # noqa: S308 - it lets no HTML of the text through


def render_text(text, terms=None):
    """Return marked text of several paragraphs, with lists, small headings and links, as safe HTML."""
    return resolve_marks(_blocks.render(text), terms)


def is_unverified(text):
    """Whether `text` holds something that nobody has verified locally."""
    return "[VL]" in text


def unverified_tag():
    return format_html('<span class="unverified">{}</span>', _("not verified"))


def plain(text):
    """Return marked text without its marks, for titles, labels and spreadsheets."""
    text = _TERM.sub(lambda m: m.group(2) or m.group(1).replace("-", " "), text)
    text = re.sub(r"\s*\[(?:S\d+[a-z]?|VL)\]", "", text)
    return re.sub(rf"\\({_SIGN})|\*", lambda m: m.group(1) or "", text)


def escape_marks(text):
    """Return plain text in marks that show it as it stands: its asterisks and lines to fill in stay what they are."""
    text = re.sub(rf"\\(?={_SIGN}|\n)|\*", r"\\\g<0>", text)
    shown = _inline.renderInline(text)
    return text.replace("_", r"\_") if "<em>" in shown or "<strong>" in shown else text
