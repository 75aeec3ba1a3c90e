"""Filters of the list of questions."""

from django import forms
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, ChoiceFilter, ModelChoiceFilter, ModelMultipleChoiceFilter
from django_filters.fields import ModelMultipleChoiceField
from taggit.models import Tag
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.widgets import BooleanRadioSelect

from quizzes.bank.topic_tree import topic_choices
from quizzes.bank.usage import is_used
from quizzes.base.identifiers import BoundedKeysMixin
from quizzes.base.job_roles import Audience
from quizzes.models import Competency, Difficulty, Question, QuestionTag, Source, Stimulus, Topic
from quizzes.models.pools import get_subtopics

EVERYONE = "everyone"


class TopicFilter(ChoiceFilter):
    def __init__(self, **kwargs):
        super().__init__(choices=topic_choices, **kwargs)

    def filter(self, questions, value):
        topic = Topic.objects.filter(pk=value).first() if value else None
        return questions.filter(topic__in=get_subtopics(topic.locale_id)[topic.pk]) if topic else questions


class TagsField(BoundedKeysMixin, ModelMultipleChoiceField):
    pass


class TagsFilter(ModelMultipleChoiceFilter):
    field_class = TagsField


def used_filter():
    return ChoiceFilter(
        label=_("Use"),
        choices=[("used", _("Used in a quiz")), ("unused", _("Used in none"))],
        method="filter_used",
        empty_label=_("All"),
        widget=forms.RadioSelect,
    )


class QuestionFilterSet(WagtailFilterSet):
    topic = TopicFilter(label=_("Topic, with its sub-topics"), empty_label=_("All"))
    tags = TagsFilter(
        label=_("Tags"),
        queryset=lambda request: Tag.objects.filter(pk__in=QuestionTag.objects.values("tag")).order_by("name"),
        field_name="tags",
        widget=forms.CheckboxSelectMultiple,
    )
    difficulty = ChoiceFilter(
        label=_("Difficulty"), choices=Difficulty.choices, empty_label=_("All"), widget=forms.RadioSelect
    )
    sources = ModelChoiceFilter(label=_("Source"), queryset=Source.objects.order_by("pk"), empty_label=_("All"))
    act = ModelChoiceFilter(label=_("Act"), queryset=Competency.objects.order_by("pk"), empty_label=_("All"))
    audience = ChoiceFilter(
        label=_("For whom"),
        choices=[(EVERYONE, _("For everyone")), *Audience.choices],
        method="filter_audience",
        empty_label=_("All"),
        widget=forms.RadioSelect,
    )
    case = ModelChoiceFilter(label=_("Case"), queryset=Stimulus.objects.order_by("identifier"), empty_label=_("All"))
    used = used_filter()
    live = BooleanFilter(label=_("Published"), widget=BooleanRadioSelect)

    class Meta:
        model = Question
        fields = [
            "kind",
            "topic",
            "tags",
            "difficulty",
            "sources",
            "act",
            "audience",
            "is_indispensable",
            "case",
            "used",
            "needs_checking",
            "live",
        ]

    def filter_audience(self, questions, name, value):
        if value == EVERYONE:
            return questions.filter(audiences=[])
        # JSON lookups differ between databases; text does not.
        return questions.annotate(said=Cast("audiences", TextField())).filter(said__contains=f'"{value}"')

    def filter_used(self, questions, name, value):
        used = Question.objects.filter(is_used()).values("pk")
        return questions.filter(pk__in=used) if value == "used" else questions.exclude(pk__in=used)
