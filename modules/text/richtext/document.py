"""Intermediate document: paragraphs, headings and lists of styled runs."""

import re
from dataclasses import dataclass, field
from itertools import groupby

SPACES = re.compile(r"[ \t\r\n\x85\u2028\u2029]+")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Run:
    """Words of one style. `link` is an address or a page id such as `M1-L2`."""

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
    return SPACES.sub(" ", UNPRINTABLE.sub("", text)).strip(" ")


def is_page_id(target):
    return re.fullmatch(r"COURSE|M\d+(-L\d+)?", target) is not None


def tidy(blocks):
    """Return the normalised blocks: empty ones dropped, adjacent lists of one kind joined."""
    tidied = []
    for block in blocks:
        if isinstance(block, ListOf):
            block = ListOf(block.ordered, [Item(tidy_runs(i.runs), tidy(i.lists)) for i in block.items])
            block.items = [kept for item in block.items for kept in _with_words(item)]
            if not block.items:
                continue
            if tidied and isinstance(tidied[-1], ListOf) and tidied[-1].ordered == block.ordered:
                tidied[-1].items += block.items
                continue
        else:
            block = type(block)(tidy_runs(block.runs, breaks=isinstance(block, Paragraph)))
            if not block.runs:
                continue
        tidied.append(block)
    return tidied


def _with_words(item):
    return [item] if item.runs else [inner for nested in item.lists for inner in nested.items]


def tidy_runs(runs, *, breaks=True):
    """Join runs of equal style; drop spaces at the ends, doubled or beside a break."""
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
            letters.append(Run(letter, run.bold, run.italic, run.link))
    while letters and not letters[-1].text.strip():
        letters.pop()
    while letters and not letters[0].text.strip():
        letters.pop(0)
    _plain_spaces_at_edges(letters)
    return [
        Run("".join(letter.text for letter in alike), *style)
        for style, alike in groupby(letters, key=lambda letter: (letter.bold, letter.italic, letter.link))
    ]


def _plain_spaces_at_edges(letters):
    for index, letter in enumerate(letters):
        if not letter.text.strip() and 0 < index < len(letters) - 1:
            left = letters[index - 1]
            right = next((other for other in letters[index + 1 :] if other.text.strip()), letter)
            link = left.link if left.link == right.link else ""
            letters[index] = Run(letter.text, left.bold and right.bold, left.italic and right.italic, link)
