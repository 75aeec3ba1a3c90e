"""Base viewset of the question bank."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import IndexView

from quizzes.bank.admin_forms import IdentifiedForm
from quizzes.bank.search import find_by_words
from quizzes.base.snippets import SnippetViewSet
from quizzes.models import Question

from .publishing import EffectsPanel

MARKS_HELP = _(
    "In texts: **bold**, *italic*, [S42] for source 42, [VL] for what must still be verified locally, "
    "[[estigma]] for a term of the glossary."
)


class SearchedIndexView(IndexView):
    def search_queryset(self, queryset):
        return find_by_words(queryset, self.search_query)


class QuestionsColumn(Column):
    """Number of questions, with a link to their list, filtered by `parameter`."""

    cell_template_name = "quizzes/admin/questions_cell.html"

    def __init__(self, parameter, **kwargs):
        super().__init__("question_count", **kwargs)
        self.parameter = parameter

    def get_cell_context_data(self, instance, parent_context):
        address = f"{reverse(Question.snippet_viewset.get_url_name('list'))}?{self.parameter}={instance.pk}"
        return super().get_cell_context_data(instance, parent_context) | {"address": address}


class UsedInColumn(Column):
    cell_template_name = "quizzes/admin/used_in_cell.html"

    def get_cell_context_data(self, instance, parent_context):
        address = reverse(instance.snippet_viewset.get_url_name("usage"), args=[instance.pk])
        return super().get_cell_context_data(instance, parent_context) | {"address": address}


class FormedSnippetViewSet(SnippetViewSet):
    """Uses `base_form_class`, which Wagtail reads only from the model, and shows whom publishing affects."""

    base_form_class = IdentifiedForm
    form_attrs = {}

    def get_edit_handler(self):
        panels = [EffectsPanel(heading=_("Whom publishing affects")), *self.panels]
        panels = ObjectList(panels, base_form_class=self.base_form_class, attrs=self.form_attrs)
        return panels.bind_to_model(self.model)
