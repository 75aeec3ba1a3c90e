"""What a wave asks, as people meet it on screen and on paper: in one language, the answers first and «no answer» last.

Pure.
"""

from dataclasses import dataclass

from .reading import ANSWER, NO_ANSWER, NOT_APPLICABLE, blocks_in, scale_of
from .wording import text_in

_ORDER = (ANSWER, NOT_APPLICABLE, NO_ANSWER)


def in_order(options):
    """Return the options of a scale as they are read: the answers first, and «no answer» last."""
    return sorted(options, key=lambda option: _ORDER.index(option["kind"]))


@dataclass(frozen=True)
class AskedOption:
    """An option of an item; `is_marked` where somebody marked it before."""

    code: str
    label: str
    is_marked: bool = False


@dataclass(frozen=True)
class AskedItem:
    """An item with its options, in the order in which they are read."""

    id: str
    text: str
    options: tuple

    @property
    def scale(self):
        """What tells apart the scales of items: their figures and words."""
        return tuple((option.code, option.label) for option in self.options)


@dataclass(frozen=True)
class AskedBlock:
    """A block with its items."""

    id: str
    title: str
    items: tuple

    @property
    def scale(self):
        """The options that all items of the block have, or () where they differ."""
        first = self.items[0]
        return first.options if all(item.scale == first.scale for item in self.items) else ()


def asked_blocks(contents, wave, *, language, marked=None):
    """Return the AskedBlocks of a wave in a language; `marked` are {item id: code} marked so far."""
    marked = marked or {}
    return [
        AskedBlock(
            block["id"],
            text_in(block["title"], language),
            tuple(_asked_item(contents, block, item, language, marked) for item in block["items"]),
        )
        for block in blocks_in(contents, wave)
    ]


def language_of(contents, language):
    """Return the language in which a wording is read by who reads `language`: that, or the first that it has."""
    return language if language in contents["languages"] else contents["languages"][0]


def same_items(before, after, wave):
    """Return the ids of the items that two wordings ask in the same words, with the same options."""
    known = {item["id"]: (item["text"], scale_of(before, block, item)) for block, item in _items(before, wave)}
    return {
        item["id"]
        for block, item in _items(after, wave)
        if known.get(item["id"]) == (item["text"], scale_of(after, block, item))
    }


def _items(contents, wave):
    return [(block, item) for block in blocks_in(contents, wave) for item in block["items"]]


def _asked_item(contents, block, item, language, marked):
    return AskedItem(
        item["id"],
        text_in(item["text"], language),
        tuple(
            AskedOption(option["code"], text_in(option["label"], language), option["code"] == marked.get(item["id"]))
            for option in in_order(scale_of(contents, block, item))
        ),
    )
