"""Topics as a tree, for lists, fields and filters."""

from django.conf import settings

from quizzes.models import Topic

# Em space: browsers keep it in options.
_STEP = "\u2003"


def walk_topics(*, locale=None):
    """Return [(Topic, depth)] in one query: each topic followed by its subtopics; cycles come last."""
    topics = Topic.objects.select_related("locale").order_by("locale_id", "name", "pk")
    topics = list(topics if locale is None else topics.filter(locale=locale))
    found, parts = {topic.pk for topic in topics}, {}
    for topic in topics:
        parts.setdefault(topic.parent_id if topic.parent_id in found else None, []).append(topic)
    walked, waiting = {}, [(topic, 0) for topic in reversed(parts.get(None, []))]
    while waiting:
        topic, depth = waiting.pop()
        walked[topic.pk] = (topic, depth)
        waiting += [(part, depth + 1) for part in reversed(parts.get(topic.pk, []))]
    return [*walked.values(), *((topic, 0) for topic in topics if topic.pk not in walked)]


def indent(text, depth):
    return f"{_STEP * depth}{text}"


def topic_choices(*, locale=None):
    """Return the topics as indented choices of a field; without `locale`, those of every language."""
    return [(topic.pk, indent(_label(topic), depth)) for topic, depth in walk_topics(locale=locale)]


def offer_topics(field, *, locale=None, without=()):
    _offer(field, [(pk, label) for pk, label in topic_choices(locale=locale) if pk not in without])


def offer_topics_in_rows(formset, *, locale=None):
    """Offer topics in the field `topic` of every form in a formset, in one query."""
    choices = topic_choices(locale=locale)

    class RowForm(formset.form):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            _offer(self.fields["topic"], choices)

    formset.form = RowForm


def _offer(field, choices):
    field.queryset = field.queryset.filter(pk__in=[pk for pk, _label in choices])
    field.choices = [("", field.empty_label), *choices]


def _label(topic):
    language = topic.locale.language_code
    return topic.name if language == settings.LANGUAGE_CODE else f"{topic.name} ({language})"
