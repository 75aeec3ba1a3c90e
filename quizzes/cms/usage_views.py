"""Pages that list where a question or a case is used."""

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.snippets.views.snippets import UsageView

from quizzes.bank.cases import questions_with
from quizzes.bank.usage import count_answered, find_uses, find_uses_of_cases


class QuizzesView(UsageView):
    @cached_property
    def columns(self):
        finder = AdminURLFinder(self.request.user)
        return [
            TitleColumn("quiz", label=_("Quiz"), get_url=lambda use: finder.get_edit_url(use.quiz)),
            Column("sentence", label=_("How")),
            BooleanColumn("quiz.live", label=pgettext_lazy("quiz", "Published")),
        ]

    def get_table(self, object_list, **kwargs):
        return BaseListingView.get_table(self, object_list, **kwargs)


class QuestionUsageView(QuizzesView):
    def get_queryset(self):
        return find_uses([self.object])[self.object.pk]

    def get_context_data(self, *args, **kwargs):
        return super().get_context_data(*args, answered=count_answered(self.object), **kwargs)


class CaseUsageView(QuizzesView):
    def get_queryset(self):
        return find_uses_of_cases([self.object])[0][self.object.pk]

    def get_context_data(self, *args, **kwargs):
        finder, questions = AdminURLFinder(self.request.user), questions_with(self.object)
        for question in questions:
            question.edit_address = finder.get_edit_url(question)
        return super().get_context_data(*args, questions=questions, **kwargs)
