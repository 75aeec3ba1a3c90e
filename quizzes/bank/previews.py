"""What an editor sees of a question or quiz before it is published: the participant's own page, of a paper not kept."""

import random

from wagtail.models import Locale

from quizzes.answering.feedback import review_item
from quizzes.answering.fields import blank_field
from quizzes.answering.forms import prefix_of
from quizzes.attempts.drawing import freeze_quiz
from quizzes.attempts.images import add_images
from quizzes.attempts.scoring import scored_items
from quizzes.attempts.sources import freeze_sources
from quizzes.kinds import KINDS
from quizzes.models import Question, Quiz
from quizzes.shown import shows


@shows(Question, "preview")
def preview_question(question, mode):
    """Return the context of a question's preview; the mode `review` shows it answered rightly, with all feedback."""
    _give_language(question)
    kind = KINDS[question.kind]
    item = kind.freeze(question, random.Random(question.identifier))  # noqa: S311 - an order, not a secret
    add_images([item], [question])
    responses = {item["key"]: kind.right_response(item)} if mode == "review" else {}
    return {
        "field": blank_field(item),
        "language": question.locale.language_code,
        "reviewed": review_item(1, item, responses) if mode == "review" else None,
        "sources": freeze_sources([item], question.locale_id),
        "mistakes": list(kind.check(list(question.choices.all()))),
    }


@shows(Quiz, "preview")
def preview_quiz(quiz):
    """Return the context of a quiz's preview: its entry page and all of its questions, drafts included."""
    _give_language(quiz)
    questions = [entry.question for entry in quiz.entries.all()]
    chance = random.Random(quiz.identifier)  # noqa: S311 - an order, not a secret
    paper = freeze_quiz(quiz, questions, chance=chance)
    fields = [
        {"field": blank_field(item, prefix=prefix_of(item)), "is_draft": not question.live}
        for item, question in zip(paper["questions"], questions, strict=True)
    ]
    return {"quiz": quiz, "paper": paper, "fields": fields, "question_count": len(scored_items(paper))}


def _give_language(thing):
    """Something that was never saved has no language yet: then it is the site's own."""
    if thing.locale_id is None:
        thing.locale = Locale.get_default()
