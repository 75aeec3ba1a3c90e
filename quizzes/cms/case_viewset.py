"""Cases in the Wagtail admin: their list, their form with their questions, and where each is asked."""

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import BooleanFilter, ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, Column, UpdatedAtColumn
from wagtail.admin.widgets import BooleanRadioSelect
from wagtail.snippets.views.snippets import IndexView

from quizzes.bank.search import find_by_words
from quizzes.bank.usage import find_uses_of_cases, is_used
from quizzes.base.snippets import OutdatedTranslationsColumn
from quizzes.models import Question, Stimulus

from .case_form import CaseForm, make_panels
from .formed_viewset import FormedSnippetViewSet
from .usage_views import CaseUsageView


class QuestionsOfCaseColumn(Column):
    """How many questions share a case, with a link to them."""

    cell_template_name = "quizzes/admin/questions_cell.html"

    def get_cell_context_data(self, instance, parent_context):
        address = f"{reverse(Question.snippet_viewset.get_url_name('list'))}?case={instance.pk}"
        return super().get_cell_context_data(instance, parent_context) | {"address": address}


class AskedInColumn(Column):
    """In how many quizzes a case may come, with a link to their list."""

    cell_template_name = "quizzes/admin/used_in_cell.html"

    def get_cell_context_data(self, instance, parent_context):
        address = reverse(Stimulus.snippet_viewset.get_url_name("usage"), args=[instance.pk])
        return super().get_cell_context_data(instance, parent_context) | {"address": address}


class CaseFilterSet(WagtailFilterSet):
    """Narrows the list of cases; all that is chosen holds at once."""

    used = ChoiceFilter(
        label=_("Use"),
        choices=[("used", _("Used in a quiz")), ("unused", _("Used in none"))],
        method="filter_used",
        empty_label=_("All"),
        widget=forms.RadioSelect,
    )
    live = BooleanFilter(label=pgettext_lazy("quiz", "Published"), widget=BooleanRadioSelect)

    class Meta:
        model = Stimulus
        fields = ["used", "live"]

    def filter_used(self, cases, name, value):
        used = Question.objects.filter(is_used(), case__isnull=False).values("case")
        return cases.filter(pk__in=used) if value == "used" else cases.exclude(pk__in=used)


class CaseIndexView(IndexView):
    """The list of cases; its words are searched without regard to accents and capitals."""

    def search_queryset(self, queryset):
        return find_by_words(queryset, self.search_query)

    def get_table(self, object_list):
        cases = list(object_list)
        uses, counts = find_uses_of_cases(cases)
        for case in cases:
            case.quizzes_used_in, case.question_count = len(uses[case.pk]), counts[case.pk]
        return super().get_table(cases)


class CaseViewSet(FormedSnippetViewSet):
    model = Stimulus
    icon = "openquote"
    menu_label = _("Cases")
    base_form_class = CaseForm
    index_view_class = CaseIndexView
    usage_view_class = CaseUsageView
    filterset_class = CaseFilterSet
    list_display = [
        "identifier",
        Column("title", label=_("Title"), sort_key="title"),
        QuestionsOfCaseColumn("question_count", label=_("Questions")),
        AskedInColumn("quizzes_used_in", label=_("Used in")),
        BooleanColumn("live", label=pgettext_lazy("quiz", "Published")),
        UpdatedAtColumn(),
        OutdatedTranslationsColumn(),
    ]
    list_per_page = 50
    ordering = ["identifier"]
    panels = make_panels()
