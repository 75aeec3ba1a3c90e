"""Intermediate document from and to Wagtail's rich text."""

import hashlib
from html import escape
from html.parser import HTMLParser

from .document import SPACES, UNPRINTABLE, Heading, Item, ListOf, Paragraph, Run, is_page_id, tidy

_BLOCK_TAGS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "div", "blockquote", "td", "th"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BOLD, _ITALIC = {"b", "strong"}, {"i", "em"}


class _Reader(HTMLParser):
    def __init__(self, page_ids):
        super().__init__(convert_charrefs=True)
        self.page_ids = page_ids
        self.blocks, self.stack = [], []
        self.bold = self.italic = 0
        self.links = []
        self.runs = None

    def handle_starttag(self, tag, attrs):
        if tag in ("ul", "ol"):
            made = ListOf(tag == "ol", [])
            inside = next((entry for entry in reversed(self.stack) if isinstance(entry, Item)), None)
            (inside.lists if inside else self.blocks).append(made)
            self.stack.append(made)
            self.runs = None
        elif tag == "li" and self.stack:
            while isinstance(self.stack[-1], Item):
                self.stack.pop()
            self.stack[-1].items.append(Item([]))
            self.stack.append(self.stack[-1].items[-1])
            self.runs = self.stack[-1].runs
        elif tag in _BLOCK_TAGS and not self.stack:
            self.open_block(Heading if tag in _HEADINGS else Paragraph)
        elif tag == "br":
            self.add("\n")
        elif tag in _BOLD:
            self.bold += 1
        elif tag in _ITALIC:
            self.italic += 1
        elif tag == "a":
            self.links.append(self.target_of(dict(attrs)))

    def handle_endtag(self, tag):
        if tag in ("ul", "ol", "li") and self.stack:
            kind = Item if tag == "li" else ListOf
            while self.stack and not isinstance(self.stack.pop(), kind):
                pass
            self.runs = self.stack[-1].runs if self.stack and isinstance(self.stack[-1], Item) else None
        elif tag in _BLOCK_TAGS and not self.stack:
            self.runs = None
        elif tag in _BOLD:
            self.bold = max(0, self.bold - 1)
        elif tag in _ITALIC:
            self.italic = max(0, self.italic - 1)
        elif tag == "a" and self.links:
            self.links.pop()

    def handle_data(self, text):
        text = SPACES.sub(" ", UNPRINTABLE.sub("", text))
        if text.strip() or self.runs is not None:
            self.add(text)

    def add(self, text):
        if self.runs is None:
            if self.stack:
                return
            self.open_block(Paragraph)
        self.runs.append(Run(text, self.bold > 0, self.italic > 0, self.links[-1] if self.links else ""))

    def open_block(self, kind):
        self.runs = []
        self.blocks.append(kind(self.runs))

    def target_of(self, attrs):
        if attrs.get("linktype") == "page":
            return self.page_ids.get(int(attrs["id"]), "") if attrs.get("id", "").isdigit() else ""
        return (attrs.get("href") or "").strip() if "linktype" not in attrs else ""


def read_html(html, page_ids):
    reader = _Reader(page_ids)
    reader.feed(html)
    reader.close()
    return tidy(reader.blocks)


def write_html(blocks, seed, page_pks):
    count = 0

    def key():
        nonlocal count
        count += 1
        return hashlib.sha256(f"{seed}/{count}".encode()).hexdigest()[:5]

    def write_item(item):
        words = _inline_html(item.runs, page_pks)
        return f'<li data-block-key="{key()}">{words}{"".join(map(write, item.lists))}</li>'

    def write(block):
        if isinstance(block, ListOf):
            tag = "ol" if block.ordered else "ul"
            items = "".join(map(write_item, block.items))
            return f"<{tag}>{items}</{tag}>"
        tag = "h3" if isinstance(block, Heading) else "p"
        return f'<{tag} data-block-key="{key()}">{_inline_html(block.runs, page_pks)}</{tag}>'

    return "".join(map(write, blocks))


def _inline_html(runs, page_pks):
    html = ""
    for run in runs:
        words = escape(run.text, quote=False).replace("\n", "<br/>")
        words = f"<i>{words}</i>" if run.italic else words
        words = f"<b>{words}</b>" if run.bold else words
        html += _anchor(words, run.link, page_pks) if run.link else words
    return html


def _anchor(words, target, page_pks):
    if is_page_id(target):
        return f'<a linktype="page" id="{page_pks[target]}">{words}</a>' if target in page_pks else words
    return f'<a href="{escape(target)}">{words}</a>'
