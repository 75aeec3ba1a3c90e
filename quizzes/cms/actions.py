"""Bulk actions on questions."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from wagtail.admin import messages
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from quizzes.bank.changes import move_questions, publish_questions, tag_questions, unpublish_questions
from quizzes.bank.search import find_by_words
from quizzes.base.identifiers import parse_key
from quizzes.exporting.writing import export_questions
from quizzes.models import Question

from .action_forms import ExportForm, MoveForm, PublishForm, QuestionsForm, TagForm
from .filters import QuestionFilterSet

SHOWN = 20


class OfTheList:
    """«Select all» means the filtered list, not the whole bank as in Wagtail."""

    models = [Question]

    def __init__(self, request, model):
        super().__init__(request, model)
        if self.next_url == request.path:
            # Without `next_url` Wagtail returns to this page with nothing selected.
            self.next_url = reverse(Question.snippet_viewset.get_url_name("list"))

    @classmethod
    def get_queryset(cls, model, object_ids):
        pks = [key for key in map(parse_key, map(str, object_ids)) if key is not None]
        return Question.objects.filter(pk__in=pks).order_by("identifier", "pk")

    def get_all_objects_in_listing_query(self, parent_id):
        asked = QuestionFilterSet(self.request.GET, queryset=Question.objects.all(), request=self.request)
        return find_by_words(asked.qs, self.request.GET.get("q", "")).values_list("pk", flat=True)


class DeleteQuestions(OfTheList, DeleteBulkAction):
    pass


class QuestionsAction(OfTheList, SnippetBulkAction):
    """A bulk action with a form, which changes all of the questions or none."""

    template_name = "quizzes/admin/bulk_questions.html"
    form_class = QuestionsForm
    permissions = {"change"}
    button = ""
    explanation = ""

    def dispatch(self, request, *args, **kwargs):
        if not self.permission_policy.user_has_any_permission(request.user, self.permissions):
            raise PermissionDenied
        if not self.chosen:
            messages.warning(request, _("No question was chosen."))
            return redirect(self.next_url)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def chosen(self):
        return list(super().get_actionable_objects()[0])

    def get_actionable_objects(self):
        return self.chosen, {"items_with_no_access": []}

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"questions": self.chosen}

    def object_context(self, snippet):
        return {"item": snippet, "edit_url": reverse(Question.snippet_viewset.get_url_name("edit"), args=[snippet.pk])}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        more = len(context["items"]) - SHOWN
        return context | {
            "action": self,
            "count": len(context["items"]),
            "items": context["items"][:SHOWN],
            "more": max(more, 0),
        }

    @classmethod
    def execute_action(cls, objects, **kwargs):
        action = kwargs["self"]
        action.change(objects, action.cleaned_form.cleaned_data, action.request.user)
        return len(objects), 0

    def change(self, questions, said, by):
        raise NotImplementedError

    def get_success_message(self, num_parent_objects, num_child_objects):
        n = num_parent_objects
        return ngettext("%(n)d question changed.", "%(n)d questions changed.", n) % {"n": n}


class MoveQuestions(QuestionsAction):
    display_name = gettext_lazy("Move to a topic")
    aria_label = gettext_lazy("Move the chosen questions to a topic")
    button = pgettext_lazy("questions", "Move")
    action_type = "move"
    action_priority = 10
    form_class = MoveForm

    def change(self, questions, said, by):
        move_questions(questions, said["topic"], by=by)


class TagQuestions(QuestionsAction):
    display_name = gettext_lazy("Tags")
    aria_label = gettext_lazy("Add tags to the chosen questions, or remove them")
    button = gettext_lazy("Change the tags")
    action_type = "tag"
    action_priority = 20
    form_class = TagForm

    def change(self, questions, said, by):
        remove = [tag.name for tag in said.get("remove", ())]
        tag_questions(questions, add=said["add"], remove=remove, by=by)


class PublishQuestions(QuestionsAction):
    display_name = gettext_lazy("Publish")
    aria_label = gettext_lazy("Publish the chosen questions")
    button = gettext_lazy("Publish all")
    explanation = gettext_lazy("Of each question the latest draft is published. If one can’t be, none is.")
    action_type = "publish"
    action_priority = 40
    permissions = {"publish"}
    form_class = PublishForm

    def change(self, questions, said, by):
        publish_questions(questions, by=by)


class UnpublishQuestions(QuestionsAction):
    display_name = gettext_lazy("Unpublish")
    aria_label = gettext_lazy("Unpublish the chosen questions")
    button = gettext_lazy("Unpublish all")
    explanation = gettext_lazy("New attempts no longer ask them. Attempts that have begun keep them, and results stay.")
    action_type = "unpublish"
    action_priority = 50
    permissions = {"publish"}

    def change(self, questions, said, by):
        unpublish_questions(questions, by=by)


class ExportQuestions(QuestionsAction):
    display_name = gettext_lazy("Export")
    aria_label = gettext_lazy("Export the chosen questions to a file")
    button = gettext_lazy("Download")
    action_type = "export"
    action_priority = 25
    permissions = {"change", "view"}
    form_class = ExportForm

    def form_valid(self, form):
        questions = Question.objects.filter(pk__in=[question.pk for question in self.chosen]).order_by("identifier")
        exported = export_questions(questions, format_name=form.cleaned_data["format_name"])
        if exported.warnings and not form.cleaned_data["knows_losses"]:
            known = form.data.copy()
            known["knows_losses"] = "on"
            form.data = known
            return self.render_to_response(self.get_context_data(form=form, losses=exported.warnings))
        name = f"{_('questions')}{exported.suffix}"
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(exported.content, content_type=exported.content_type, headers=disposition)


ACTIONS = (DeleteQuestions, MoveQuestions, TagQuestions, ExportQuestions, PublishQuestions, UnpublishQuestions)
