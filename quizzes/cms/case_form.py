"""Form of a case and the order of its questions."""

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
    def __init__(self, *args, questions, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = questions
        for number, question in enumerate(questions, start=1):
            self.fields[_place_of(question)] = forms.IntegerField(
                label=str(question), min_value=1, max_value=99, required=False, initial=number
            )

    @property
    def order(self):
        """Return the questions in order; two with the same place keep theirs."""
        places = {question: self.cleaned_data.get(_place_of(question)) for question in self.questions}
        return sorted(self.questions, key=lambda question: (places[question] is None, places[question] or 0))


def _place_of(question):
    return f"place_{question.pk}"


class CaseForm(IdentifiedForm):
    """The order of the questions applies to new attempts at once, even when a draft is saved."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = questions_with(self.instance)
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
        case = Stimulus(**told, image=cleaned.get("image"), image_text=cleaned.get("image_text") or "…")
        for sentence in find_mistakes(case, len(self.questions)):
            self.add_error(None, sentence)
        return cleaned

    def save(self, commit=True):
        case = super().save(commit=commit)
        may_place = self.for_user is None or self.for_user.has_perm("quizzes.change_question")
        if commit and may_place and self.places.order != self.questions:
            place_questions(self.places.order, by=self.for_user)
        return case


class QuestionsPanel(Panel):
    class BoundPanel(Panel.BoundPanel):
        template_name = "quizzes/admin/case_questions.html"

        def get_context_data(self, parent_context=None):
            edit = Question.snippet_viewset.get_url_name("edit")
            rows = [
                (question, self.form.places[_place_of(question)], reverse(edit, args=[question.pk]))
                for question in self.form.questions
            ]
            context = {"rows": rows, "add": f"{reverse(Question.snippet_viewset.get_url_name('add'))}?case="}
            return super().get_context_data(parent_context) | context | {"case": self.instance}


def make_panels():
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
