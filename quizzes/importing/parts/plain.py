"""Serialization of a Reading."""

from dataclasses import fields
from decimal import Decimal
from uuid import UUID

from .gift_answers import FALSE, TRUE
from .reading import Problem, ReadCase, ReadChoice, ReadImage, Reading, ReadQuestion, ReadQuiz

_LATER = {"true": TRUE, "false": FALSE}
_NUMBERS = ("fraction", "tolerance", "x", "y", "radius")


def to_plain(reading):
    places = {id(question): place for place, question in enumerate(reading.questions)}
    cases = {id(question.case): question.case for question in reading.questions if question.case}
    case_places = {key: place for place, key in enumerate(cases)} | {id(None): None}
    return {
        "cases": [_shallow(case) | {"image": case.image and _shallow(case.image)} for case in cases.values()],
        "questions": [
            _question_to_plain(question) | {"case": case_places[id(question.case)]} for question in reading.questions
        ],
        "problems": [_shallow(problem) for problem in reading.problems],
        "warnings": [_shallow(warning) for warning in reading.warnings],
        "quizzes": [
            _shallow(quiz) | {"key": str(quiz.key), "questions": [places[id(one)] for one in quiz.questions]}
            for quiz in reading.quizzes
        ],
    }


def from_plain(plain):
    """Inverse of `to_plain`; raises ValueError."""
    try:
        cases = [_case_from_plain(**case) for case in plain["cases"]]
        questions = [_question_from_plain(cases, **question) for question in plain["questions"]]
        return Reading(
            questions,
            [Problem(**problem) for problem in plain["problems"]],
            [Problem(**warning) for warning in plain["warnings"]],
            [_quiz_from_plain(quiz, questions) for quiz in plain["quizzes"]],
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
        **{name: _number(getattr(choice, name)) for name in _NUMBERS},
    }


def _number(value):
    return None if value is None else str(value)


def _case_from_plain(*, image, **rest):
    return ReadCase(image=image and ReadImage(**image), **rest)


def _question_from_plain(cases, *, choices, image, topic, tags, either, case, **rest):
    return ReadQuestion(
        case=None if case is None else cases[case],
        choices=[_choice_from_plain(**choice) for choice in choices],
        image=image and ReadImage(**image),
        topic=tuple(topic),
        tags=tuple(tags),
        either=tuple(either),
        **rest,
    )


def _choice_from_plain(*, text, **rest):
    numbers = {name: None if rest[name] is None else Decimal(rest[name]) for name in _NUMBERS}
    return ReadChoice(_LATER[text["later"]] if isinstance(text, dict) else text, **rest | numbers)


def _quiz_from_plain(plain, questions):
    own = {"key": UUID(plain["key"]), "topic": tuple(plain["topic"])}
    return ReadQuiz(**plain | own | {"questions": [questions[place] for place in plain["questions"]]})
