"""Topics in the Wagtail admin: a tree, with the number of questions in each."""

from django import forms
from django.db.models import Case, Count, Value, When
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, TitleFieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import IndexView

from quizzes.bank.search import find_by_words
from quizzes.bank.topic_tree import indent, walk_topics
from quizzes.base.snippets import OutdatedTranslationsColumn
from quizzes.models import Question, Topic
from quizzes.models.pools import get_subtopics

from .formed_viewset import FormedSnippetViewSet
from .topic_form import TopicForm


class QuestionsColumn(Column):
    """How many questions a topic and its parts hold, with a link to them."""

    cell_template_name = "quizzes/admin/questions_cell.html"

    def get_cell_context_data(self, instance, parent_context):
        address = f"{reverse(Question.snippet_viewset.get_url_name('list'))}?topic={instance.pk}"
        return super().get_cell_context_data(instance, parent_context) | {"address": address}


class TopicIndexView(IndexView):
    """The tree of topics; sorted by a column or searched, it is a plain list."""

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

    def search_queryset(self, queryset):
        return find_by_words(queryset, self.search_query)

    def get_table(self, object_list):
        topics, own = list(object_list), {}
        for row in Question.objects.order_by().values("topic").annotate(n=Count("pk")):
            own[row["topic"]] = row["n"]
        below = {}
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
        QuestionsColumn("question_count", label=_("Questions, with those of its sub-topics")),
        OutdatedTranslationsColumn(),
    ]
    list_per_page = 100
    ordering = "tree"
    panels = [
        TitleFieldPanel("name", targets=["identifier"], help_text=_("What questions are about, in a few words.")),
        FieldPanel("identifier", help_text=_("Files refer to it; it stays the same for ever.")),
        FieldPanel("parent", widget=forms.Select, help_text=_("Only for a part of a larger topic.")),
    ]
