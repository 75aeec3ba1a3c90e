"""Fills cases, questions and quizzes from content files, unpublished."""

from datetime import datetime

from taggit.models import Tag

from modules.content.writing.bank import choice_ids
from quizzes.base.identifiers import stable_key
from quizzes.models import Choice, QuizDraw, QuizQuestion, ScoreBand
from quizzes.models.bank import QuestionTag
from quizzes.models.quiz import CountingAttempt, FeedbackTime, Layout

_QUESTION_TEXTS = (
    *("difficulty", "lesson", "image_text", "unit", "marking_guide"),
    *("feedback", "right_feedback", "partly_feedback", "wrong_feedback"),
)
_QUIZ_FIELDS = {
    "intro": "",
    "questions_drawn": None,
    "shuffle_questions": False,
    "attempts_allowed": None,
    "wait_minutes": 0,
    "counting_attempt": CountingAttempt.BEST,
    "feedback_time": FeedbackTime.END,
    "time_limit": None,
    "grace_seconds": 60,
    "layout": Layout.ONE,
    "asks_certainty": False,
    "passed_text": "",
    "not_passed_text": "",
}


def fill_case(case, value, rows):
    case.title = value["title"]
    for name in ("text", "dialogue", "image_text"):
        setattr(case, name, value.get(name, ""))
    case.image = rows.get(f"image:{value.get('image')}")
    return case


def fill_question(question, value, rows):
    question.kind = value["kind"]
    question.case = rows.get(f"case:{value.get('case')}")
    question.case_place = value.get("case_place")
    question.topic = rows.get(f"topic:{value.get('topic')}")
    question.act = rows.get(f"act:{value.get('act')}")
    question.audiences = value.get("roles", [])
    question.is_indispensable = value.get("indispensable", False)
    question.text = value["text"]
    for name in _QUESTION_TEXTS:
        setattr(question, name, value.get(name, ""))
    question.image = rows.get(f"image:{value.get('image')}")
    question.marks = value.get("points", 1)
    question.forgives_case = not value.get("capitals_matter", False)
    question.forgives_accents = not value.get("accents_matter", False)
    question.needs_checking = value.get("verify", False)
    present = list(question.choices.all()) if question.pk else []
    known = dict(zip(choice_ids(present), present, strict=True))
    question.choices = [
        _filled_choice(known.get(choice["id"]), position, choice, question)
        for position, choice in enumerate(value.get("choices", []))
    ]
    question.sources = sources_of(value, rows)
    _give_tags(question, value.get("tags", []))
    return question


def _filled_choice(choice, position, value, question):
    if choice is None:
        key = stable_key(f"{question.identifier}/{value['id']}")
        choice = Choice(locale=question.locale, translation_key=key)
    choice.identifier = value["id"]
    choice.sort_order = position
    choice.text = value.get("text", "")
    choice.match = value.get("match", "")
    for name in ("gap", "x", "y", "radius"):
        setattr(choice, name, value.get(name))
    choice.is_correct = value.get("correct", False)
    choice.fraction = value.get("percent")
    choice.tolerance = value.get("tolerance")
    choice.feedback = value.get("feedback", "")
    choice.lesson = value.get("lesson", "")
    return choice


def _give_tags(question, names):
    present = {item.tag.name: item for item in question.tagged_items.all()} if question.pk else {}
    if set(present) == set(names):
        return
    question.tagged_items = [
        present.get(name) or QuestionTag(tag=Tag.objects.get_or_create(name=name)[0]) for name in names
    ]


def fill_quiz(quiz, value, rows):
    quiz.title = value["title"]
    quiz.topic = rows.get(f"topic:{value.get('topic')}")
    quiz.pass_mark = value["pass_mark"]
    for name, usual in _QUIZ_FIELDS.items():
        setattr(quiz, name, value.get(name, usual))
    quiz.shuffle_options = not value.get("keep_option_order", False)
    quiz.is_exam = value.get("exam", False)
    for name in ("opens_at", "closes_at"):
        setattr(quiz, name, datetime.fromisoformat(value[name]) if name in value else None)
    if not quiz.pk or not quiz.modules.exists():
        quiz.warning = value.get("warning", "")
    present = {entry.question.identifier: entry for entry in quiz.entries.all()} if quiz.pk else {}
    quiz.entries = [
        _placed(present.get(identifier), position, identifier, quiz, rows[identifier])
        for position, identifier in enumerate(value["questions"])
        if identifier in rows
    ]
    quiz.draws = [_draw(quiz, place, draw, rows) for place, draw in enumerate(value.get("draws", []))]
    quiz.bands = [_band(quiz, place, band) for place, band in enumerate(value.get("bands", []))]
    return quiz


def _placed(entry, position, identifier, quiz, question):
    if entry is None:
        key = stable_key(f"quiz:{quiz.identifier.upper()}/{identifier}")
        entry = QuizQuestion(locale=quiz.locale, translation_key=key, question=question)
    entry.sort_order = position
    return entry


def _draw(quiz, place, value, rows):
    return QuizDraw(
        locale=quiz.locale,
        translation_key=stable_key(f"quiz:{quiz.identifier.upper()}/draw:{place}"),
        sort_order=place,
        topic=rows.get(f"topic:{value.get('topic')}"),
        pool=value.get("pool", ""),
        with_subtopics=not value.get("only_this_topic", False),
        difficulty=value.get("difficulty", ""),
        count=value["count"],
    )


def _band(quiz, place, value):
    return ScoreBand(
        locale=quiz.locale,
        translation_key=stable_key(f"quiz:{quiz.identifier.upper()}/band:{place}"),
        sort_order=place,
        from_percent=value["from"],
        text=value["text"],
    )


def sources_of(value, rows):
    return [rows[f"source:{identifier}"] for identifier in value.get("sources", []) if f"source:{identifier}" in rows]
