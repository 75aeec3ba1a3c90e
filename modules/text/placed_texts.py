"""All texts of a CMS object: its fields, and blocks in StreamFields."""

import re
from typing import NamedTuple

from django.db import models
from django.utils.text import capfirst
from wagtail import blocks
from wagtail.fields import StreamField

from modules.text.richtext.document import ListOf
from modules.text.richtext.html import read_html

_HTML = re.compile(r"\s*<\w")
_NOT_TEXT = (models.URLField, models.SlugField)


class PlacedText(NamedTuple):
    """A text with its `place` in words («Cuerpo › Recuadro › Texto») and the id of its `block`."""

    place: str
    block: str
    text: str


def placed_texts_of(row, *, leave_out=()):
    placed_texts = []
    for field in row._meta.concrete_fields:
        if field.name in leave_out or field.is_relation or field.choices or isinstance(field, _NOT_TEXT):
            continue
        label = capfirst(str(field.verbose_name))
        if isinstance(field, StreamField):
            value = getattr(row, field.name)
            placed_texts += _in_stream(value.stream_block, list(value.raw_data), label, "")
        elif isinstance(field, models.CharField | models.TextField):
            placed_texts += [PlacedText(label, "", text) for text in _passages(getattr(row, field.name))]
    return placed_texts


def _in_stream(block, raw, place, inside):
    for entry in raw or []:
        child = block.child_blocks.get(entry["type"])
        if child is not None:
            around = inside or entry.get("id") or ""
            yield from _in_block(child, entry["value"], f"{place} › {child.label}", around)


def _in_block(block, raw, place, around):
    if isinstance(block, blocks.StreamBlock):
        yield from _in_stream(block, raw, place, around)
    elif isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            yield from _in_block(child, (raw or {}).get(name), f"{place} › {child.label}", around)
    elif isinstance(block, blocks.ListBlock):
        # The list's label suffices: «Filas › Fila 2», not «Filas › Fila 2 › Fila».
        for number, entry in enumerate(raw or [], start=1):
            value = entry["value"] if isinstance(entry, dict) and entry.get("type") == "item" else entry
            yield from _in_block(block.child_block, value, f"{place} {number}", around)
    elif isinstance(raw, str) and not isinstance(block, blocks.ChoiceBlock):
        for text in _passages(raw):
            yield PlacedText(place, around, text)


def _passages(written):
    if not written:
        return []
    return _words(read_html(written, {})) if _HTML.match(written) else [line for line in written.split("\n") if line]


def _words(rich):
    passages = []
    for part in rich:
        if isinstance(part, ListOf):
            for item in part.items:
                passages += ["".join(run.text for run in item.runs).replace("\n", " "), *_words(item.lists)]
        else:
            passages.append("".join(run.text for run in part.runs).replace("\n", " "))
    return passages
