"""Markdown in the content files, HTML in Wagtail's rich text: the same small document in two spellings.

The document in between is a list of blocks. A block is a `Paragraph`, a `Heading` or a `ListOf` items; its words are
`Run`s of one style. What cannot be said in that (pictures, tables) is dropped, its words are kept.
"""

import hashlib
import re
from dataclasses import dataclass, field, replace
from html import escape
from html.parser import HTMLParser

from markdown_it import MarkdownIt

_SPACES = re.compile(r"[ \t\r\n\x85\u2028\u2029]+")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")
_LINE_STARTS = re.compile(r"^(?:(\d{1,9})(?=[.)](?:\s|$))|(?=[-+](?:\s|$))|(?=#{1,6}(?:\s|$)))", re.MULTILINE)
_BLOCK_TAGS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "div", "blockquote", "td", "th"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BOLD, _ITALIC = {"b", "strong"}, {"i", "em"}

_markdown = MarkdownIt("zero", {"html": False}).enable(["emphasis", "link", "list", "heading", "escape", "newline"])
# Addresses stay as they were written; which ones are allowed is the validator's question.
_markdown.normalizeLink = lambda address: address
_markdown.validateLink = lambda address: True


@dataclass(frozen=True)
class Run:
    """Words of one style; "\\n" stands for a line break. `link` is an address or the id of a page such as `M1-L2`."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str = ""


@dataclass
class Paragraph:
    runs: list


@dataclass
class Heading:
    runs: list


@dataclass
class Item:
    runs: list
    lists: list = field(default_factory=list)


@dataclass
class ListOf:
    ordered: bool
    items: list


def one_line(text):
    """Return `text` as one line of words: no line breaks, no doubled spaces, nothing unprintable."""
    return _SPACES.sub(" ", _UNPRINTABLE.sub("", text)).strip(" ")


def markdown_to_html(text, *, seed="", page_pks=None):
    """Return Wagtail's rich text for `text`. The same `seed` gives the same block keys.

    `page_pks` maps the id of a page to its row; a link to an id that is not in it keeps its words only.
    """
    return _to_html(_from_markdown(text), seed, page_pks or {})


def html_to_markdown(html, page_ids=None):
    """Return the Markdown of Wagtail's rich text. `page_ids` maps the row of a page to its id."""
    return _to_markdown(_from_html(html, page_ids or {}))


def canonical_markdown(text):
    """Return `text` as `save_content` would write it."""
    return _to_markdown(_from_markdown(text))


def links_in(text):
    """Return the targets of the links in the Markdown `text`, in order."""
    return [token.attrGet("href") for inline in _markdown.parse(text) for token in inline.children or []
            if token.type == "link_open"]  # fmt: skip


# From Markdown


def _from_markdown(text):
    blocks, stack = [], []  # `stack` holds the open lists and items
    for token in _markdown.parse(_UNPRINTABLE.sub("", text)):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                made = ListOf(token.type == "ordered_list_open", [])
                (stack[-1].lists if stack else blocks).append(made)
                stack.append(made)
            case "list_item_open":
                stack[-1].items.append(Item([]))
                stack.append(stack[-1].items[-1])
            case "bullet_list_close" | "ordered_list_close" | "list_item_close":
                stack.pop()
            case "heading_open":
                heading = True
            case "paragraph_open":
                heading = False
            case "inline":
                runs = _runs_of(token.children)
                if stack:
                    stack[-1].runs += [Run("\n"), *runs] if stack[-1].runs else runs
                else:
                    blocks.append((Heading if heading else Paragraph)(runs))
    return _tidy(blocks)


def _runs_of(tokens):
    runs, style = [], Run("")
    for token in tokens:
        match token.type:
            case "strong_open" | "strong_close":
                style = replace(style, bold=token.type == "strong_open")
            case "em_open" | "em_close":
                style = replace(style, italic=token.type == "em_open")
            case "link_open":
                style = replace(style, link=token.attrGet("href"))
            case "link_close":
                style = replace(style, link="")
            case "hardbreak":
                runs.append(replace(style, text="\n"))
            case "softbreak":
                runs.append(replace(style, text=" "))
            case _:
                runs.append(replace(style, text=token.content))
    return runs


# From HTML


class _Reader(HTMLParser):
    """Collects the blocks of Wagtail's rich text; forgiving, because browsers and pasted text made it."""

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
        text = _SPACES.sub(" ", _UNPRINTABLE.sub("", text))
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


def _from_html(html, page_ids):
    reader = _Reader(page_ids)
    reader.feed(html)
    reader.close()
    return _tidy(reader.blocks)


# One form for both


def _tidy(blocks):
    """Return the blocks without empty ones, with neighbouring lists of one kind joined and runs in their one form."""
    tidied = []
    for block in blocks:
        if isinstance(block, ListOf):
            block = ListOf(block.ordered, [Item(_tidy_runs(i.runs), _tidy(i.lists)) for i in block.items])
            block.items = [kept for item in block.items for kept in _with_words(item)]
            if not block.items:
                continue
            if tidied and isinstance(tidied[-1], ListOf) and tidied[-1].ordered == block.ordered:
                tidied[-1].items += block.items
                continue
        else:
            block = type(block)(_tidy_runs(block.runs, breaks=isinstance(block, Paragraph)))
            if not block.runs:
                continue
        tidied.append(block)
    return tidied


def _with_words(item):
    """Return the item; one without words of its own hands over those of its inner lists."""
    return [item] if item.runs else [inner for nested in item.lists for inner in nested.items]


def _tidy_runs(runs, *, breaks=True):
    """Return the runs joined where the style is the same, without spaces at the ends, doubled or beside a break."""
    letters = []
    for run in runs:
        for letter in run.text if breaks else run.text.replace("\n", " "):
            before = letters[-1].text if letters else "\n"
            if letter == " " and before in " \n":
                continue
            if letter == "\n":
                while letters and letters[-1].text == " ":
                    letters.pop()
                if not letters or letters[-1].text == "\n":
                    continue
            letters.append(replace(run, text=letter))
    while letters and not letters[-1].text.strip():
        letters.pop()
    while letters and not letters[0].text.strip():
        letters.pop(0)
    _plain_spaces_at_edges(letters)
    joined = []
    for letter in letters:
        if joined and replace(joined[-1], text="") == replace(letter, text=""):
            joined[-1] = replace(joined[-1], text=joined[-1].text + letter.text)
        else:
            joined.append(letter)
    return joined


def _plain_spaces_at_edges(letters):
    """Give a space the styles that both its neighbours share: Markdown cannot say more."""
    for index, letter in enumerate(letters):
        if not letter.text.strip() and 0 < index < len(letters) - 1:
            left = letters[index - 1]
            right = next((other for other in letters[index + 1 :] if other.text.strip()), letter)
            link = left.link if left.link == right.link else ""
            letters[index] = Run(letter.text, left.bold and right.bold, left.italic and right.italic, link)


# To Markdown


def _to_markdown(blocks):
    return "\n\n".join(_block_to_markdown(block) for block in blocks)


def _block_to_markdown(block, indent=""):
    if isinstance(block, ListOf):
        lines = []
        for number, item in enumerate(block.items, start=1):
            marker = f"{number}. " if block.ordered else "- "
            inner = indent + " " * len(marker)
            words = _runs_to_markdown(item.runs).replace("\n", "\n" + inner)
            lines.append(indent + marker + words)
            lines += [_block_to_markdown(nested, inner) for nested in item.lists]
        return "\n".join(lines)
    words = _runs_to_markdown(block.runs)
    return "### " + re.sub(r" (?=#+$)", r" \\", words) if isinstance(block, Heading) else words


def _runs_to_markdown(runs):
    """Return the runs in Markdown. Emphasis that Markdown cannot say at its edges (`a**.**b`) moves inwards or goes."""
    text = _with_escaped_starts(_emphasised(runs, r"\s"))
    if _letters(_parsed(text)) == _letters(runs):
        return text
    words = "".join(run.text for run in runs)
    narrower = _parsed(_with_escaped_starts(_emphasised(runs, r"\s\W")))
    if "".join(run.text for run in narrower) != words or _letters(narrower) == _letters(runs):
        narrower = [replace(run, bold=False, italic=False) for run in runs]
    return _with_escaped_starts(_emphasised(_tidy_runs(narrower), r"\s"))


def _with_escaped_starts(text):
    """Return `text` with a backslash wherever a line would begin a list or a heading."""
    return _LINE_STARTS.sub(lambda m: (m.group(1) or "") + "\\", text)


def _parsed(text):
    return _runs_of(_markdown.parseInline(text)[0].children)


def _letters(runs):
    return [replace(run, text=letter) for run in runs for letter in run.text if letter.strip()]


def _emphasised(runs, edge):
    """Return the runs in Markdown, the style that reaches furthest outside; `edge` may not stand beside a marker."""
    text, index = "", 0
    while index < len(runs):
        reach = {
            style: _reach(runs, index, style) for style in ("link", "bold", "italic") if getattr(runs[index], style)
        }
        if not reach:
            text += _escaped(runs[index].text)
            index += 1
            continue
        style = max(reach, key=reach.get)
        inside = [replace(run, **{style: "" if style == "link" else False}) for run in runs[index : reach[style]]]
        if style == "link":
            text += _link(_emphasised(inside, edge), runs[index].link)
        else:
            marker = "**" if style == "bold" else "*"
            before, core, after = re.fullmatch(
                rf"([{edge}]*)(.*?)([{edge}]*)", _emphasised(inside, edge), re.DOTALL
            ).groups()
            text += f"{before}{marker}{core}{marker}{after}" if core else before + after
        index = reach[style]
    return text


def _reach(runs, index, style):
    end, value = index, getattr(runs[index], style)
    while end < len(runs) and getattr(runs[end], style) == value:
        end += 1
    return end


def _link(words, target):
    depth = 0
    for bracket in re.findall(r"\\.|[\[\]]", words, re.DOTALL):
        depth += {"[": 1, "]": -1}.get(bracket, 0)
        if depth < 0:
            break
    if depth:
        words = re.sub(r"\\.|([\[\]])", lambda m: "\\" + m[1] if m[1] else m[0], words, flags=re.DOTALL)
    target = f"<{target}>" if re.search(r"[()\s]", target) else target
    return f"[{words}]({target})"


def _escaped(text):
    text = text.replace("\\", "\\\\")
    text = re.sub(r"\*|(?<![^\W_])_|_(?![^\W_])", r"\\\g<0>", text)
    return text.replace("](", "]\\(").replace("\n", "\\\n")


# To HTML


def _to_html(blocks, seed, page_pks):
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


def is_page_id(target):
    """Whether a link's target is the id of a page of the course (`M1-L2`) and not an address."""
    return re.fullmatch(r"COURSE|M\d+(-L\d+)?", target) is not None
