"""The blocks of what one sees and hears: photographs, recordings and films, shown for as long as they may be."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from .lines import READING


def is_shown(medium, context):
    """Say whether a medium (or None) is shown on the day for which a page is made."""
    return bool(medium) and medium.may_be_shown(context.get("today") or timezone.localdate())


def heard_on(recordings, context):
    """Return the recordings that one may hear on the day for which a page is made; on paper none."""
    if context.get("on_paper"):
        return []
    return [recording for recording in recordings or [] if is_shown(recording, context)]


class PhotoBlock(blocks.StructBlock):
    """A photograph, with what it shows in words."""

    photo = SnippetChooserBlock("modules.Photo", label=_("Photograph"))
    alt = blocks.CharBlock(
        label=_("In words, for who does not see it"),
        help_text=_("What one sees and why it stands here: «La ventanilla, con un biombo a cada lado»."),
    )
    caption = blocks.CharBlock(label=_("Caption"), required=False, help_text=_("A few words below it; may stay empty."))

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        return context | {"is_shown": is_shown(value["photo"], context)}

    class Meta:
        icon = "image"
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

    title = blocks.CharBlock(label=_("Title"), help_text=_("What one hears: «Cómo saludar en el portón»."))
    recordings = RecordingsBlock(
        min_num=1, help_text=_("Several languages stand side by side. Each has its transcript below it.")
    )

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        return context | {"recordings": heard_on(value["recordings"], context)}

    class Meta:
        icon = "media"
        label = _("To listen to")
        group = READING
        description = _("A recording with its transcript; it loads only when somebody wants to hear it.")
        template = "modules/blocks/listen.html"


class FilmBlock(blocks.StructBlock):
    """A film of our own."""

    film = SnippetChooserBlock("modules.Film", label=_("Film"))
    caption = blocks.CharBlock(label=_("Caption"), required=False, help_text=_("A few words below it; may stay empty."))

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        return context | {"is_shown": is_shown(value["film"], context)}

    class Meta:
        icon = "media"
        label = _("Film")
        group = READING
        description = _("A film with captions and transcript; it loads only when somebody wants to see it.")
        template = "modules/blocks/film.html"
