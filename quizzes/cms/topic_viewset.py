"""Topics in the Wagtail admin, as a tree."""

from django import forms
from django.db.models import Case, Count, Value, When
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, TitleFieldPanel

from quizzes.bank.admin_forms import IdentifiedForm
from quizzes.bank.topic_tree import indent, offer_topics, walk_topics
from quizzes.base.snippets import OutdatedTranslationsColumn
from quizzes.models import Question, Topic
from quizzes.models.pools import get_subtopics

from .formed_viewset import FormedSnippetViewSet, QuestionsColumn, SearchedIndexView


class TopicForm(IdentifiedForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.below = get_subtopics(self.instance.locale_id).get(self.instance.pk, set()) if self.instance.pk else set()
        if "parent" in self.fields:
            offer_topics(self.fields["parent"], locale=self.instance.locale_id, without=self.below)
            self.fields["parent"].error_messages["invalid_choice"] = _(
                "Choose a topic of the same language that is neither this one nor a part of it."
            )


class TopicIndexView(SearchedIndexView):
    """A tree; sorted by a column or searched, a plain list."""

    default_ordering = "tree"

    @cached_property
    def tree(self):
        return {topic.pk: (place, depth) for place, (topic, depth) in enumerate(walk_topics())}

    def get_valid_orderings(self):
        return [*super().get_valid_orderings(), "tree"]

    def order_queryset(self, queryset):
        if self.ordering != "tree":
            return super().order_queryset(queryset)
        places = [When(pk=pk, then=Value(place)) for pk, (place, _depth) in self.tree.items()]
        return queryset.order_by(Case(*places, default=Value(len(places)))) if places else queryset.order_by("name")

    def get_table(self, object_list):
        topics, below = list(object_list), {}
        own = dict(Question.objects.order_by().values("topic").annotate(n=Count("pk")).values_list("topic", "n"))
        for locale in {topic.locale_id for topic in topics}:
            below |= get_subtopics(locale)
        is_tree = self.ordering == "tree" and not self.is_searching
        for topic in topics:
            topic.indented = indent(topic.name, self.tree[topic.pk][1] if is_tree else 0)
            topic.question_count = sum(own.get(pk, 0) for pk in below[topic.pk])
        return super().get_table(topics)

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("parent")

    @cached_property
    def columns(self):
        box, name, *others = super().columns
        name.accessor = "indented"
        return [box, name, *others]


class TopicViewSet(FormedSnippetViewSet):
    model = Topic
    icon = "tag"
    menu_label = _("Topics")
    base_form_class = TopicForm
    index_view_class = TopicIndexView
    list_display = [
        "name",
        "identifier",
        "parent",
        QuestionsColumn("topic", label=_("Questions, with those of its sub-topics")),
        OutdatedTranslationsColumn(),
    ]
    list_per_page = 100
    ordering = "tree"
    panels = [
        TitleFieldPanel("name", targets=["identifier"], help_text=_("What questions are about, in a few words.")),
        FieldPanel("identifier", help_text=_("Files refer to it; it stays the same for ever.")),
        FieldPanel("parent", widget=forms.Select, help_text=_("Only for a part of a larger topic.")),
    ]
