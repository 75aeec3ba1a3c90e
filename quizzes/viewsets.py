"""The question bank in the Wagtail admin: questions, quizzes, topics and sources, written without code."""

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    TitleFieldPanel,
)
from wagtail.admin.ui.tables import BooleanColumn, Column, UpdatedAtColumn
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from .admin_forms import QuestionForm
from .formed_viewset import MARKS_HELP, FormedSnippetViewSet
from .importing.views import QuestionImportViewSet
from .marks import plain
from .models import Question, Source, Topic
from .quiz_viewset import QuizViewSet


class QuestionViewSet(FormedSnippetViewSet):
    model = Question
    icon = "help"
    menu_label = _("Questions")
    base_form_class = QuestionForm
    list_display = [
        "identifier",
        Column("text", label=_("Question"), accessor=lambda question: Truncator(plain(question.text)).chars(90)),
        Column("get_kind_display", label=_("Kind"), sort_key="kind"),
        Column("topic", label=_("Topic"), sort_key="topic__name"),
        BooleanColumn("live", label=_("Published")),
        UpdatedAtColumn(),
    ]
    list_filter = ["kind", "topic", "needs_checking", "live"]
    list_per_page = 50
    ordering = ["identifier"]
    panels = [
        FieldRowPanel(
            [
                FieldPanel("identifier"),
                FieldPanel("kind", help_text=_("How people answer; the box below says what each kind needs.")),
                FieldPanel("topic", help_text=_("Groups the questions in lists and figures.")),
            ]
        ),
        HelpPanel(template="quizzes/admin/kinds_help.html", heading=_("What each kind needs")),
        FieldPanel("text", help_text=MARKS_HELP),
        InlinePanel(
            "choices",
            heading=_("Options"),
            label=_("Option"),
            help_text=_("Write feedback for every option: it is what people learn from. None for a reflection."),
            panels=[
                FieldPanel("text", help_text=_("About as long as the others: the longest must not give itself away.")),
                FieldRowPanel(
                    [
                        FieldPanel("is_correct", help_text=_("For single choice, multiple response, true or false.")),
                        FieldPanel("match", help_text=_("Only for matching: what this one goes with.")),
                    ]
                ),
                FieldPanel("feedback"),
            ],
        ),
        FieldPanel("feedback"),
        MultiFieldPanel(
            [
                FieldPanel(
                    "sources",
                    widget=forms.CheckboxSelectMultiple,
                    help_text=_("Listed below the feedback, beside those that texts point to as [S42]."),
                ),
                FieldPanel("needs_checking"),
            ],
            heading=_("What it rests on"),
            classname="collapsed",
        ),
    ]


class TopicViewSet(FormedSnippetViewSet):
    model = Topic
    icon = "tag"
    menu_label = _("Topics")
    list_display = ["name", "identifier", "parent"]
    ordering = ["name"]
    panels = [
        TitleFieldPanel("name", targets=["identifier"], help_text=_("What questions are about, in a few words.")),
        FieldPanel("identifier", help_text=_("Files refer to it; it stays the same for ever.")),
        FieldPanel("parent", help_text=_("Only for a part of a larger topic.")),
    ]


class SourceViewSet(FormedSnippetViewSet):
    model = Source
    icon = "link"
    menu_label = _("Sources")
    list_display = ["identifier", "title", "publisher", "year"]
    list_per_page = 100
    ordering = ["pk"]
    panels = [
        FieldPanel("identifier"),
        FieldPanel("title", help_text=_("As it is published, in its own language.")),
        FieldPanel("publisher", help_text=_("Who wrote or published it, and where.")),
        FieldPanel("year", help_text=_("Of publication; of a law, of the decree.")),
        FieldPanel("address", help_text=_("Where people can read it, best an official one; may stay empty.")),
    ]


class QuestionBankGroup(SnippetViewSetGroup):
    """The menu of the question bank."""

    menu_label = _("Question bank")
    menu_icon = "help"
    menu_order = 200
    items = (QuizViewSet, QuestionViewSet, TopicViewSet, SourceViewSet, QuestionImportViewSet)
