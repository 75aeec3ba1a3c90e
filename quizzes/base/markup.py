"""Markup in texts: `**bold**`, `*italic*`, `[S42]`, `[VL]`, `[[term]]`; dialogue."""

import re
from itertools import zip_longest
from typing import NamedTuple

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

_inline = MarkdownIt("zero", {"html": False, "breaks": True}).enable(["emphasis", "escape", "newline"])
_blocks = MarkdownIt("zero", {"html": False}).enable(["emphasis", "escape", "list", "heading", "link", "newline"])
_ESCAPABLE = r"[!-/:-@\[-`{-~]"  # ASCII punctuation, as in Markdown
_SOURCE = re.compile(r"\[(S\d+[a-z]?)\]")
_UNVERIFIED = re.compile(r"\[VL\]")
_MARKS = re.compile(r"\s*\[(?:S\d+[a-z]?|VL)\]")
_TERM = re.compile(r"\[\[([a-z0-9-]+)(?:\|([^\]]{1,300}))?\]\]")
_GAP = re.compile(r"\[\[([1-9]\d?)\]\]")
BLANK = "____"
# Private-use characters that delimit a gap while its text is rendered.
_BEFORE_GAP, _AFTER_GAP = "\ue000", "\ue001"
# Markup within a tag, as in the title of a link, must stay: resolving it would break the tag.
_OUTSIDE_TAGS = r"(?![^<]*>)"
_SOURCE_IN_HTML, _UNVERIFIED_IN_HTML, _TERM_IN_HTML, _GAP_IN_HTML = (
    re.compile(pattern.pattern + _OUTSIDE_TAGS) for pattern in (_SOURCE, _UNVERIFIED, _TERM, _GAP)
)


def find_sources(text):
    return list(dict.fromkeys(_SOURCE.findall(text)))


def find_terms(text):
    found = dict.fromkeys(identifier for identifier, _label in _TERM.findall(text))
    return [identifier for identifier in found if not _GAP.fullmatch(f"[[{identifier}]]")]


def find_gaps(text):
    """Return the numbers of the gaps in order, with repetitions."""
    return [int(number) for number in _GAP.findall(text)]


def renumber_gaps(text, numbers):
    numbers = iter(numbers)
    return _GAP.sub(lambda _gap: f"[[{next(numbers)}]]", text)


def split_at_gaps(text):
    return _GAP.split(text)[::2]


def render_around_gaps(text):
    """Return a piece of HTML more than gaps; a piece may be unbalanced, because bold may span a gap."""
    text = re.sub(f"[{_BEFORE_GAP}{_AFTER_GAP}]", "", text)
    html = render_inline(_GAP.sub(rf"{_BEFORE_GAP}\1{_AFTER_GAP}", text))
    pieces = re.split(f"{_BEFORE_GAP}\\d+{_AFTER_GAP}", html)
    return [mark_safe(piece) for piece in pieces]  # noqa: S308 - parts of safe HTML


def render_with_blanks(text):
    pieces = render_around_gaps(text)
    blanks = [format_html('<b class="blank">({}) {}</b>', n, BLANK) for n in range(1, len(pieces))]
    return mark_safe("".join(part for pair in zip_longest(pieces, blanks, fillvalue="") for part in pair))  # noqa: S308 - both are safe


def resolve_markup(html, terms=None):
    """Resolve sources, `[VL]`, gaps and terms in safe HTML; `terms` is {glossary id: name}."""
    terms = terms or {}
    html = _GAP_IN_HTML.sub(BLANK, html)
    html = _SOURCE_IN_HTML.sub(r'<a class="source" href="#fuente-\1">[\1]</a>', html)
    if "[VL]" in html:
        html = _UNVERIFIED_IN_HTML.sub(unverified_tag(), html)

    def explain(match):
        identifier, label = match.groups()
        label = label or escape(terms.get(identifier) or identifier.replace("-", " "))
        if identifier not in terms:
            return label
        return f'<button type="button" class="term" popovertarget="termino-{identifier}">{label}</button>'

    return mark_safe(_TERM_IN_HTML.sub(explain, html))  # noqa: S308 - safe or escaped


def render_inline(text, terms=None):
    return resolve_markup(_inline.renderInline(text), terms)


def render_emphasis(text):
    return mark_safe(_inline.renderInline(text))  # noqa: S308 - html is disabled in the parser


def render_text(text, terms=None):
    return resolve_markup(_blocks.render(text), terms)


_CITATION = r'<(?:a|span) class="source"(?: href="[^"]*")?>\[S\d+[a-z]?\]</(?:a|span)>'
_CITATIONS = re.compile(rf"(?:\s*{_CITATION})+")
_CITATION_PARTS = re.compile(r'<(a|span) (class="source"(?: href="[^"]*")?)>\[S(\d+[a-z]?)\]')


def superscript_sources(html):
    """Put runs of adjacent sources in a superscript for screens; print shows `[S42]`."""
    if 'class="source"' not in html:
        return html
    prefix = f'<span class="visually-hidden">{escape(_("source"))} </span><span aria-hidden="true">S</span>'

    def shrink(run):
        parts = _CITATION_PARTS.findall(run[0])
        links = (f"<{tag} {attributes}>{prefix}{number}</{tag}>" for tag, attributes, number in parts)
        # No-break space: no line begins with a citation.
        return f'<sup class="cites">&nbsp;{" ".join(links)}</sup>'

    return mark_safe(_CITATIONS.sub(shrink, html))  # noqa: S308 - was safe


def link_sources(numbers):
    return format_html_join("", ' <a class="source" href="#fuente-{0}">[{0}]</a>', ((number,) for number in numbers))


def is_unverified(text):
    return "[VL]" in text


def unverified_tag():
    return format_html('<span class="unverified">{}</span>', _("not verified"))


def blank_gaps(text):
    return _GAP.sub(BLANK, text)


def strip_marks(text):
    """Remove the marks of sources and of what is not verified, from text or HTML."""
    return _MARKS.sub("", text)


def strip_markup(text):
    text = blank_gaps(text)
    text = _TERM.sub(lambda m: m.group(2) or m.group(1).replace("-", " "), text)
    text = strip_marks(text)
    return re.sub(rf"\\({_ESCAPABLE})|\*", lambda m: m.group(1) or "", text)


def escape_markup(text):
    text = re.sub(rf"\\(?={_ESCAPABLE}|\n)|\*", r"\\\g<0>", text)
    html = _inline.renderInline(text)
    return text.replace("_", r"\_") if "<em>" in html or "<strong>" in html else text


MIN_CASE_QUESTIONS, MAX_CASE_QUESTIONS = 2, 6
# The space after the colon tells a speaker from «A las 8:30».
_UTTERANCE = re.compile(r"([^:]{1,60}?)\s*:\s+(\S.*)")


class Utterance(NamedTuple):
    """`who` is "" without a speaker; snapshots store these field names."""

    who: str
    words: str


def parse_dialogue(text):
    lines = filter(None, map(str.strip, text.splitlines()))
    return [
        Utterance(*match.groups()) if (match := _UTTERANCE.fullmatch(line)) else Utterance("", line) for line in lines
    ]


def format_dialogue(utterances):
    return "\n".join(f"{who}: {words}" if who else words for who, words in utterances)
