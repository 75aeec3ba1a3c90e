"""Form of a question."""

import re
import string

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from quizzes.bank.admin_forms import IdentifiedForm
from quizzes.bank.cases import find_no_room, last_place
from quizzes.bank.topic_tree import offer_topics
from quizzes.base.identifiers import stable_key
from quizzes.base.job_roles import Audience
from quizzes.kinds import AUTO_MARKED, KINDS

_OF_SOME_KINDS = ("fraction", "tolerance", "gap", "x", "y", "radius")
_TAUGHT = re.compile(r"M[1-9]\d?-L[1-9]\d?(#[a-z0-9]+(-[a-z0-9]+)*)?")
_NOT_TAUGHT = _("Write the lesson as M1-L4, or with a place in it as M1-L4#en-la-fila.")


class QuestionForm(IdentifiedForm):
    audiences = forms.MultipleChoiceField(
        label=_("For whom"),
        choices=Audience.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_(
            "Whose job it is about; none: it is for everyone. A quiz with pools asks each person what is theirs."
        ),
    )

    class Media:
        js = ["quizzes/places.js"]
        css = {"all": ["quizzes/places.css"]}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.locale_id and "sources" in self.fields:
            self.fields["sources"].queryset = self.fields["sources"].queryset.filter(locale=self.instance.locale_id)
        if "topic" in self.fields:
            offer_topics(self.fields["topic"], locale=self.instance.locale_id)
        if self.instance.locale_id and "case" in self.fields:
            self.fields["case"].queryset = self.fields["case"].queryset.filter(locale=self.instance.locale_id)
        if self.instance.locale_id and "act" in self.fields:
            acts = self.fields["act"].queryset.filter(locale=self.instance.locale_id)
            self.fields["act"].queryset = acts.order_by("pk")
            self.fields["act"].label_from_instance = lambda act: Truncator(str(act)).chars(80)

    def clean_audiences(self):
        return [code for code in Audience.values if code in self.cleaned_data["audiences"]]

    def clean_lesson(self):
        lesson = self.cleaned_data["lesson"].strip()
        if lesson and not _TAUGHT.fullmatch(lesson):
            raise ValidationError(_NOT_TAUGHT)
        return lesson

    def clean(self):
        cleaned = super().clean()
        kind = KINDS.get(cleaned.get("kind"))
        if kind and "choices" in self.formsets:
            self._drop_what_is_not_used(kind)
        if "case" in self.fields:
            self._check_case(cleaned)
        if self.is_deferred_validation:
            return cleaned
        self._check_indispensable(cleaned)
        if "choices" in self.formsets:
            self._check_lessons_of_choices()
        if kind and "choices" in self.formsets:
            self._check_choices(kind, cleaned)
        if cleaned.get("image") and not cleaned.get("image_text", "").strip():
            self.add_error("image_text", _("Write what the image shows: whoever can’t see it has to answer too."))
        return cleaned

    @transaction.atomic
    def save(self, commit=True):
        if "choices" in self.formsets:
            self.adopt_autosaved_rows()
            self._name_new_choices()
        return super().save(commit=commit)

    def _check_case(self, cleaned):
        case = cleaned.get("case")
        if sentence := find_no_room(case, self.instance):
            self.add_error("case", sentence)
        elif case is None:
            cleaned["case_place"] = None
        elif cleaned.get("case_place") is None:
            cleaned["case_place"] = last_place(case, besides=self.instance)

    def _check_indispensable(self, cleaned):
        if not cleaned.get("is_indispensable"):
            return
        if cleaned.get("kind") not in AUTO_MARKED:
            sentence = _("A person marks this kind of question, so it can’t be indispensable: nobody waits for that.")
            self.add_error("is_indispensable", sentence)
        elif not cleaned.get("act"):
            self.add_error("act", _("Who misses an indispensable question is asked another one of its act: choose it."))

    def _check_lessons_of_choices(self):
        for form in self.kept_forms("choices"):
            lesson = form.cleaned_data.get("lesson")
            if lesson and not _TAUGHT.fullmatch(lesson):
                form.add_error("lesson", _NOT_TAUGHT)

    def _drop_what_is_not_used(self, kind):
        for form in self.kept_forms("choices"):
            for field in _OF_SOME_KINDS:
                if field not in kind.choice_fields:
                    setattr(form.instance, field, None)
                    form.cleaned_data[field] = None

    def _check_choices(self, kind, cleaned):
        forms = self.kept_forms("choices")
        about = {"text": cleaned.get("text", ""), "has_image": bool(cleaned.get("image"))}
        for sentence in kind.check([form.instance for form in forms], **about):
            for form in forms:
                if any(form.instance is choice for choice in getattr(sentence, "choices", ())):
                    form.add_error(sentence.field, ValidationError(sentence))
            self.add_error(None, ValidationError(sentence))

    def _name_new_choices(self):
        forms = self.formsets["choices"].forms
        used = {form.instance.identifier for form in forms}
        # Letters are never reused: answers refer to them.
        letters = [
            letter for letter in string.ascii_lowercase if letter > max(used & set(string.ascii_lowercase), default="")
        ]
        for form in forms:
            if not form.instance.identifier and letters:
                form.instance.identifier = letters.pop(0)
                form.instance.translation_key = stable_key(f"{self.instance.identifier}/{form.instance.identifier}")
