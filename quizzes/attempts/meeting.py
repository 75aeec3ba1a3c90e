"""Which questions a person has met in a quiz: a retry asks others first."""

from uuid import UUID

from quizzes.models import Attempt

from .asking_again import items_of


def questions_met(learner, quiz_key):
    """Return {question key: place} of what the learner's papers of a quiz asked, the higher the later. One query."""
    papers = Attempt.objects.filter(learner=learner).of_quiz(quiz_key).order_by("started_at", "pk")
    met = {}
    for place, paper in enumerate(papers.values_list("paper", flat=True), start=1):
        met |= {item["key"]: place for item in items_of(paper)}
    return met


def keys_met(learner):
    """Return the keys of what the learner's papers asked, of whatever quiz. One query."""
    papers = Attempt.objects.filter(learner=learner).values_list("paper", flat=True)
    return {UUID(item["key"]) for paper in papers for item in items_of(paper)}
