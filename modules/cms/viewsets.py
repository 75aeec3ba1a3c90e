"""Glossary, language guide and directory in the Wagtail admin."""

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList, TitleFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column, UpdatedAtColumn
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from modules.labels import CHECK_VALID_FOR, NEEDS, is_verified
from modules.models import GlossaryTerm, LanguageEntry, Organisation, Voice, Worksheet
from quizzes.bank.admin_forms import HYPHENATED, LOWER_CASE_HELP, IdentifiedForm
from quizzes.base.snippets import OutdatedTranslationsColumn, SnippetViewSet

from .media_forms import VoiceForm


class SnippetForm(IdentifiedForm):
    key_of = IdentifiedForm.key_of | {
        "glossaryterm": "term:{}".format,
        "languageentry": "language:{}".format,
        "organisation": "organisation:{}".format,
        "worksheet": "printable:{}".format,
    }
    identifiers = IdentifiedForm.identifiers | dict.fromkeys(
        ["languageentry", "organisation"], IdentifiedForm.identifiers["topic"]
    )
    # Neither markup such as `[[estigma]]` nor URLs of worksheets allow underscores.
    identifiers |= dict.fromkeys(["glossaryterm", "worksheet"], (HYPHENATED, LOWER_CASE_HELP))


class OrganisationForm(SnippetForm):
    needs = forms.MultipleChoiceField(
        label=_("Helps with"),
        choices=NEEDS,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The directory lists the organisation under each of these."),
        error_messages={"required": _("Tick at least one need.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "sources" in self.fields:
            sources = self.fields["sources"].queryset.filter(locale=self.instance.locale_id)
            self.fields["sources"].queryset = sources.order_by("pk")

    def clean_needs(self):
        """Return the selected needs in their previous order, new ones last."""
        ticked, present = self.cleaned_data["needs"], self.instance.needs or []
        new = [need for need, _name in NEEDS if need in ticked and need not in present]
        return [need for need in present if need in ticked] + new

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("checked_on") and not cleaned.get("checked_by"):
            self.add_error("checked_by", _("Write who checked it on that day."))
        if cleaned.get("checked_by") and not cleaned.get("checked_on") and "checked_on" not in self.errors:
            self.add_error("checked_on", _("Write the day on which it was checked."))
        return cleaned


MARKS_HELP = _("**bold**, *italic*, [S42] for source 42, [VL] for what must still be verified locally.")
CHECKING_HELP = _("Call, write down today’s date and your name. After 90 days people see “not verified” again.")
IDENTIFIER_HELP = _("Files and texts refer to it; it stays the same for ever. Lower case, no accents.")
VOICES_HELP = _(
    "A voice is shown where a lesson has its block, and only as long as the number and the scope of her consent stand"
    " here, its last day has not passed, and she has not taken it back. Nothing is invented: without one people read"
    " nothing."
)
PAPER_HELP = _(
    "The letters become as large as these pages allow, and never smaller than 9 points: then the sheet takes more "
    "paper. Publish it and look at its PDF."
)


class GlossaryTermViewSet(SnippetViewSet):
    model = GlossaryTerm
    icon = "openquote"
    menu_label = _("Glossary")
    list_display = [
        "term",
        "english",
        Column("identifier", label=_("In texts"), accessor=lambda t: f"[[{t.identifier}]]"),
        OutdatedTranslationsColumn(),
    ]
    search_fields = ["term", "english", "definition", "identifier"]
    ordering = ["term"]
    list_per_page = 50
    edit_handler = ObjectList(
        [
            TitleFieldPanel("term", targets=["identifier"]),
            FieldPanel("identifier", help_text=_("Texts refer to it as [[identifier]]. It stays the same for ever.")),
            FieldPanel("english"),
            FieldPanel("definition", help_text=MARKS_HELP),
        ],
        base_form_class=SnippetForm,
    )


class LanguageEntryViewSet(SnippetViewSet):
    model = LanguageEntry
    icon = "comment"
    menu_label = _("Language guide")
    list_display = ["say", "avoid", "why", "sort_order", OutdatedTranslationsColumn()]
    search_fields = ["say", "avoid", "why"]
    ordering = ["sort_order", "pk"]
    list_per_page = 50
    edit_handler = ObjectList(
        [
            FieldPanel("say", help_text=_("The words to use.")),
            FieldPanel("avoid", help_text=_("The words that hurt or judge.")),
            FieldPanel("why", help_text=_("In a few words.")),
            FieldRowPanel([FieldPanel("identifier", help_text=IDENTIFIER_HELP), FieldPanel("sort_order")]),
        ],
        base_form_class=SnippetForm,
    )


class CheckedColumn(Column):
    def get_value(self, organisation):
        if organisation.checked_on is None:
            return _("Never checked")
        day = date_format(organisation.checked_on, "DATE_FORMAT")
        if is_verified(organisation.checked_on, timezone.localdate()):
            return _("%(day)s, %(person)s") % {"day": day, "person": organisation.checked_by}
        return _("Check again (last on %(day)s)") % {"day": day}


class OrganisationFilterSet(WagtailFilterSet):
    check = ChoiceFilter(
        label=_("Checking"),
        choices=[("due", _("To be checked")), ("done", _("Checked in the last 90 days"))],
        method="filter_check",
        empty_label=_("All"),
    )
    need = ChoiceFilter(label=_("Helps with"), choices=NEEDS, method="filter_need", empty_label=_("All"))

    class Meta:
        model = Organisation
        fields = ["check", "need"]

    def filter_check(self, organisations, name, value):
        checked = {"checked_on__gte": timezone.localdate() - CHECK_VALID_FOR}
        return organisations.filter(**checked) if value == "done" else organisations.exclude(**checked)

    def filter_need(self, organisations, name, value):
        # Not every database can look into a JSON list, and the directory is short.
        return organisations.filter(pk__in=[row.pk for row in organisations if value in row.needs])


class OrganisationViewSet(SnippetViewSet):
    model = Organisation
    icon = "site"
    menu_label = _("Directory")
    list_display = [
        "name",
        "area",
        "phone",
        CheckedColumn("checked", label=_("Checked"), sort_key="checked_on"),
        OutdatedTranslationsColumn(),
    ]
    filterset_class = OrganisationFilterSet
    search_fields = ["name", "kind", "area", "population", "note"]
    ordering = ["sort_order", "pk"]
    list_per_page = 50
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [TitleFieldPanel("name", targets=["identifier"]), FieldPanel("identifier", help_text=IDENTIFIER_HELP)],
                heading=_("Who"),
            ),
            FieldPanel("kind", help_text=_("Such as: organisation led by sex workers, public service.")),
            FieldPanel("needs"),
            FieldRowPanel([FieldPanel("population"), FieldPanel("area")]),
            FieldRowPanel(
                [FieldPanel("phone", help_text=_("Several: separate them with a slash.")), FieldPanel("website")]
            ),
            FieldPanel("note", help_text=MARKS_HELP),
            MultiFieldPanel(
                [
                    HelpPanel(content=format_lazy("<p>{}</p>", CHECKING_HELP)),
                    FieldRowPanel([FieldPanel("checked_on"), FieldPanel("checked_by")]),
                ],
                heading=_("Checking"),
            ),
            MultiFieldPanel(
                [FieldPanel("sources"), FieldPanel("sort_order")], heading=_("Sources and order"), classname="collapsed"
            ),
        ],
        base_form_class=OrganisationForm,
    )


class PrintableViewSet(SnippetViewSet):
    model = Worksheet
    icon = "download"
    menu_label = _("Sheets to print")
    list_display = [
        "title",
        "purpose",
        Column("pages", label=_("Pages")),
        BooleanColumn("live", label=_("Published")),
        UpdatedAtColumn(),
        OutdatedTranslationsColumn(),
    ]
    search_fields = ["title", "purpose", "intro", "identifier"]
    ordering = ["sort_order", "pk"]
    list_per_page = 50
    edit_handler = ObjectList(
        [
            TitleFieldPanel("title", targets=["identifier"]),
            FieldPanel("identifier", help_text=IDENTIFIER_HELP),
            FieldPanel("purpose", help_text=_("On the card that leads to the sheet: who uses it, and when.")),
            FieldPanel("intro", help_text=format_lazy("{} {}", _("Stands under the title."), MARKS_HELP)),
            FieldPanel("body"),
            MultiFieldPanel(
                [
                    HelpPanel(content=format_lazy("<p>{}</p>", PAPER_HELP)),
                    FieldRowPanel([FieldPanel("pages"), FieldPanel("orientation"), FieldPanel("sort_order")]),
                ],
                heading=_("Paper"),
            ),
        ],
        base_form_class=SnippetForm,
    )


class VoiceViewSet(SnippetViewSet):
    model = Voice
    # A copy would bring back what was withdrawn.
    copy_view_enabled = False
    icon = "openquote"
    menu_label = _("Voices")
    list_display = [
        "speaker",
        "organisation",
        Column("state", label=_("Shown"), accessor=lambda voice: voice.consent_state(timezone.localdate()).label),
        Column("consent_until", label=_("Until")),
    ]
    search_fields = ["speaker", "organisation", "identifier"]
    ordering = ["identifier"]
    list_per_page = 50
    edit_handler = ObjectList(
        [
            HelpPanel(content=format_lazy("<p>{}</p>", VOICES_HELP)),
            FieldPanel("speaker", help_text=_("The one she chose; it need not be hers.")),
            FieldPanel("identifier", help_text=IDENTIFIER_HELP),
            FieldPanel("organisation", help_text=_("It keeps the paper with her consent.")),
            FieldPanel("transcript", help_text=_("In her own words, all of it: for who does not hear, and to read.")),
            MultiFieldPanel(
                [
                    FieldPanel("recording"),
                    FieldPanel("drops_recording"),
                    FieldRowPanel(
                        [
                            FieldPanel("read_by", help_text=_("Only if it is not her own voice.")),
                            FieldPanel("recorded_on"),
                        ]
                    ),
                ],
                heading=_("Recording"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("consent_number", help_text=_("Of the paper that the organisation keeps.")),
                    FieldPanel(
                        "consent_scope", help_text=_("Such as: in this course, in writing and read by another.")
                    ),
                    FieldRowPanel(
                        [
                            FieldPanel(
                                "consent_until", help_text=_("The last day on which it is shown. Empty: no end.")
                            ),
                            FieldPanel("is_paid"),
                        ]
                    ),
                ],
                heading=_("Her consent"),
            ),
            FieldPanel(
                "withdrawn_on",
                help_text=_(
                    "With a date here nobody reads or hears it any more, from now on and anywhere. It cannot be undone:"
                    " for showing it again there is a new consent and a new voice."
                ),
            ),
        ],
        base_form_class=VoiceForm,
    )


class CourseTextGroup(SnippetViewSetGroup):
    menu_label = _("Words and directory")
    menu_icon = "list-ul"
    menu_order = 210
    items = (OrganisationViewSet, GlossaryTermViewSet, LanguageEntryViewSet, PrintableViewSet, VoiceViewSet)
