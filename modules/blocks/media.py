"""Blocks of photographs, recordings and films, shown while their consent is valid."""

from math import ceil
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from . import examples
from .base import READING


def is_shown(medium, context):
    """Return whether a medium (or None) is shown on the day `context["today"]`."""
    return bool(medium) and medium.can_be_shown(context.get("today") or timezone.localdate())


# {file extension: media type}, the smallest files first: a browser takes the first that it supports.
IMAGE_TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
_FALLBACK_TYPE = "jpg"
# Minimum width in pixels of the fallback, which paper shows too.
_FALLBACK_WIDTH = 800


class Picture(NamedTuple):
    # [(media type, srcset)]
    sources: list
    address: str
    width: int
    height: int
    large: str
    kilobytes: int

    @property
    def is_tall(self):
        return self.height > self.width


def picture_of(photo):
    """Return the `Picture` of a photograph, without a query; None until its sizes are made."""
    if not photo or not photo.sizes:
        return None
    largest = photo.sizes[-1]
    middle = next((size for size in photo.sizes if size["width"] >= _FALLBACK_WIDTH), largest)
    sources = [
        (kind, ", ".join(f"{photo.address_of(size, ending)} {size['width']}w" for size in photo.sizes))
        for ending, kind in IMAGE_TYPES.items()
        if ending != _FALLBACK_TYPE
    ]
    return Picture(
        sources=sources,
        address=photo.address_of(middle, _FALLBACK_TYPE),
        width=largest["width"],
        height=largest["height"],
        large=photo.address_of(largest, _FALLBACK_TYPE),
        kilobytes=ceil(largest["bytes"][_FALLBACK_TYPE] / 1000),
    )


def audible_recordings(recordings, context):
    return [recording for recording in recordings or [] if is_shown(recording, context)]


class PhotoBlock(blocks.StructBlock):
    photo = SnippetChooserBlock(
        "modules.Photo",
        label=_("Photograph"),
        help_text=_("Photographs are added under “Photographs, sound and film”, with their rights and their consent."),
    )
    alt = blocks.CharBlock(
        label=_("Alternative text"),
        help_text=_("What one sees and why it is shown here: “La ventanilla, con un biombo a cada lado”."),
    )
    caption = blocks.CharBlock(
        label=pgettext_lazy("of a photograph or film", "Caption"),
        required=False,
        help_text=_("A few words below it; may stay empty."),
    )

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        photo = value["photo"]
        picture = picture_of(photo) if is_shown(photo, context) else None
        # A consent cannot be withdrawn from paper.
        is_kept_off = bool(picture) and bool(context.get("on_paper")) and photo.needs_consent
        return context | {"picture": picture, "is_kept_off": is_kept_off}

    def get_preview_value(self):
        return self.normalize(
            {"photo": examples.example_photo(self.child_blocks["photo"].target_model), **examples.PHOTO}
        )

    class Meta:
        icon = "camera"
        label = _("Photograph")
        group = READING
        description = _("A photograph of a place or a thing, with its source and what it shows in words.")
        template = "modules/blocks/photo.html"


class RecordingsBlock(blocks.ListBlock):
    def __init__(self, **kwargs):
        super().__init__(
            SnippetChooserBlock("modules.Recording", label=_("Recording")),
            **{"label": _("Recordings"), "default": []} | kwargs,
        )


class ListenBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), help_text=_("What one hears: “Cómo saludar en el portón”."))
    recordings = RecordingsBlock(
        min_num=1, help_text=_("Several languages are shown side by side, each with its transcript below.")
    )

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        return context | {"recordings": audible_recordings(value["recordings"], context)}

    def get_preview_value(self):
        recordings = self.child_blocks["recordings"].child_block.target_model
        heard = {"title": examples.LISTEN_TITLE, "recordings": examples.example_recordings(recordings)}
        return self.normalize(heard)

    class Meta:
        icon = "headphones"
        label = _("To listen to")
        group = READING
        description = _("A recording with its transcript; it loads only when played.")
        template = "modules/blocks/listen.html"


class FilmBlock(blocks.StructBlock):
    film = SnippetChooserBlock(
        "modules.Film",
        label=_("Film"),
        help_text=_("Films are added under “Photographs, sound and film”, with captions and everything in writing."),
    )
    caption = blocks.CharBlock(
        label=pgettext_lazy("of a photograph or film", "Caption"),
        required=False,
        help_text=_("A few words below it; may stay empty."),
    )

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        film = value["film"]
        film_is_shown = is_shown(film, context)
        # A film is shown even if the consent of its poster is not valid.
        still = picture_of(film.poster) if film_is_shown and is_shown(film.poster, context) else None
        return context | {"is_shown": film_is_shown, "still": still}

    def get_preview_value(self):
        film = examples.example_film(self.child_blocks["film"].target_model)
        return self.normalize({"film": film, "caption": examples.FILM_CAPTION})

    class Meta:
        icon = "film"
        label = _("Film")
        group = READING
        description = _("A film with captions and transcript; it loads only when played.")
        template = "modules/blocks/film.html"
