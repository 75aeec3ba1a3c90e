"""The form of a case: what it tells, and its questions in their order. A draft may be unfinished."""

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel

from quizzes.bank.admin_forms import IdentifiedForm
from quizzes.bank.cases import find_mistakes, questions_with
from quizzes.bank.changes import place_questions
from quizzes.models import Case, Question

from .formed_viewset import MARKS_HELP


class CaseForm(IdentifiedForm):
    """A case. To be published it tells something, and two to six questions share it.

    Each of its questions has a field `place_` for its place, which holds for new attempts from when the form is saved.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = questions_with(self.instance)
        for number, question in enumerate(self.questions, start=1):
            self.fields[_place_of(question)] = forms.IntegerField(
                label=str(question), min_value=1, max_value=99, required=False, initial=number
            )

    def clean(self):
        cleaned = super().clean()
        if self.is_deferred_validation:
            return cleaned
        if cleaned.get("image") and not cleaned.get("image_text", "").strip():
            self.add_error("image_text", _("Write what the image shows: whoever can't see it has to answer too."))
        told = {name: cleaned.get(name) or "" for name in ("text", "dialogue")}
        # What lacks of the image is said beside its field.
        case = Case(**told, image=cleaned.get("image"), image_text=cleaned.get("image_text") or "…")
        for sentence in find_mistakes(case, len(self.questions)):
            self.add_error(None, sentence)
        return cleaned

    def save(self, commit=True):
        case = super().save(commit=commit)
        if commit and (order := self._order()) != self.questions and self._may_place():
            place_questions(order, by=self.for_user)
        return case

    def _order(self):
        """Return the questions as the form says; two of the same place stay as they were."""
        places = {question: self.cleaned_data.get(_place_of(question)) for question in self.questions}
        return sorted(self.questions, key=lambda question: (places[question] is None, places[question] or 0))

    def _may_place(self):
        return self.for_user is None or self.for_user.has_perm("quizzes.change_question")


def _place_of(question):
    return f"place_{question.pk}"


class QuestionsPanel(Panel):
    """The questions of a case in their order, each with its place and the way to its form."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "quizzes/admin/case_questions.html"

        def get_context_data(self, parent_context=None):
            rows = [
                (question, self.form[_place_of(question)], _edit_address(question)) for question in self.form.questions
            ]
            context = {"rows": rows, "add": f"{reverse(Question.snippet_viewset.get_url_name('add'))}?case="}
            return super().get_context_data(parent_context) | context | {"case": self.instance}


def _edit_address(question):
    return reverse(Question.snippet_viewset.get_url_name("edit"), args=[question.pk])


def make_panels():
    """Return the panels of a case."""
    return [
        FieldPanel("identifier"),
        FieldPanel("title"),
        FieldPanel("text", help_text=MARKS_HELP),
        FieldPanel("dialogue"),
        MultiFieldPanel(
            [FieldPanel("image"), FieldPanel("image_text")],
            heading=_("Image"),
            classname="collapsed",
            help_text=_("It is published with its description, never without."),
        ),
        QuestionsPanel(heading=_("Its questions, in order")),
    ]
