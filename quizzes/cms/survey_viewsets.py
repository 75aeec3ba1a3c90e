"""Statements, themes and scales of the survey in the Wagtail admin."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel, Panel
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from quizzes.base.choices import Direction, Scoring, Wave
from quizzes.base.snippets import OutdatedTranslationsColumn
from quizzes.models import SurveyBlock, SurveyScale, SurveyStatement

from .formed_viewset import FormedSnippetViewSet, SearchedIndexView
from .survey_forms import BlockForm, ScaleForm, StatementForm
from .survey_overview import SurveyOverviewViewSet

LANGUAGE = Column("locale", label=_("Language"), accessor=lambda row: row.locale.get_display_name())
MAY_CONFIRM = "quizzes.verify_surveystatement"
WHAT_A_CHANGE_DOES = _(
    "A change holds for rounds that open from now on. A round that is open, and what was counted, keep the words that "
    "people answered. Between two waves with different words no change is reckoned."
)


def tell_confirmed(statement):
    if statement.block.scoring != Scoring.AGREEMENT:
        return ""
    return _("Confirmed") if statement.is_verified else _("To be confirmed")


class ConfirmedPanel(Panel):
    class BoundPanel(Panel.BoundPanel):
        template_name = "quizzes/admin/survey_confirmed.html"

        def get_context_data(self, parent_context=None):
            may_confirm = self.request is not None and self.request.user.has_perm(MAY_CONFIRM)
            return super().get_context_data(parent_context) | {"statement": self.instance, "may_confirm": may_confirm}


class SurveyIndexView(SearchedIndexView):
    related = ("locale",)

    def get_base_queryset(self):
        return super().get_base_queryset().select_related(*self.related)


class StatementIndexView(SurveyIndexView):
    related = ("block", "scale", "locale")


class BlockIndexView(SurveyIndexView):
    related = ("scale", "locale")


class StatementViewSet(FormedSnippetViewSet):
    model = SurveyStatement
    icon = "comment"
    menu_label = _("Statements")
    base_form_class = StatementForm
    index_view_class = StatementIndexView
    copy_view_enabled = False
    list_display = [
        "identifier",
        Column("text", label=_("Statement"), sort_key="text"),
        Column("block", label=_("Theme")),
        Column(
            "direction",
            label=_("Direction"),
            accessor=lambda row: Direction(row.direction).label if row.direction else "",
        ),
        Column("confirmed", label=_("Official wording"), accessor=tell_confirmed),
        LANGUAGE,
        OutdatedTranslationsColumn(),
    ]
    list_filter = ["block"]
    list_per_page = 100
    ordering = ["block__sort_order", "block__identifier", "sort_order", "identifier"]
    panels = [
        HelpPanel(content=WHAT_A_CHANGE_DOES),
        FieldRowPanel([FieldPanel("identifier"), FieldPanel("sort_order")]),
        FieldPanel("block", widget=forms.Select, help_text=_("With its theme it is asked and counted.")),
        FieldPanel(
            "text",
            widget=AdminAutoHeightTextInput,
            help_text=_(
                "One thought, in plain words, best without “not”: who disagrees with a “not” is easily misread."
            ),
        ),
        FieldPanel(
            "direction",
            help_text=_("Empty only where there is nothing to agree with, as in what is asked about the person."),
        ),
        FieldPanel(
            "scale", widget=forms.Select, help_text=_("Only if its answers are others than those of its theme.")
        ),
        MultiFieldPanel(
            [
                ConfirmedPanel(),
                FieldPanel("source", help_text=_("Where the official wording can be read.")),
                FieldRowPanel(
                    [
                        FieldPanel(
                            "verified_by",
                            permission=MAY_CONFIRM,
                            help_text=_(
                                "Who compared these words with the official ones. Other words are unconfirmed."
                            ),
                        ),
                        FieldPanel("verified_on", permission=MAY_CONFIRM),
                    ]
                ),
            ],
            heading=_("Official wording"),
            help_text=_("Only for a theme that is counted as an official indicator."),
        ),
    ]


class BlockViewSet(FormedSnippetViewSet):
    model = SurveyBlock
    icon = "folder-open-inverse"
    menu_label = _("Themes")
    base_form_class = BlockForm
    index_view_class = BlockIndexView
    copy_view_enabled = False
    list_display = [
        "identifier",
        Column("title", label=_("Title"), sort_key="title"),
        Column("scoring", label=_("How it is counted"), accessor=lambda row: row.get_scoring_display()),
        Column(
            "waves",
            label=_("When it is asked"),
            accessor=lambda row: ", ".join(str(wave.label) for wave in Wave if wave in row.waves),
        ),
        Column("scale", label=_("Scale")),
        LANGUAGE,
        OutdatedTranslationsColumn(),
    ]
    list_per_page = 50
    ordering = ["sort_order", "identifier"]
    panels = [
        HelpPanel(content=WHAT_A_CHANGE_DOES),
        FieldRowPanel([FieldPanel("identifier"), FieldPanel("sort_order")]),
        FieldPanel("title"),
        FieldPanel(
            "scoring",
            help_text=_(
                "A score needs a scale of agreement and the direction of every statement. It is the mean of "
                "what a person answered, if that is three quarters of the theme at least."
            ),
        ),
        FieldPanel("scale", widget=forms.Select, help_text=_("The answers of its statements.")),
        FieldPanel("waves"),
    ]


class ScaleViewSet(FormedSnippetViewSet):
    model = SurveyScale
    icon = "list-ol"
    menu_label = pgettext_lazy("survey", "Scales")
    base_form_class = ScaleForm
    index_view_class = SurveyIndexView
    copy_view_enabled = False
    list_display = ["name", "identifier", LANGUAGE, OutdatedTranslationsColumn()]
    list_per_page = 50
    ordering = ["pk"]
    panels = [
        HelpPanel(content=WHAT_A_CHANGE_DOES),
        HelpPanel(
            content=_(
                "An official wording is confirmed with these answers, in this order: whoever changes them takes the "
                "confirmation away."
            )
        ),
        FieldPanel("name"),
        FieldPanel("identifier", help_text=_("Files refer to it; it stays the same for ever.")),
        InlinePanel(
            "options",
            heading=_("Its answers, in order"),
            label=_("Answer"),
            help_text=_(
                "Of agreement: exactly four that are counted, 1 to 4, from who agrees most to who agrees least. Of "
                "what was seen: 1 means “never”. Each scale has one that means that people prefer not to answer."
            ),
            panels=[FieldPanel("label"), FieldRowPanel([FieldPanel("code"), FieldPanel("kind")])],
        ),
    ]


class SurveyGroup(SnippetViewSetGroup):
    menu_label = _("Survey")
    menu_icon = "clipboard-list"
    menu_order = 205
    items = (SurveyOverviewViewSet, StatementViewSet, BlockViewSet, ScaleViewSet)
