"""Photographs, recordings and films in the Wagtail admin: with their rights, their words and who consented."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList, Panel
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from modules.models import Film, Photo, Recording
from modules.pictures.looking import NOBODY_RECOGNISED

from .admin_forms import SnippetForm
from .photo_form import PhotoForm
from .viewsets import IDENTIFIER_HELP

STATE = Column("state", label=_("Shown"), accessor=lambda medium: medium.state_on(timezone.localdate()).label)
UNTIL = Column("consent_until", label=_("Until"))
RIGHTS = MultiFieldPanel(
    [
        FieldPanel(
            "made_by",
            heading=_("Who took, recorded or filmed it"),
            help_text=_("It stands below it in the lesson. A place will do: «Centro de Salud»."),
        ),
        FieldPanel("rights", help_text=_("Why the course may show it. If you do not know, it may not.")),
        FieldPanel(
            "rights_note",
            help_text=_(
                "Of a permission: who gave it, when, and where the paper is. Of a licence or the public domain: the"
                " address of the page that says so; people read it too."
            ),
        ),
    ],
    heading=_("Rights"),
)
CONSENT = MultiFieldPanel(
    [
        FieldPanel(
            "consent_number", help_text=_("Of the paper that the person signed. It stays with whoever took it.")
        ),
        FieldPanel(
            "consent_scope", help_text=_("In the words of the paper, such as: in this course, until she leaves.")
        ),
        FieldPanel("consent_until", help_text=_("The last day on which it is shown. Empty: no end.")),
    ],
    heading=_("Consent of whom one recognises"),
)
WITHDRAWN = FieldPanel(
    "withdrawn_on",
    help_text=_(
        "With a date here nobody sees or hears it any more, from now on and anywhere. It cannot be undone: for showing"
        " it again add a new entry, with a new consent."
    ),
)


class ThumbnailColumn(Column):
    """The picture, small; nothing of one that was taken back."""

    cell_template_name = "modules/admin/thumbnail.html"

    def get_value(self, photo):
        return shown_in_admin(photo)


def shown_in_admin(photo):
    """Return the address of the smallest copy for whoever edits, whether consented to or not yet; or nothing."""
    if photo.withdrawn_on or not photo.sizes:
        return ""
    return reverse("upload", args=[photo.sizes[0]["files"]["webp"]])


class PictureShown(Panel):
    """The picture that is there already."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "modules/admin/picture_shown.html"

        def is_shown(self):
            return bool(self.instance.pk)

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            return context | {"value": shown_in_admin(self.instance), "photo": self.instance}


class PhotoViewSet(SnippetViewSet):
    model = Photo
    # What was taken back is not made again from a copy.
    copy_view_enabled = False
    icon = "camera"
    menu_label = _("Photographs")
    list_display = ["identifier", ThumbnailColumn("picture", label=_("Picture")), "made_by", STATE, UNTIL]
    search_fields = ["identifier", "made_by"]
    ordering = ["identifier"]
    list_per_page = 50
    edit_handler = ObjectList(
        [
            PictureShown(),
            FieldPanel("picture"),
            FieldPanel("identifier", help_text=IDENTIFIER_HELP),
            FieldPanel("shows", help_text=NOBODY_RECOGNISED),
            FieldPanel("taken_on", help_text=_("May stay empty.")),
            RIGHTS,
            CONSENT,
            WITHDRAWN,
        ],
        base_form_class=PhotoForm,
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
