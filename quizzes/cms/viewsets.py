"""Competencies, sources and the menu of the question bank in the Wagtail admin."""

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from quizzes.base.snippets import OutdatedTranslationsColumn
from quizzes.models import Competency, Source

from .case_viewset import CaseViewSet
from .formed_viewset import FormedSnippetViewSet, QuestionsColumn, SearchedIndexView
from .import_views import QuestionImportViewSet
from .question_viewset import QuestionViewSet
from .quiz_viewset import QuizViewSet
from .topic_viewset import TopicViewSet


class ActIndexView(SearchedIndexView):
    def get_base_queryset(self):
        return super().get_base_queryset().annotate(question_count=Count("questions"))


class ActViewSet(FormedSnippetViewSet):
    model = Competency
    icon = "tasks"
    menu_label = _("Acts")
    index_view_class = ActIndexView
    list_display = [
        "identifier",
        Column("text", label=_("Act"), sort_key="text"),
        BooleanColumn("is_core", label=_("For everyone")),
        QuestionsColumn("act", label=_("Questions"), sort_key="question_count"),
        OutdatedTranslationsColumn(),
    ]
    list_filter = ["is_core"]
    list_per_page = 150
    ordering = ["pk"]
    panels = [FieldPanel("identifier"), FieldPanel("text"), FieldPanel("is_core")]


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
    menu_label = _("Question bank")
    menu_icon = "help"
    menu_order = 200
    items = (
        *(QuizViewSet, QuestionViewSet, CaseViewSet, TopicViewSet, ActViewSet, SourceViewSet),
        QuestionImportViewSet,
    )
