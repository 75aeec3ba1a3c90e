"""The blocks of what one sees and hears: photographs, recordings and films, shown for as long as they may be."""

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
    """Say whether a medium (or None) is shown on the day for which a page is made."""
    return bool(medium) and medium.may_be_shown(context.get("today") or timezone.localdate())


# {ending: what a browser calls it}, the lightest first: it takes the first that it can show.
KINDS = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
_KNOWN_BY_ALL = "jpg"
# How wide at least where a browser knows no other kind, and on paper.
_MIDDLE = 800


class Picture(NamedTuple):
    """A photograph as a page has it: `sources` are (kind, srcset); `address` is for browsers that know neither."""

    sources: list
    address: str
    width: int
    height: int
    # Whole, by a plain link, and how much of a line that takes.
    large: str
    kilobytes: int

    @property
    def is_tall(self):
        return self.height > self.width


def picture_of(photo):
    """Return the `Picture` of a photograph, asking for nothing; None while its copies are not made."""
    if not photo or not photo.sizes:
        return None
    largest = photo.sizes[-1]
    middle = next((size for size in photo.sizes if size["width"] >= _MIDDLE), largest)
    sources = [
        (kind, ", ".join(f"{photo.address_of(size, ending)} {size['width']}w" for size in photo.sizes))
        for ending, kind in KINDS.items()
        if ending != _KNOWN_BY_ALL
    ]
    return Picture(
        sources=sources,
        address=photo.address_of(middle, _KNOWN_BY_ALL),
        width=largest["width"],
        height=largest["height"],
        large=photo.address_of(largest, _KNOWN_BY_ALL),
        kilobytes=ceil(largest["bytes"][_KNOWN_BY_ALL] / 1000),
    )


def heard_on(recordings, context):
    """Return the recordings that one may hear on the day for which a page is made."""
    return [recording for recording in recordings or [] if is_shown(recording, context)]


class PhotoBlock(blocks.StructBlock):
    """A photograph, with what it shows in words."""

    photo = SnippetChooserBlock(
        "modules.Photo",
        label=_("Photograph"),
        help_text=_("Photographs are added under “Photographs, sound and film”, with their rights and their consent."),
    )
    alt = blocks.CharBlock(
        label=_("In words, for who does not see it"),
        help_text=_("What one sees and why it stands here: “La ventanilla, con un biombo a cada lado”."),
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
        # Paper cannot be taken back.
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
    """Recordings side by side, such as one for each language."""

    def __init__(self, **kwargs):
        super().__init__(
            SnippetChooserBlock("modules.Recording", label=_("Recording")),
            **{"label": _("Recordings"), "default": []} | kwargs,
        )


class ListenBlock(blocks.StructBlock):
    """Something to listen to, in one or several languages."""

    title = blocks.CharBlock(label=_("Title"), help_text=_("What one hears: “Cómo saludar en el portón”."))
    recordings = RecordingsBlock(
        min_num=1, help_text=_("Several languages stand side by side. Each has its transcript below it.")
    )

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        return context | {"recordings": heard_on(value["recordings"], context)}

    def get_preview_value(self):
        recordings = self.child_blocks["recordings"].child_block.target_model
        heard = {"title": examples.LISTEN_TITLE, "recordings": examples.example_recordings(recordings)}
        return self.normalize(heard)

    class Meta:
        icon = "headphones"
        label = _("To listen to")
        group = READING
        description = _("A recording with its transcript; it loads only when somebody wants to hear it.")
        template = "modules/blocks/listen.html"


class FilmBlock(blocks.StructBlock):
    """A film of our own."""

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
        is_seen = is_shown(film, context)
        # Without its still picture a film is shown all the same.
        still = picture_of(film.poster) if is_seen and is_shown(film.poster, context) else None
        return context | {"is_shown": is_seen, "still": still}

    def get_preview_value(self):
        film = examples.example_film(self.child_blocks["film"].target_model)
        return self.normalize({"film": film, "caption": examples.FILM_CAPTION})

    class Meta:
        icon = "film"
        label = _("Film")
        group = READING
        description = _("A film with captions and transcript; it loads only when somebody wants to see it.")
        template = "modules/blocks/film.html"
