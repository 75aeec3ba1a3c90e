"""Where a question or a topic of the bank is used: in a quiz itself, by a draw from its topic, or in a draft."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from quizzes.attempts.drawing import topics_below
from quizzes.models import Answer, Quiz, QuizDraw, QuizQuestion


@dataclass(frozen=True)
class Use:
    """A quiz that may ask a question: `how` is `asked`, `drawn` or `draft`, the last not yet published."""

    quiz: Quiz
    how: str
    topic: str = ""

    @property
    def by_chance(self):
        """Whether some attempts are asked it and others not."""
        return self.how == "drawn" or self.quiz.questions_drawn is not None

    @property
    def sentence(self):
        if self.how == "drawn":
            return _("Drawn by chance from the topic «%(topic)s»") % {"topic": self.topic}
        if self.how == "draft":
            return _("In changes that are not published yet")
        if self.by_chance:
            return _("One of its own, of which each attempt draws some")
        return _("Asked in every attempt")


def find_uses(questions):
    """Return {pk: [Use]} of questions, in as many queries for one as for a thousand."""
    uses = find_uses_now(questions)
    drafts = list(_read_drafts())
    for question in questions:
        own = uses[question.pk]
        seen = {use.quiz.pk for use in own}
        own += [Use(quiz, "draft") for quiz, asked, _topics in drafts if question.pk in asked and quiz.pk not in seen]
    return uses


def find_uses_now(questions):
    """Return {pk: [Use]} of questions in the quizzes as they are published: those that draw it by chance come last."""
    uses = {question.pk: [] for question in questions}
    for entry in QuizQuestion.objects.filter(question__in=uses).select_related("quiz").order_by("quiz__identifier"):
        uses[entry.question_id].append(Use(entry.quiz, "asked"))
    draws = _read_draws()
    for question in questions:
        drawn = [Use(draw.quiz, "drawn", draw.topic.name) for draw, topics in draws if _draws(draw, topics, question)]
        uses[question.pk] += drawn
    return uses


def is_used():
    """Return the condition (a Q) that holds for the questions that `find_uses` finds in a quiz."""
    condition = Q(pk__in=QuizQuestion.objects.values("question"))
    for draw, topics in _read_draws():
        drawn = Q(live=True, locale=draw.quiz.locale_id, topic__in=topics)
        condition |= drawn & Q(difficulty=draw.difficulty) if draw.difficulty else drawn
    return condition | Q(pk__in={pk for _quiz, asked, _topics in _read_drafts() for pk in asked})


def quizzes_with_topic(topic):
    """Return the quizzes that are about a topic or draw from it itself, published or in a draft, each once."""
    found = Quiz.objects.filter(Q(topic=topic) | Q(draws__topic=topic)).order_by("identifier").distinct()
    drafts = [quiz for quiz, _asked, topics in _read_drafts() if topic.pk in topics]
    return list(dict.fromkeys([*found, *drafts]))


def count_answered(question):
    """Return how many attempts, in any language, hold an answer to a question."""
    return Answer.objects.filter(question_key=question.translation_key).count()


def _read_draws():
    """Return [(QuizDraw, the topics it draws from)]."""
    draws, below = list(QuizDraw.objects.select_related("quiz", "topic").order_by("quiz__identifier", "pk")), {}
    for locale in {draw.quiz.locale_id for draw in draws}:
        below |= topics_below(locale)
    return [
        (draw, below.get(draw.topic_id, {draw.topic_id}) if draw.with_subtopics else {draw.topic_id}) for draw in draws
    ]


def _draws(draw, topics, question):
    return (
        question.live
        and question.locale_id == draw.quiz.locale_id
        and question.topic_id in topics
        and draw.difficulty in ("", question.difficulty)
    )


def _read_drafts():
    """Yield (quiz, questions, topics) of the quizzes with unpublished changes, as keys: what these would ask."""
    for quiz in Quiz.objects.filter(has_unpublished_changes=True).select_related("latest_revision"):
        content = quiz.latest_revision.content if quiz.latest_revision else {}
        asked = {entry["question"] for entry in content.get("entries", [])}
        yield quiz, asked, {content.get("topic"), *(draw["topic"] for draw in content.get("draws", []))}
