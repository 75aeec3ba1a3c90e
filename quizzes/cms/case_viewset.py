"""Cases in the Wagtail admin."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import BooleanFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, Column, UpdatedAtColumn
from wagtail.admin.widgets import BooleanRadioSelect

from quizzes.bank.usage import find_uses_of_cases, is_used
from quizzes.base.snippets import OutdatedTranslationsColumn
from quizzes.models import Question, Stimulus

from .case_form import CaseForm, make_panels
from .filters import used_filter
from .formed_viewset import FormedSnippetViewSet, QuestionsColumn, SearchedIndexView, UsedInColumn
from .usage_views import CaseUsageView


class CaseFilterSet(WagtailFilterSet):
    used = used_filter()
    live = BooleanFilter(label=pgettext_lazy("quiz", "Published"), widget=BooleanRadioSelect)

    class Meta:
        model = Stimulus
        fields = ["used", "live"]

    def filter_used(self, cases, name, value):
        used = Question.objects.filter(is_used(), case__isnull=False).values("case")
        return cases.filter(pk__in=used) if value == "used" else cases.exclude(pk__in=used)


class CaseIndexView(SearchedIndexView):
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
        QuestionsColumn("case", label=_("Questions")),
        UsedInColumn("quizzes_used_in", label=_("Used in")),
        BooleanColumn("live", label=pgettext_lazy("quiz", "Published")),
        UpdatedAtColumn(),
        OutdatedTranslationsColumn(),
    ]
    list_per_page = 50
    ordering = ["identifier"]
    panels = make_panels()
