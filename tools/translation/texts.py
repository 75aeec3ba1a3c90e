"""A text beside its translation: marks, links, numbers, telephones, quotation marks and paragraphs. Pure."""

import re
from collections import Counter

from modules.text.richtext import links_in
from modules.text.richtext.document import Heading, ListOf, Paragraph
from modules.text.richtext.markdown import read_markdown
from quizzes.base.markup import strip_markup

from .differences import Difference

# In these languages ’ and “ ” are the marks of speech; in others ' is a letter of the alphabet.
CURLY = ("en",)
# A translation may well repeat a name or a greeting.
MOST_WORDS_ALIKE = 3
_MARK = re.compile(r"\[S\d+[a-z]?\]|\[VL\]")
_TERM = re.compile(r"\[\[([a-z0-9-]+)(?:\|[^\]]*)?\]\]")
_TARGET = re.compile(r"\]\([^)\s]*\)")
_ADDRESS = re.compile(r"https?://[^\s)\]»”]+|www\.[^\s)\]»”]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Eight digits of Guatemala, with its code or without, and the short numbers that one dials in need.
_TELEPHONE = re.compile(
    r"(?<![\w.,/-])(?:\+?502[ -]?)?\d{4}[ -]?\d{4}(?![\w/])|(?<![\w.,/:-])1(?:5\d\d|[12]\d)(?![\w/:%])"
)
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_GUILLEMET = re.compile(r"[«»]")
_STRAIGHT = re.compile(r"[\"']")


def compare_texts(original, translation, language, *, place=(), has_paragraphs=False, may_repeat=False):
    """Yield the Differences of a text from its original; `may_repeat` where a name may stand as it is."""
    yield from _marks(original, translation, place)
    yield from _quotes(translation, language, place)
    if has_paragraphs:
        yield from _paragraphs(original, translation, place)
    yield from _numbers(original, translation, place)
    words = strip_markup(translation).split()
    if not may_repeat and len(words) > MOST_WORDS_ALIKE and words == strip_markup(original).split():
        yield Difference(place, "it says word for word what the original says", is_fault=False)


def _marks(original, translation, place):
    for name, find in (
        ("marks", _MARK.findall),
        ("words of the glossary and gaps", _TERM.findall),
        ("links", _links),
        ("addresses", _addresses),
        ("telephone numbers", _telephones),
    ):
        yield from _unlike(name, find(original), find(translation), place)


def _unlike(name, before, now, place, *, is_fault=True):
    missing, more = Counter(before) - Counter(now), Counter(now) - Counter(before)
    if missing:
        yield Difference(place, f"{name} missing: {_told(missing)}", is_fault)
    if more:
        yield Difference(place, f"{name} that the original has not: {_told(more)}", is_fault)


def _links(text):
    # Only few texts have any, and to look for them takes the most time of all.
    return links_in(text) if "](" in text else []


def _told(counter):
    return ", ".join(counter.elements())


def _addresses(text):
    return [address.rstrip(".,;:") for address in _ADDRESS.findall(_TARGET.sub("]", text))]


def _telephones(text):
    found = _TELEPHONE.findall(_readable(text))
    return [re.sub(r"\D", "", number) for number in found]


def _readable(text):
    """Return a text without what is read by the machine: marks, ids of words, targets of links."""
    text = _TARGET.sub("]", _MARK.sub("", text))
    return _ADDRESS.sub("", re.sub(r"\[\[[a-z0-9-]+(?:\|([^\]]*))?\]\]", lambda found: found[1] or "", text))


def _numbers(original, translation, place):
    before, now = (
        [_as_number(found) for found in _NUMBER.findall(_readable(text))] for text in (original, translation)
    )
    yield from _unlike("numbers", before, now, place, is_fault=False)


def _as_number(found):
    """Return 1,000 and 1.000 as 1000; a time, a share or a date keeps its parts."""
    return re.sub(r"[.,](?=\d{3}(?!\d))", "", found)


def _quotes(translation, language, place):
    if language not in CURLY:
        return
    readable = _readable(translation)
    if _GUILLEMET.search(readable):
        yield Difference(place, "« » stand here; in this language it is “ ”")
    if _STRAIGHT.search(readable):
        yield Difference(place, "a straight quotation mark or apostrophe stands here; curly ones are used: “ ” ’")
    if readable.count("“") != readable.count("”"):
        yield Difference(place, "a quotation that opens with “ is not closed with ”, or the other way round")


def _paragraphs(original, translation, place):
    before, now = (Counter(_kinds_of(read_markdown(text))) for text in (original, translation))
    names = {Paragraph: "paragraphs", Heading: "headings", ListOf: "lists", "item": "items of lists"}
    for kind, name in names.items():
        if before[kind] != now[kind]:
            sentence = f"{name}: {before[kind]} in the original, {now[kind]} here"
            yield Difference(place, sentence, is_fault=False)


def _kinds_of(blocks):
    for block in blocks:
        yield type(block)
        if isinstance(block, ListOf):
            for item in block.items:
                yield "item"
                yield from _kinds_of(item.lists)
