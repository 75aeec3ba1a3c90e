"""Topics as a tree: each under the one it is part of, in lists, in fields to choose from and in filters."""

from django.conf import settings

from quizzes.models import Topic

# A space that browsers keep: three steps are seen in a list and in a field to choose from.
_STEP = "\u2003"


def walk_topics(*, locale=None):
    """Return [(Topic, depth)] of a language, or of all: each topic followed by its parts, by name. One query.

    Topics that somebody made part of themselves come at the end, as if they were part of nothing.
    """
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
    """Return a text moved to the right by the depth of its topic."""
    return f"{_STEP * depth}{text}"


def topic_choices(*, locale=None):
    """Return the topics as choices of a field, indented; those of another language say which."""
    return [(topic.pk, indent(_label(topic), depth)) for topic, depth in walk_topics(locale=locale)]


def offer_topics(field, *, locale=None, without=()):
    """Let a ModelChoiceField offer the topics of a language as a tree, but for those in `without`."""
    _offer(field, [(pk, label) for pk, label in topic_choices(locale=locale) if pk not in without])


def offer_topics_in_rows(formset, *, locale=None):
    """Let the field `topic` of every form in a formset do so, the one for new rows too. One query for all of them."""
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
