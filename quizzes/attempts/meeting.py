"""Which questions a person has met in a quiz: a retry asks others first."""

from quizzes.models import Attempt


def questions_met(learner, quiz_key):
    """Return {question key: place} of the questions on the learner's papers of a quiz, the higher the later met.

    What stands in for an indispensable one counts where the person was asked again. One query.
    """
    papers = Attempt.objects.filter(learner=learner).of_quiz(quiz_key).order_by("started_at", "pk")
    met = {}
    for place, (paper, second_at) in enumerate(papers.values_list("paper", "second_at"), start=1):
        spares = paper.get("spares", {}).values() if second_at else ()
        met |= {item["key"]: place for item in (*paper["questions"], *spares)}
    return met
