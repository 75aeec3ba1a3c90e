"""Photographs, recordings and films in the Wagtail admin."""

from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList, Panel
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from modules.models import Film, Photo, Recording
from modules.pictures.looking import NOBODY_RECOGNISED
from quizzes.base.snippets import SnippetViewSet

from .media_forms import FilmForm, PhotoForm, RecordingForm
from .viewsets import IDENTIFIER_HELP

STATE = Column("state", label=_("Shown"), accessor=lambda medium: medium.consent_state(timezone.localdate()).label)
UNTIL = Column("consent_until", label=_("Until"))
RIGHTS = MultiFieldPanel(
    [
        FieldPanel(
            "made_by",
            heading=_("Who took, recorded or filmed it"),
            help_text=_("It stands below it in the lesson. A place will do: “Centro de Salud”."),
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
    cell_template_name = "modules/admin/thumbnail.html"

    def get_value(self, photo):
        return shown_in_admin(photo)


def shown_in_admin(photo):
    """Return the URL of the smallest copy, with or without consent; "" if there is none."""
    if photo.withdrawn_on or not photo.sizes:
        return ""
    return reverse("upload", args=[photo.sizes[0]["files"]["webp"]])


class PictureShown(Panel):
    class BoundPanel(Panel.BoundPanel):
        template_name = "modules/admin/picture_shown.html"

        def is_shown(self):
            return bool(self.instance.pk)

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            return context | {"value": shown_in_admin(self.instance), "photo": self.instance}


class PhotoViewSet(SnippetViewSet):
    model = Photo
    # A copy would bring back what was withdrawn.
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


LENGTH = Column("length", label=_("Length"), accessor="size_label")
LANGUAGE = Column("language", label=_("Language"), accessor="tongue.name")
RECORDINGS_HELP = _(
    "A person speaks here, and has consented in writing; a voice that a machine made is not taken. Never a patient, and"
    " a sex worker only as a voice, under “Words and directory”. Each language is a recording of its own. What the"
    " recorder wrote into the file (date, place, device, names) is taken out."
)
FILMS_HELP = _(
    "A film of our own, with captions and everything in writing. Never a patient or a sex worker whom one could"
    " recognise, by the face or by the voice. What the camera wrote into the file (date, place, device, names) is taken"
    " out."
)
TRANSCRIPT_HELP = _(
    "Every word, in the language in which it is said: for who does not hear, and to read without a line."
)


class PlayedPanel(Panel):
    class BoundPanel(Panel.BoundPanel):
        template_name = "modules/admin/played.html"

        def is_shown(self):
            return self.instance.pk is not None

        def get_context_data(self, parent_context=None):
            is_shown = self.instance.can_be_shown(timezone.localdate())
            return super().get_context_data(parent_context) | {"is_heard": is_shown, "medium": self.instance}


class RecordingViewSet(SnippetViewSet):
    model = Recording
    copy_view_enabled = False
    icon = "headphones"
    menu_label = _("Recordings")
    list_display = ["title", LANGUAGE, "speaker", LENGTH, STATE, UNTIL]
    search_fields = ["title", "identifier", "speaker", "transcript"]
    list_per_page = 50
    edit_handler = ObjectList(
        [
            HelpPanel(content=format_lazy("<p>{}</p>", RECORDINGS_HELP)),
            FieldPanel("title", help_text=_("What one hears: “Cómo saludar en el portón”.")),
            FieldPanel("identifier", help_text=IDENTIFIER_HELP),
            FieldRowPanel([FieldPanel("language"), FieldPanel("other_language")]),
            FieldRowPanel(
                [
                    FieldPanel("speaker", help_text=_("As people read it: a name, or “Una enfermera de Sololá”.")),
                    FieldPanel("recorded_on"),
                ]
            ),
            MultiFieldPanel(
                [
                    PlayedPanel(),
                    FieldRowPanel([FieldPanel("brought_opus"), FieldPanel("brought_mp3")]),
                    FieldPanel("is_spoken_by_a_person"),
                ],
                heading=_("Recording"),
            ),
            FieldPanel("transcript", help_text=TRANSCRIPT_HELP),
            RIGHTS,
            CONSENT,
            WITHDRAWN,
        ],
        base_form_class=RecordingForm,
    )


class FilmViewSet(SnippetViewSet):
    model = Film
    copy_view_enabled = False
    icon = "film"
    menu_label = _("Films")
    list_display = ["title", LANGUAGE, LENGTH, STATE, UNTIL]
    search_fields = ["title", "identifier", "transcript"]
    list_per_page = 50
    edit_handler = ObjectList(
        [
            HelpPanel(content=format_lazy("<p>{}</p>", FILMS_HELP)),
            FieldPanel("title", help_text=_("What one sees: “Así se coloca el biombo”.")),
            FieldPanel("identifier", help_text=IDENTIFIER_HELP),
            FieldRowPanel([FieldPanel("language"), FieldPanel("other_language")]),
            MultiFieldPanel(
                [
                    PlayedPanel(),
                    FieldPanel("brought_file"),
                    FieldPanel("is_spoken_by_a_person"),
                    FieldPanel("poster", help_text=_("One of the photographs: people see it before the film plays.")),
                    FieldPanel("filmed_on"),
                ],
                heading=_("Film"),
            ),
            FieldPanel(
                "captions",
                help_text=_(
                    "What is said, with its moments, as WebVTT: first a line WEBVTT, then “00:01.000 --> 00:03.500”"
                    " with the words below it, and an empty line between each."
                ),
            ),
            FieldPanel("transcript", help_text=_("What is said and what one sees, for who sees or hears no film.")),
            FieldPanel(
                "shows", help_text=_("A voice is recognised too: a film in which somebody speaks is of a person.")
            ),
            RIGHTS,
            CONSENT,
            WITHDRAWN,
        ],
        base_form_class=FilmForm,
    )


class MediaGroup(SnippetViewSetGroup):
    menu_label = _("Photographs, sound and film")
    menu_icon = "media"
    menu_order = 211
    items = (PhotoViewSet, RecordingViewSet, FilmViewSet)
