"""The form of a topic: part of another one of its language, and never of itself."""

from django.utils.translation import gettext_lazy as _

from quizzes.bank.admin_forms import IdentifiedForm
from quizzes.bank.topic_tree import offer_topics
from quizzes.models.pools import get_subtopics


class TopicForm(IdentifiedForm):
    """A topic. It is offered the topics of its language, but neither itself nor what is below it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.below = get_subtopics(self.instance.locale_id).get(self.instance.pk, set()) if self.instance.pk else set()
        if "parent" in self.fields:
            offer_topics(self.fields["parent"], locale=self.instance.locale_id, without=self.below)
            self.fields["parent"].error_messages["invalid_choice"] = _(
                "Choose a topic of the same language that is neither this one nor a part of it."
            )
