"""Acts in the Wagtail admin: what colleagues could see somebody do, with the number of questions of each."""

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.snippets.views.snippets import IndexView

from quizzes.bank.search import find_by_words
from quizzes.base.snippets import OutdatedTranslationsColumn
from quizzes.models import Competency, Question

from .formed_viewset import FormedSnippetViewSet


class QuestionsOfActColumn(Column):
    """How many questions ask for an act, with a link to them."""

    cell_template_name = "quizzes/admin/questions_cell.html"

    def get_cell_context_data(self, instance, parent_context):
        address = f"{reverse(Question.snippet_viewset.get_url_name('list'))}?act={instance.pk}"
        return super().get_cell_context_data(instance, parent_context) | {"address": address}


class ActIndexView(IndexView):
    """The list of acts, as the map of what the course teaches has them."""

    def get_base_queryset(self):
        return super().get_base_queryset().annotate(question_count=Count("questions"))

    def search_queryset(self, queryset):
        return find_by_words(queryset, self.search_query)


class ActViewSet(FormedSnippetViewSet):
    model = Competency
    icon = "tasks"
    menu_label = _("Acts")
    index_view_class = ActIndexView
    list_display = [
        "identifier",
        Column("text", label=_("Act"), sort_key="text"),
        BooleanColumn("is_core", label=_("For everyone")),
        QuestionsOfActColumn("question_count", label=_("Questions"), sort_key="question_count"),
        OutdatedTranslationsColumn(),
    ]
    list_filter = ["is_core"]
    list_per_page = 150
    # As the map has them: module by module, those for everyone first.
    ordering = ["pk"]
    panels = [FieldPanel("identifier"), FieldPanel("text"), FieldPanel("is_core")]
