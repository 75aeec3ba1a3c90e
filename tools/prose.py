"""What people read of a quiz or the survey, as plain passages, as its file has it."""

from modules.text.prose import lines_of, lines_of_markdown, passages_of_lesson


def passages_of_questions(questions):
    """Return the passages of questions as their quiz's file has them; one named by `same_as` counts where it stands."""
    passages = []
    for question in questions:
        passages += lines_of(question, "text")
        for choice in question.get("choices", []):
            passages += lines_of(choice, "text", "match", "feedback")
        passages += lines_of(question, "feedback", "right_feedback", "partly_feedback", "wrong_feedback")
    return passages


def passages_of_quiz(quiz):
    """Return the passages of a quiz as its file has it."""
    return lines_of_markdown(quiz.get("intro", "")) + passages_of_questions(quiz["questions"])


def passages_of_survey(survey):
    """Return the passages of the survey as its file has it: its statements, and the answers of its scales."""
    passages = [
        passage for theme in survey["themes"] for one in theme["statements"] for passage in lines_of(one, "text")
    ]
    return passages + [
        passage for scale in survey["scales"] for one in scale["options"] for passage in lines_of(one, "label")
    ]


def passages_of_piece(piece):
    """Return the passages of a lesson, a quiz or the survey, as its file has it."""
    if "themes" in piece:
        return passages_of_survey(piece)
    return passages_of_quiz(piece) if "questions" in piece else passages_of_lesson(piece)
