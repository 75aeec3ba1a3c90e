"""Survey of a wave in one language, for screen and paper. Pure functions."""

from dataclasses import dataclass

from .reading import ANSWER, NO_ANSWER, NOT_APPLICABLE, blocks_in, scale_of
from .wording import text_in

_ORDER = (ANSWER, NOT_APPLICABLE, NO_ANSWER)


def in_order(options):
    """Return the answers of a scale first, and «no answer» last."""
    return sorted(options, key=lambda option: _ORDER.index(option["kind"]))


@dataclass(frozen=True)
class AskedOption:
    code: str
    label: str
    is_marked: bool = False


@dataclass(frozen=True)
class AskedItem:
    id: str
    text: str
    options: tuple

    @property
    def scale(self):
        return tuple((option.code, option.label) for option in self.options)


@dataclass(frozen=True)
class AskedBlock:
    id: str
    title: str
    items: tuple

    @property
    def scale(self):
        """Return the options that all items have, or () if they differ."""
        first = self.items[0]
        return first.options if all(item.scale == first.scale for item in self.items) else ()


def asked_blocks(contents, wave, *, language, marked=None):
    """Return AskedBlocks; `marked` is {item id: code}."""
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
    return language if language in contents["languages"] else contents["languages"][0]


def same_items(before, after, wave):
    """Return the ids of items with the same words and options in both wordings."""
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
