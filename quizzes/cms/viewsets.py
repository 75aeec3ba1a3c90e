"""The question bank in the Wagtail admin: questions, cases, quizzes, topics, acts and sources, written without code."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from quizzes.models import Source

from .act_viewset import ActViewSet
from .case_viewset import CaseViewSet
from .formed_viewset import FormedSnippetViewSet
from .import_views import QuestionImportViewSet
from .question_viewset import QuestionViewSet
from .quiz_viewset import QuizViewSet
from .topic_viewset import TopicViewSet


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
    items = (
        *(QuizViewSet, QuestionViewSet, CaseViewSet, TopicViewSet, ActViewSet, SourceViewSet),
        QuestionImportViewSet,
    )
