"""The form of a quiz: what it refuses, and in which words."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .admin_forms import IdentifiedForm
from .kinds import SCORED


class QuizForm(IdentifiedForm):
    """A quiz: to be published it needs a question that counts, each question once, all in its language."""

    def clean(self):
        cleaned = super().clean()
        if self.is_deferred_validation or "entries" not in self.formsets:
            return cleaned
        questions = [form.cleaned_data.get("question") for form in self.kept_forms("entries")]
        questions = [question for question in questions if question]
        if not any(question.kind in SCORED for question in questions):
            self.add_error(None, _("Add at least one question that counts; reflections do not."))
        if strangers := [q.identifier for q in questions if q.locale_id != self.instance.locale_id]:
            self.add_error(
                None,
                ValidationError(
                    _("These questions are in another language: %(identifiers)s."),
                    params={"identifiers": ", ".join(strangers)},
                ),
            )
        return cleaned
