"""Markup in texts: `**bold**`, `*italic*`, `[S42]`, `[VL]`, `[[term]]`, and lines of dialogue."""

import re
from itertools import zip_longest
from typing import NamedTuple

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

_inline = MarkdownIt("zero", {"html": False, "breaks": True}).enable(["emphasis", "escape", "newline"])
_blocks = MarkdownIt("zero", {"html": False}).enable(["emphasis", "escape", "list", "heading", "link", "newline"])
_SIGN = r"[!-/:-@\[-`{-~]"  # what Markdown lets a backslash escape
_SOURCE = re.compile(r"\[(S\d+[a-z]?)\]")
_UNVERIFIED = re.compile(r"\[VL\]")
_TERM = re.compile(r"\[\[([a-z0-9-]+)(?:\|([^\]]{1,300}))?\]\]")
_GAP = re.compile(r"\[\[([1-9]\d?)\]\]")
# What a gap looks like where nothing can be put in.
BLANK = "____"
# Stand for a gap while its text is rendered: no text has letters that mean nothing.
_BEFORE_GAP, _AFTER_GAP = "\ue000", "\ue001"
# In HTML a mark counts in words only: within a tag, as in the title of a link, it would break the tag.
_OUTSIDE_TAGS = r"(?![^<]*>)"
_SOURCE_IN_HTML, _UNVERIFIED_IN_HTML, _TERM_IN_HTML, _GAP_IN_HTML = (
    re.compile(mark.pattern + _OUTSIDE_TAGS) for mark in (_SOURCE, _UNVERIFIED, _TERM, _GAP)
)


def sources_in(text):
    """Return the source numbers that `text` refers to, in order, each once."""
    return list(dict.fromkeys(_SOURCE.findall(text)))


def terms_in(text):
    """Return the glossary ids that `text` refers to, in order, each once."""
    found = dict.fromkeys(identifier for identifier, _words in _TERM.findall(text))
    return [identifier for identifier in found if not _GAP.fullmatch(f"[[{identifier}]]")]


def gaps_in(text):
    """Return the numbers of the gaps in `text`, in order, as often as each stands there."""
    return [int(number) for number in _GAP.findall(text)]


def renumber_gaps(text, numbers):
    """Return `text` with other numbers in its gaps, one for each in their order."""
    numbers = iter(numbers)
    return _GAP.sub(lambda _gap: f"[[{next(numbers)}]]", text)


def split_at_gaps(text):
    """Return the pieces of a text around its gaps: one more than there are gaps."""
    return _GAP.split(text)[::2]


def render_around_gaps(text):
    """Return the safe HTML around the gaps of a text, one piece more than there are gaps.

    Only put together again they are whole: what is bold may begin before a gap and end after it.
    """
    text = re.sub(f"[{_BEFORE_GAP}{_AFTER_GAP}]", "", text)
    html = render_line(_GAP.sub(rf"{_BEFORE_GAP}\1{_AFTER_GAP}", text))
    pieces = re.split(f"{_BEFORE_GAP}\\d+{_AFTER_GAP}", html)
    return [mark_safe(piece) for piece in pieces]  # noqa: S308 - what is split was safe


def render_with_blanks(text):
    """Return marked text as safe HTML, with a numbered blank for each gap."""
    pieces = render_around_gaps(text)
    blanks = [format_html('<b class="blank">({}) {}</b>', n, BLANK) for n in range(1, len(pieces))]
    return mark_safe("".join(part for pair in zip_longest(pieces, blanks, fillvalue="") for part in pair))  # noqa: S308 - both are safe


def resolve_marks(html, terms=None):
    """Return safe HTML with its marks resolved: sources to links, `[VL]` to its tag, terms to their explanation.

    `html` is already safe. `terms` maps a glossary id to its name; a term that is not in it is shown as plain words,
    a gap as a blank.
    """
    terms = terms or {}
    html = _GAP_IN_HTML.sub(BLANK, html)
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


_MARK = r'<(?:a|span) class="source"(?: href="[^"]*")?>\[S\d+[a-z]?\]</(?:a|span)>'
_MARKS = re.compile(rf"(?:\s*{_MARK})+")
_MARK_PARTS = re.compile(r'<(a|span) (class="source"(?: href="[^"]*")?)>\[S(\d+[a-z]?)\]')


def quiet_sources(html):
    """Make the sources in safe HTML one small mark wherever they stand together, which is read aloud as words.

    For the screen: paper has no place for what only a voice says, and shows `[S42]`.
    """
    if 'class="source"' not in html:
        return html
    said = f'<span class="visually-hidden">{escape(_("source"))} </span><span aria-hidden="true">S</span>'

    def quiet(run):
        parts = _MARK_PARTS.findall(run[0])
        small = (f"<{tag} {attributes}>{said}{number}</{tag}>" for tag, attributes, number in parts)
        # Fast to the word before it: no line begins with a mark.
        return f'<sup class="cites">&nbsp;{" ".join(small)}</sup>'

    return mark_safe(_MARKS.sub(quiet, html))  # noqa: S308 - what went in was safe


def link_sources(numbers):
    """Return the marks that lead to these sources, for the end of a text."""
    return format_html_join("", ' <a class="source" href="#fuente-{0}">[{0}]</a>', ((number,) for number in numbers))


def is_unverified(text):
    """Whether `text` holds something that nobody has verified locally."""
    return "[VL]" in text


def unverified_tag():
    return format_html('<span class="unverified">{}</span>', _("not verified"))


def blank_gaps(text):
    """Return a text with a blank for each gap."""
    return _GAP.sub(BLANK, text)


def plain(text):
    """Return marked text without its marks, for titles, labels and spreadsheets."""
    text = blank_gaps(text)
    text = _TERM.sub(lambda m: m.group(2) or m.group(1).replace("-", " "), text)
    text = re.sub(r"\s*\[(?:S\d+[a-z]?|VL)\]", "", text)
    return re.sub(rf"\\({_SIGN})|\*", lambda m: m.group(1) or "", text)


def escape_marks(text):
    """Return plain text in marks that show it as it stands: its asterisks and lines to fill in stay what they are."""
    text = re.sub(rf"\\(?={_SIGN}|\n)|\*", r"\\\g<0>", text)
    shown = _inline.renderInline(text)
    return text.replace("_", r"\_") if "<em>" in shown or "<strong>" in shown else text


# How many questions share a case.
FEWEST, MOST = 2, 6
# «A las 8:30» names nobody: behind the colon stands a space.
_UTTERANCE = re.compile(r"([^:]{1,60}?)\s*:\s+(\S.*)")


class Utterance(NamedTuple):
    """Who speaks and what they say, in our marks; of a line that names nobody, such as «(Silencio)», only the words."""

    who: str
    words: str


def read_dialogue(text):
    """Return the Utterances of a dialogue."""
    return [_read_line(line) for line in text.splitlines() if line.strip()]


def write_dialogue(utterances):
    """Return the text of which `read_dialogue` reads these Utterances."""
    return "\n".join(f"{who}: {words}" if who else words for who, words in utterances)


def _read_line(line):
    line = line.strip()
    if match := _UTTERANCE.fullmatch(line):
        return Utterance(*match.groups())
    return Utterance("", line)
