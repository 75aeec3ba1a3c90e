"""A Reading as plain values and back: how it comes out of the process that read the file, and how it waits."""

from dataclasses import fields
from decimal import Decimal
from uuid import UUID

from .gift_answers import FALSE, TRUE
from .reading import Problem, ReadChoice, ReadImage, Reading, ReadQuestion, ReadQuiz

# Words that the file has not, in the language of the bank, which only whoever plans the import knows.
_LATER = {"true": TRUE, "false": FALSE}


def to_plain(reading):
    """Return a Reading as texts, numbers, lists, dictionaries and bytes; people's sittings stay out of it."""
    places = {id(question): place for place, question in enumerate(reading.questions)}
    return {
        "questions": [_question_to_plain(question) for question in reading.questions],
        "problems": [_shallow(problem) for problem in reading.problems],
        "warnings": [_shallow(warning) for warning in reading.warnings],
        "quizzes": [
            _shallow(quiz) | {"key": str(quiz.key), "questions": [places[id(one)] for one in quiz.questions]}
            for quiz in reading.quizzes
        ],
        "apart": reading.apart,
    }


def from_plain(plain):
    """Return the Reading of what `to_plain` returned; raises ValueError for anything else."""
    try:
        questions = [_question_from_plain(**question) for question in plain["questions"]]
        return Reading(
            questions,
            [Problem(**problem) for problem in plain["problems"]],
            [Problem(**warning) for warning in plain["warnings"]],
            [_quiz_from_plain(quiz, questions) for quiz in plain["quizzes"]],
            plain["apart"],
        )
    except (AttributeError, ArithmeticError, LookupError, TypeError) as error:
        raise ValueError("no reading") from error


def _shallow(thing):
    return {field.name: getattr(thing, field.name) for field in fields(thing)}


def _question_to_plain(question):
    return _shallow(question) | {
        "choices": [_choice_to_plain(choice) for choice in question.choices],
        "image": question.image and _shallow(question.image),
    }


def _choice_to_plain(choice):
    later = next((name for name, words in _LATER.items() if words is choice.text), None)
    return _shallow(choice) | {
        "text": {"later": later} if later else choice.text,
        "fraction": _number(choice.fraction),
        "tolerance": _number(choice.tolerance),
    }


def _number(value):
    return None if value is None else str(value)


def _question_from_plain(*, choices, image, topic, tags, **rest):
    return ReadQuestion(
        choices=[_choice_from_plain(**choice) for choice in choices],
        image=image and ReadImage(**image),
        topic=tuple(topic),
        tags=tuple(tags),
        **rest,
    )


def _choice_from_plain(*, text, fraction, tolerance, **rest):
    return ReadChoice(
        _LATER[text["later"]] if isinstance(text, dict) else text,
        fraction=None if fraction is None else Decimal(fraction),
        tolerance=None if tolerance is None else Decimal(tolerance),
        **rest,
    )


def _quiz_from_plain(plain, questions):
    own = {"key": UUID(plain["key"]), "topic": tuple(plain["topic"])}
    return ReadQuiz(**plain | own | {"questions": [questions[place] for place in plain["questions"]]})
