"""The form of a case: what it tells, and its questions in their order. A draft may be unfinished."""

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel

from quizzes.bank.admin_forms import IdentifiedForm
from quizzes.bank.cases import find_mistakes, questions_with
from quizzes.bank.changes import place_questions
from quizzes.models import Question, Stimulus

from .formed_viewset import MARKS_HELP


class PlacesForm(forms.Form):
    """The places of the questions of a case, a field for each."""

    def __init__(self, *args, questions, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = questions
        for number, question in enumerate(questions, start=1):
            self.fields[_place_of(question)] = forms.IntegerField(
                label=str(question), min_value=1, max_value=99, required=False, initial=number
            )

    @property
    def order(self):
        """Return the questions as the form says; two of the same place stay as they were."""
        places = {question: self.cleaned_data.get(_place_of(question)) for question in self.questions}
        return sorted(self.questions, key=lambda question: (places[question] is None, places[question] or 0))


def _place_of(question):
    return f"place_{question.pk}"


class CaseForm(IdentifiedForm):
    """A case. To be published it tells something, and two to six questions share it.

    `places` is a form inside it: what it says holds for new attempts from when the case is saved, as a draft too.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = questions_with(self.instance)
        # Fields of its own would be drawn a second time by Wagtail, which knows no panel of theirs.
        self.places = PlacesForm(self.data if self.is_bound else None, questions=self.questions)

    def clean(self):
        cleaned = super().clean()
        if not self.places.is_valid():
            self.add_error(None, _("A place in the case is a number from 1."))
        if self.is_deferred_validation:
            return cleaned
        if cleaned.get("image") and not cleaned.get("image_text", "").strip():
            self.add_error("image_text", _("Write what the image shows: whoever can’t see it has to answer too."))
        told = {name: cleaned.get(name) or "" for name in ("text", "dialogue")}
        # What lacks of the image is said beside its field.
        case = Stimulus(**told, image=cleaned.get("image"), image_text=cleaned.get("image_text") or "…")
        for sentence in find_mistakes(case, len(self.questions)):
            self.add_error(None, sentence)
        return cleaned

    def save(self, commit=True):
        case = super().save(commit=commit)
        if commit and self.places.order != self.questions and self._may_place():
            place_questions(self.places.order, by=self.for_user)
        return case

    def _may_place(self):
        return self.for_user is None or self.for_user.has_perm("quizzes.change_question")


class QuestionsPanel(Panel):
    """The questions of a case in their order, each with its place and the way to its form."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "quizzes/admin/case_questions.html"

        def get_context_data(self, parent_context=None):
            rows = [
                (question, self.form.places[_place_of(question)], _edit_address(question))
                for question in self.form.questions
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
