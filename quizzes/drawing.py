"""Drawing a paper: everything an attempt needs, frozen, so that later edits change nothing of it."""

from .exceptions import EmptyQuiz
from .kinds import KINDS
from .models import Question
from .scoring import scored_items
from .sources import freeze_sources


def draw_paper(quiz, *, chance):
    """Return the paper (JSON) of a quiz: its texts, rules, questions in order with their options, and their sources.

    Questions that are not published are left out. Raises EmptyQuiz when nothing that counts remains.
    """
    questions = (
        Question.objects.filter(entries__quiz=quiz, live=True)
        .order_by("entries__sort_order", "entries__pk")
        .prefetch_related("choices", "sources")
    )
    paper = freeze_quiz(quiz, questions, chance=chance)
    if not scored_items(paper):
        raise EmptyQuiz
    return paper


def freeze_quiz(quiz, questions, *, chance):
    """Return the paper of these questions, whatever they are; used for a preview too."""
    items = [KINDS[question.kind].freeze(question, chance, shuffle=quiz.shuffle_options) for question in questions]
    return {
        "quiz": str(quiz.translation_key),
        "identifier": quiz.identifier,
        "language": quiz.locale.language_code,
        "title": quiz.title,
        "intro": quiz.intro,
        "warning": quiz.warning,
        "pass_mark": quiz.pass_mark,
        "total": sum(item["marks"] for item in items),
        "questions": items,
        "sources": freeze_sources(items, quiz.locale_id),
    }
