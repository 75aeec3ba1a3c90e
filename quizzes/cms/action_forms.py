"""Forms of the bulk actions on questions."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from taggit.forms import TagField
from taggit.models import Tag

from quizzes.bank.changes import find_unpublishable
from quizzes.bank.topic_tree import offer_topics
from quizzes.base.identifiers import BoundedKeysMixin
from quizzes.exporting.formats import FORMATS
from quizzes.models import Topic

MOST_TOLD = 10


class QuestionsForm(forms.Form):
    def __init__(self, *args, questions, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = questions


class MoveForm(QuestionsForm):
    topic = forms.ModelChoiceField(label=_("Topic"), queryset=Topic.objects.none())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.languages = {question.locale_id for question in self.questions}
        field = self.fields["topic"]
        field.queryset = Topic.objects.all()
        field.error_messages["invalid_choice"] = _("Choose a topic in the language of the questions.")
        if len(self.languages) == 1:
            offer_topics(field, locale=min(self.languages))

    def clean(self):
        if len(self.languages) > 1:
            raise ValidationError(_("These questions are in several languages. Choose those of one language."))
        return super().clean()


class TagsToRemove(BoundedKeysMixin, forms.ModelMultipleChoiceField):
    pass


class TagForm(QuestionsForm):
    add = TagField(label=_("Add tags"), required=False, help_text=_("Short words, with commas between them."))
    remove = TagsToRemove(
        label=_("Remove tags"), queryset=Tag.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        pks = [question.pk for question in self.questions]
        tags = Tag.objects.filter(quizzes_questiontag_items__content_object__in=pks).distinct().order_by("name")
        self.fields["remove"].queryset = tags
        if not tags:
            del self.fields["remove"]

    def clean_add(self):
        names = self.cleaned_data["add"]
        if any(len(name) > 100 for name in names):
            raise ValidationError(_("A tag has at most 100 letters."))
        return names

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned.get("add") and not cleaned.get("remove"):
            raise ValidationError(_("Write a tag to add, or choose one to remove."))
        return cleaned


class PublishForm(QuestionsForm):
    def clean(self):
        found = list(find_unpublishable(self.questions))
        for question, sentence in found[:MOST_TOLD]:
            self.add_error(None, f"{question.identifier}: {sentence}")
        if len(found) > MOST_TOLD:
            self.add_error(None, ValidationError(_("And %(n)d more like these."), params={"n": len(found) - MOST_TOLD}))
        return super().clean()


class ExportForm(QuestionsForm):
    format_name = forms.ChoiceField(
        label=_("Format"),
        choices=lambda: [(name, module.label) for name, module in FORMATS.items()],
        widget=forms.RadioSelect,
        help_text=_("The spreadsheet holds the most; it can be imported here again."),
    )
    knows_losses = forms.BooleanField(required=False, widget=forms.HiddenInput)
