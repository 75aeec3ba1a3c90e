"""Conversion of HTML to our markup; no script gets in."""

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

from django.utils.translation import gettext as _

from quizzes.base.markup import blank_gaps, escape_markup, render_inline, strip_markup

from .reading import Skipped
from .texts import clean

LONGEST = 50_000
_BLOCK = re.compile(
    "address|article|aside|blockquote|body|center|dd|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr"
    "|html|li|main|nav|ol|p|pre|section|table|tbody|tfoot|thead|tr|ul"
)
_BOLD, _ITALIC = frozenset({"b", "strong", "h1", "h2", "h3", "h4", "h5", "h6"}), frozenset({"i", "em"})
_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "iframe", "object", "svg", "math"})
_LOSSES = {
    "table": lambda: _("a table became plain lines"),
    "sub": lambda: _("small letters became plain ones"),
    "sup": lambda: _("small letters became plain ones"),
    "audio": lambda: _("a sound or a film was left out"),
    "video": lambda: _("a sound or a film was left out"),
    "iframe": lambda: _("a sound or a film was left out"),
    "object": lambda: _("a sound or a film was left out"),
    "math": lambda: _("a formula was left out"),
    "svg": lambda: _("a drawing was left out"),
    "script": lambda: _("a script was left out"),
}


class TextTooLong(Skipped):
    def __init__(self):
        super().__init__(_("A text is far too long to be a question."))


@dataclass
class Converted:
    """A text, its images as (address, alternative text), and what was lost, in words."""

    text: str
    images: list[tuple[str, str]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def losses(self):
        return [_("Not all of the text came over: %(what)s.") % {"what": lost} for lost in self.lost]


def check_length(text):
    if len(text) > LONGEST:
        raise TextTooLong


def convert_html(html, *, line=False):
    """Return a Converted, with `line` of one paragraph; raises TextTooLong."""
    check_length(html)
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    text = " ".join(text for _gap, text in reader.blocks) if line else "".join(map("".join, reader.blocks))
    return Converted(text.strip(), reader.images, list(dict.fromkeys(reader.lost)))


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.blocks, self.runs, self.gap, self.sign = [], [], "", ""
        self.images, self.lost = [], []
        self.bold = self.italic = self.silent = 0
        self.lists, self.links = [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in _LOSSES:
            self.lost.append(_LOSSES[tag]())
        if tag == "img":
            self.images.append((attrs.get("src") or "", clean(" ".join((attrs.get("alt") or "").split()))))
            return
        if tag in _SILENT:
            self.silent += 1
        if tag == "br":
            self.end_block("\n\n" if self.gap and not self.runs else "\n")
        elif _BLOCK.fullmatch(tag):
            self.end_block()
        self._begin_list(tag)
        if tag == "a":
            self.links.append(attrs.get("href") or "")
        self.bold += tag in _BOLD
        self.italic += tag in _ITALIC
        if tag in ("td", "th") and self.runs:
            self.runs.append((" · ", 0, 0))

    def _begin_list(self, tag):
        if tag in ("ul", "ol"):
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            if self.lists and self.lists[-1] is not None:
                self.lists[-1] += 1
            self.sign = f"{self.lists[-1]}. " if self.lists and self.lists[-1] else "- "
            self.gap = "\n" if self.blocks and _is_item(self.blocks[-1][1]) else self.gap

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in ("img", "br", "hr"):
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag in _SILENT:
            self.silent = max(self.silent - 1, 0)
        address = self.links.pop() if tag == "a" and self.links else ""
        if address.startswith(("http://", "https://")) and address not in "".join(text for text, *_style in self.runs):
            self.runs.append((f" ({address})", False, False))
        if _BLOCK.fullmatch(tag):
            self.end_block()
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        if tag in _BOLD:
            self.bold = max(self.bold - 1, 0)
        if tag in _ITALIC:
            self.italic = max(self.italic - 1, 0)

    def handle_data(self, text):
        if not self.silent:
            self.runs.append((text, bool(self.bold), bool(self.italic)))

    def end_block(self, gap="\n\n"):
        if any(text.strip() for text, _bold, _italic in self.runs):
            self.blocks.append((self.gap, self.sign + write_runs(self.runs)))
            self.gap, self.sign = gap, ""
        elif not self.sign:
            self.gap = max(self.gap, gap) if self.blocks else ""
        self.runs = []


def _is_item(block):
    return bool(re.match(r"(-|\d+\.) ", block))


def write_runs(runs):
    words = _merge([(re.sub(r"[\s\u00a0]+", " ", clean(text)), bold, italic) for text, bold, italic in runs])
    marked = "".join(_mark(*run) for run in words).strip()
    bare = " ".join("".join(text for text, _bold, _italic in words).split())
    # Some emphasis inside words is ambiguous in Markdown; then only the words are kept.
    return marked if _read_back(_without_tag(marked)) == _without_tag(blank_gaps(bare)) else escape_markup(bare)


def _without_tag(text):
    return text.replace("[VL]", "VL")


def _merge(runs):
    merged = []
    for text, bold, italic in runs:
        if not text.strip() and merged:
            # Spaces take the format of the text before them.
            bold, italic = merged[-1][1:]
        if merged and merged[-1][1:] == (bold, italic):
            merged[-1] = (merged[-1][0] + text, bold, italic)
        else:
            merged.append((text, bold, italic))
    return [(re.sub(" +", " ", text), bold, italic) for text, bold, italic in merged]


def _mark(text, bold, italic):
    sign = "**" * bool(bold) + "*" * bool(italic)
    inner = text.strip()
    if not sign or not inner:
        return escape_markup(text) if inner else text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{before}{sign}{escape_markup(inner)}{sign}{after}"


def _read_back(marked):
    return " ".join(unescape(re.sub(r"<[^>]*>", "", render_inline(marked))).split()) if marked else ""


def is_html(text):
    return bool(re.search(r"<[a-zA-Z/!][^<>]*>|&(?:[a-zA-Z]+|#\d+);", text))


def words_of(text):
    return " ".join(strip_markup(text).split())


def read_name(text):
    return words_of(convert_html(text, line=True).text) if is_html(text) else " ".join(text.split())


def read_right_side(text):
    """Return the right side of a pair as markup; Moodle gives it no format, but it may contain HTML."""
    return convert_html(text, line=True).text if seems_html(text) else escape_markup(" ".join(text.split()))


def seems_html(text):
    """Return whether a text without a format has HTML, not words in angle brackets."""
    return bool(re.search(r"</?(?:[biup]|em|strong|span|div|sub|sup|br)\b[^<>]*>|&(?:[a-zA-Z]+|#\d+);", text))
