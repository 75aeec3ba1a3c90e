"""Questions in the Wagtail admin."""

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, Column, UpdatedAtColumn
from wagtail.snippets.views.snippets import CreateView

from quizzes.bank.usage import find_uses
from quizzes.base.identifiers import parse_key
from quizzes.base.markup import strip_markup
from quizzes.base.snippets import OutdatedTranslationsColumn
from quizzes.models import Question, Stimulus

from .filters import QuestionFilterSet
from .formed_viewset import FormedSnippetViewSet, SearchedIndexView, UsedInColumn
from .question_form import QuestionForm
from .question_panels import LISTENS_TO_KIND, make_panels
from .usage_views import QuestionUsageView


class QuestionIndexView(SearchedIndexView):
    def get_base_queryset(self):
        return super().get_base_queryset().select_related("topic", "act")

    def get_table(self, object_list):
        questions = list(object_list)
        uses = find_uses(questions)
        for question in questions:
            question.quizzes_used_in = len({use.quiz.pk for use in uses[question.pk]})
        return super().get_table(questions)


class QuestionCreateView(CreateView):
    def get_initial_form_instance(self):
        question, key = super().get_initial_form_instance() or Question(), parse_key(self.request.GET.get("case", ""))
        if key is not None and (case := Stimulus.objects.filter(pk=key).first()):
            question.case, question.locale = case, case.locale
        return question


class QuestionViewSet(FormedSnippetViewSet):
    model = Question
    icon = "help"
    menu_label = _("Questions")
    base_form_class = QuestionForm
    index_view_class = QuestionIndexView
    add_view_class = QuestionCreateView
    usage_view_class = QuestionUsageView
    filterset_class = QuestionFilterSet
    list_display = [
        "identifier",
        Column("text", label=_("Question"), accessor=lambda question: Truncator(strip_markup(question.text)).chars(90)),
        Column("get_kind_display", label=_("Kind"), sort_key="kind"),
        Column("topic", label=_("Topic"), sort_key="topic__name"),
        Column("act", label=_("Act"), accessor="act.identifier", sort_key="act__identifier"),
        UsedInColumn("quizzes_used_in", label=_("Used in")),
        BooleanColumn("live", label=_("Published")),
        UpdatedAtColumn(),
        OutdatedTranslationsColumn(),
    ]
    list_per_page = 50
    ordering = ["identifier"]
    panels = make_panels()
    form_attrs = LISTENS_TO_KIND
