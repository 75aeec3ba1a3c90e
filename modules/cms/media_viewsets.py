"""Photographs, recordings and films in the Wagtail admin: with their rights, their words and who consented."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from modules.models import Film, Photo, Recording

from .admin_forms import SnippetForm

STATE = Column("state", label=_("Shown"), accessor=lambda medium: medium.state_on(timezone.localdate()).label)
RIGHTS = MultiFieldPanel([FieldPanel("made_by"), FieldPanel("rights"), FieldPanel("rights_note")], heading=_("Rights"))
CONSENT = MultiFieldPanel(
    [
        FieldPanel("consent_number"),
        FieldPanel("consent_scope"),
        FieldPanel("consent_until"),
        FieldPanel("withdrawn_on"),
    ],
    heading=_("Consent"),
)


class PhotoViewSet(SnippetViewSet):
    model = Photo
    copy_view_enabled = False
    icon = "image"
    menu_label = _("Photographs")
    list_display = ["identifier", "made_by", STATE]
    edit_handler = ObjectList(
        [FieldPanel("image"), FieldPanel("identifier"), FieldPanel("shows"), FieldPanel("taken_on"), RIGHTS, CONSENT],
        base_form_class=SnippetForm,
    )


class RecordingViewSet(SnippetViewSet):
    model = Recording
    copy_view_enabled = False
    icon = "media"
    menu_label = _("Recordings")
    list_display = ["title", "language", "speaker", STATE]
    edit_handler = ObjectList(
        [
            FieldPanel("title"),
            FieldPanel("identifier"),
            FieldRowPanel([FieldPanel("language"), FieldPanel("speaker"), FieldPanel("recorded_on")]),
            FieldRowPanel([FieldPanel("opus"), FieldPanel("mp3")]),
            FieldPanel("transcript"),
            RIGHTS,
            CONSENT,
        ],
        base_form_class=SnippetForm,
    )


class FilmViewSet(SnippetViewSet):
    model = Film
    copy_view_enabled = False
    icon = "media"
    menu_label = _("Films")
    list_display = ["title", "language", STATE]
    edit_handler = ObjectList(
        [
            FieldPanel("title"),
            FieldPanel("identifier"),
            FieldRowPanel([FieldPanel("language"), FieldPanel("filmed_on")]),
            FieldPanel("file"),
            FieldPanel("poster"),
            FieldPanel("captions"),
            FieldPanel("transcript"),
            FieldPanel("shows"),
            RIGHTS,
            CONSENT,
        ],
        base_form_class=SnippetForm,
    )


class MediaGroup(SnippetViewSetGroup):
    """The menu of what one sees and hears."""

    menu_label = _("Photographs, sound and film")
    menu_icon = "media"
    menu_order = 211
    items = (PhotoViewSet, RecordingViewSet, FilmViewSet)
