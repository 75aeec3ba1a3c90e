"""Shapes of topics, competencies, cases, questions and quizzes."""

import re

from django.utils.translation import gettext as _

from quizzes.base.job_roles import Audience, Pool
from quizzes.kinds import AUTO_MARKED, KINDS
from quizzes.models import Choice
from quizzes.models.bank import Difficulty
from quizzes.models.quiz import CountingAttempt, FeedbackTime, Layout

from .shapes import (
    Either,
    Flag,
    Identifier,
    Key,
    Lines,
    LinesWithGaps,
    ListOf,
    Moment,
    Number,
    OneOf,
    Plain,
    Record,
    Reference,
    Taught,
    Text,
    Whole,
    line_of,
    nodes_of,
)

IMAGE = r"[a-z0-9]+(-[a-z0-9]+)*\.(png|jpg|gif|webp)"
PLACE = ("x", "y", "radius")


def _check_question(question, node, report):
    kind, choices, nodes = KINDS[question["kind"]], question.get("choices", []), nodes_of(node, "choices")
    line = line_of(node, "choices")
    about = {"text": question["text"], "has_image": "image" in question}
    for sentence in kind.check([_as_choice(choice) for choice in choices], **about):
        report.add(line, sentence)
    ids = [choice["id"] for choice in choices]
    for position, (choice, choice_node) in enumerate(zip(choices, nodes, strict=True)):
        if choice["id"] in ids[:position]:
            sentence = _("The choice “%(id)s” stands twice in this question. Give one another id.")
            report.add(choice_node.line, sentence % {"id": choice["id"]})
        if "match" in choice and "match" not in kind.choice_fields:
            report.add(line_of(choice_node, "match"), _("Only a matching question has “match”. Take it out."))
        for name in ("gap", *PLACE):
            if name in choice and name not in kind.choice_fields:
                sentence = _("In a question of this kind no choice has “%(key)s”. Take it out.")
                report.add(line_of(choice_node, name), sentence % {"key": name})
        if choice.get("correct") and "is_correct" not in kind.choice_fields:
            sentence = _("In a question of this kind no choice has “correct”. Take it out.")
            report.add(line_of(choice_node, "correct"), sentence)
    if question.get("indispensable"):
        _check_indispensable(question, line_of(node, "indispensable"), report)
    # Choices from other systems have letters as ids.
    if kind.name == "true_false" and ids not in (["verdadero", "falso"], ["a", "b"]):
        report.add(line, _("The choices of a true_false question have the ids verdadero and falso, in this order."))


def _check_indispensable(question, line, report):
    if question["kind"] not in AUTO_MARKED:
        report.add(line, _("A person marks this kind of question, so it can’t be indispensable. Take the line out."))
    if "act" not in question:
        report.add(line, _("Who misses an indispensable question is asked another one of its act. Add “act”."))


def _as_choice(choice):
    return Choice(
        text=choice.get("text", ""),
        match=choice.get("match", ""),
        feedback=choice.get("feedback", ""),
        gap=choice.get("gap"),
        **{name: choice.get(name) for name in PLACE},
        is_correct=choice.get("correct", False),
        fraction=choice.get("percent"),
        tolerance=choice.get("tolerance"),
    )


def _check_case(case, node, report):
    if not case.keys() & {"text", "dialogue", "image"}:
        report.add(node.line, _("A case tells something: write “text”, “dialogue” or “image”."))
    if "image" in case and "image_text" not in case:
        report.add(line_of(node, "image"), _("Write what the image shows, as “image_text”."))


def _check_quiz(quiz, node, report):
    if not quiz.get("questions") and not quiz.get("draws"):
        report.add(node.line, _("A quiz has questions of its own, or draws them from topics. Write one of the two."))
    _check_pools(quiz, node, report)
    for question, question_node in list(zip(quiz.get("questions", []), nodes_of(node, "questions"), strict=True))[:-1]:
        if question.get("kind") == "reflection":
            report.add(question_node.line, _("A reflection closes its quiz. Put it last."))


def _check_pools(quiz, node, report):
    draws, questions = quiz.get("draws", []), quiz.get("questions", [])
    from_own = [place for place, draw in enumerate(draws) if "topic" not in draw]
    if from_own and not questions:
        line = nodes_of(node, "draws")[from_own[0]].line
        report.add(line, _("A draw without “topic” draws from the quiz’s own questions, and it has none."))
    if from_own and "questions_drawn" in quiz:
        sentence = _("A draw says how many of the quiz’s own questions are asked. Take “questions_drawn” out.")
        report.add(line_of(node, "questions_drawn"), sentence)
    if from_own or any("pool" in draw for draw in draws):
        for question, question_node in zip(questions, nodes_of(node, "questions"), strict=True):
            if question.get("kind") == "reflection":
                sentence = _("What counts asks for no reflection any more. Put it into a lesson, as a block.")
                report.add(question_node.line, sentence)


def check_topics(course, node, report):
    parents = {topic["id"]: topic.get("part_of") for topic in course.get("topics", [])}
    for identifier, topic_node in zip(parents, nodes_of(node, "topics"), strict=False):
        above, seen = parents[identifier], {identifier}
        while above and above not in seen:
            seen.add(above)
            above = parents.get(above)
        if above == identifier:
            sentence = _("The topic “%(id)s” is part of itself. Correct “part_of”.")
            report.add(topic_node.line, sentence % {"id": identifier})


def source_order(identifier):
    """Return the sort key of a source number: S7 before S42 before S42a."""
    number = re.search(r"\d+", identifier)
    return int(number.group()) if number else 0, identifier


SOURCES = ListOf(Reference("source", r"S\d+[a-z]?"), distinct=True, order=source_order)

TOPIC = Record(
    [Key("id", Identifier("topic")), Key("name", Plain(120)), Key("part_of", Reference("topic"), optional=True)]
)

NAMED = r"[A-Za-z0-9]+([-_.][A-Za-z0-9]+)*"

ACT = Record(
    [
        Key("id", Identifier("act", NAMED, limit=40, example="M3-C1")),
        Key("text", Plain(300)),
        Key("core", Flag(), optional=True),
    ]
)

CHOICE = Record(
    [
        Key("id", Identifier("", r"[a-z0-9]+(-[a-z0-9]+)*", limit=40, example="a")),
        Key("gap", Whole(1, 99), optional=True),
        Key("text", Lines(), optional=True),
        Key("match", Lines(), optional=True),
        *(Key(name, Number(0, 100, places=3), optional=True) for name in PLACE),
        Key("correct", Flag(), optional=True),
        Key("percent", Number(-100, 100, places=5), optional=True),
        Key("tolerance", Number(0, 10**12, places=8), optional=True),
        Key("feedback", Lines(), optional=True),
        Key("lesson", Taught(), optional=True),
    ]
)

CASE = Record(
    [
        Key("id", Identifier("case", NAMED, limit=40, example="M1-C1")),
        Key("title", Plain(120)),
        Key("text", Lines(), optional=True),
        Key("dialogue", Lines(), optional=True),
        Key("image", Reference("image", IMAGE), optional=True),
        Key("image_text", Plain(300), optional=True),
    ],
    check=_check_case,
)

QUESTION = Record(
    [
        Key("id", Identifier("question", NAMED, limit=40, example="M1-Q1")),
        Key("kind", OneOf(list(KINDS))),
        Key("case", Reference("case", NAMED), optional=True),
        Key("case_place", Whole(1, 99), optional=True),
        Key("topic", Reference("topic"), optional=True),
        Key("difficulty", OneOf(Difficulty.values), optional=True),
        Key("tags", ListOf(Plain(100), distinct=True, order=str), optional=True),
        Key("act", Reference("act", NAMED), optional=True),
        Key("roles", ListOf(OneOf(Audience.values), distinct=True, order=Audience.values.index), optional=True),
        Key("indispensable", Flag(), optional=True),
        Key("lesson", Taught(), optional=True),
        Key("text", LinesWithGaps()),
        Key("image", Reference("image", IMAGE), optional=True),
        Key("image_text", Plain(300), optional=True),
        Key("points", Whole(1, 100, usual=1), optional=True),
        Key("unit", Plain(40), optional=True),
        Key("capitals_matter", Flag(), optional=True),
        Key("accents_matter", Flag(), optional=True),
        Key("choices", ListOf(CHOICE), optional=True),
        Key("feedback", Lines(), optional=True),
        Key("right_feedback", Lines(), optional=True),
        Key("partly_feedback", Lines(), optional=True),
        Key("wrong_feedback", Lines(), optional=True),
        Key("marking_guide", Lines(), optional=True),
        Key("sources", SOURCES, optional=True),
        Key("verify", Flag(), optional=True),
    ],
    check=_check_question,
)

DRAW = Record(
    [
        Key("topic", Reference("topic"), optional=True),
        Key("pool", OneOf([Pool.CORE.value, Pool.OWN.value]), optional=True),
        Key("only_this_topic", Flag(), optional=True),
        Key("difficulty", OneOf(Difficulty.values), optional=True),
        Key("count", Whole()),
    ]
)

BAND = Record([Key("from", Whole(0, 100)), Key("text", Lines())])

QUIZ_KEYS = [
    Key("id", Identifier("quiz", r"[A-Z0-9]+(-[A-Z0-9]+)*", limit=40, example="M1")),
    Key("title", Plain(200)),
    Key("topic", Reference("topic"), optional=True),
    Key("intro", Text(), optional=True),
    Key("warning", Lines(), optional=True),
    Key("pass_mark", Whole(1, 100)),
    Key("questions_drawn", Whole(), optional=True),
    Key("keep_option_order", Flag(), optional=True),
    Key("shuffle_questions", Flag(), optional=True),
    Key("attempts_allowed", Whole(), optional=True),
    Key("wait_minutes", Whole(0, 999_999, usual=0), optional=True),
    Key("counting_attempt", OneOf(CountingAttempt.values, usual=CountingAttempt.BEST), optional=True),
    Key("feedback_time", OneOf(FeedbackTime.values, usual=FeedbackTime.END), optional=True),
    Key("opens_at", Moment(), optional=True),
    Key("closes_at", Moment(), optional=True),
    Key("time_limit", Whole(), optional=True),
    Key("grace_seconds", Whole(0, usual=60), optional=True),
    Key("layout", OneOf(Layout.values, usual=Layout.ONE), optional=True),
    Key("exam", Flag(), optional=True),
    Key("asks_certainty", Flag(), optional=True),
    Key("passed_text", Lines(), optional=True),
    Key("not_passed_text", Lines(), optional=True),
    Key("bands", ListOf(BAND), optional=True),
    Key("draws", ListOf(DRAW), optional=True),
]
QUIZ_RULES = Record(QUIZ_KEYS)

_ENTRY = Either("same_as", QUESTION, Record([Key("same_as", Reference("question"))]))
QUIZ = Record([*QUIZ_KEYS, Key("questions", ListOf(_ENTRY), optional=True)], check=_check_quiz)
