"""Shapes of all content files: docs/reference/content-format.md as code."""

from django.utils.translation import gettext as _

from modules.blocks.base import DRAWINGS, ROLES
from modules.blocks.lessons import CALLOUTS
from modules.blocks.scenarios import ENDINGS, PLACES, RATINGS, find_ending_problem, find_problems
from modules.blocks.worksheets import MAX_ANSWERS, MAX_COLUMNS, MAX_LINES, MAX_ROWS, WIDTHS
from modules.labels import NEEDS
from modules.models import Review
from modules.models.snippets import MAX_PAGES, ORIENTATIONS

from .bank import ACT, CASE, NAMED, QUESTION, QUIZ, SOURCES, TOPIC, check_topics
from .shapes import (
    Address,
    Day,
    Flag,
    Identifier,
    Key,
    Line,
    ListOf,
    OneOf,
    Plain,
    Record,
    Reference,
    Tagged,
    Text,
    Whole,
    line_of,
    nodes_of,
)


def _words(choices):
    return [word for word, _label in choices]


def _check_role_tips(tips, node, report):
    if not tips:
        report.add(node.line, _("Write a tip for at least one role."))


def _check_scenario(scenario, node, report):
    steps_line = line_of(node, "steps")
    for step, step_node in zip(scenario["steps"], nodes_of(node, "steps"), strict=True):
        for choice, choice_node in zip(step["choices"], nodes_of(step_node, "choices"), strict=True):
            if not choice.get("next") and not choice.get("consequence"):
                report.add(choice_node.line, _("A choice that ends the scene needs its “consequence”. Add it."))
            if problem := find_ending_problem(choice):
                report.add(line_of(choice_node, "ending"), problem)
    graph = [
        {
            "name": step["name"],
            "choices": [{"text": choice["text"], "next": choice.get("next", "")} for choice in step["choices"]],
        }
        for step in scenario["steps"]
    ]
    for sentence in find_problems(graph):
        report.add(steps_line, sentence)


def _check_signatures(signatures, node, report):
    if not signatures.get("posts") and not signatures.get("rows"):
        report.add(node.line, _("Write who signs, or how many lines there are to sign."))


def _check_organisation(organisation, node, report):
    if ("checked_on" in organisation) != ("checked_by" in organisation):
        line = line_of(node, "checked_on" if "checked_on" in organisation else "checked_by")
        report.add(line, _("“checked_on” and “checked_by” go together. Write both, or take both out."))


LESSON_ID = r"M[1-9]\d?-L[1-9]\d?"

REVIEWS = [review.value for review in Review]

ROLE_TIPS = Record([Key(role, Line(), optional=True) for role in _words(ROLES)], check=_check_role_tips)

ROLE = Key("role", OneOf(_words(ROLES)), optional=True)

PRACTICE = Tagged(
    {
        "phrase": Record([ROLE, Key("moment", Line()), Key("words", Line())]),
        "pair_card": Record([ROLE, Key("line", Line()), Key("insists", Line())]),
        "moment": Record([ROLE, Key("text", Line())]),
        "act": Record([ROLE, Key("text", Line())]),
    }
)

MODULE = Record(
    [
        Key("id", Identifier("page", r"M[1-9]\d?", example="M1")),
        Key("number", Whole(1, 99)),
        Key("title", Plain(200)),
        Key("subtitle", Plain(200), optional=True),
        Key("summary", Plain(300), optional=True),
        Key("minutes", Whole(1, 600)),
        Key("lessons", ListOf(Identifier("", LESSON_ID, example="M1-L1"), distinct=True), optional=True),
        Key("warning", Plain(), optional=True),
        Key("notice", Line(), optional=True),
        Key("reviews", ListOf(OneOf(REVIEWS), distinct=True, order=REVIEWS.index), optional=True),
        Key("objectives", ListOf(Line()), optional=True),
        Key("key_messages", ListOf(Line()), optional=True),
        Key("role_tips", ROLE_TIPS, optional=True),
        Key("practice", ListOf(PRACTICE), optional=True),
    ]
)

CHOICE_OF_SCENARIO = Record(
    [
        Key("text", Line()),
        Key("rating", OneOf(_words(RATINGS))),
        Key("consequence", Line(), optional=True),
        Key("feedback", Line()),
        Key("next", Plain(), optional=True),
        Key("ending", OneOf(_words(ENDINGS)), optional=True),
        Key("cost", Flag(), optional=True),
        Key("their_side", Line(), optional=True),
    ]
)

STEP_OF_SCENARIO = Record(
    [
        Key("name", Plain()),
        Key("text", Line()),
        Key("speaker", Plain(), optional=True),
        Key("choices", ListOf(CHOICE_OF_SCENARIO, least=2)),
    ]
)

SCENARIO = Record(
    [
        Key("id", Identifier("scenario", r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", example="M1-E1")),
        Key("title", Plain()),
        Key("role", OneOf(_words(ROLES))),
        Key("warning", Plain(), optional=True),
        Key("act", Reference("act", NAMED), optional=True),
        Key("place", OneOf(_words(PLACES)), optional=True),
        Key("recordings", ListOf(Reference("recording"), distinct=True), optional=True),
        Key("steps", ListOf(STEP_OF_SCENARIO)),
    ],
    check=_check_scenario,
)

DO_AVOID_ROW = Record([Key("do", Line()), Key("avoid", Line()), Key("why", Line(), optional=True)])

BLOCKS = Tagged(
    {
        "text": Text(),
        "key_message": Line(),
        "role_tips": ROLE_TIPS,
        "do_avoid": Record(
            [
                Key("title", Plain(), optional=True),
                Key("rows", ListOf(DO_AVOID_ROW)),
            ]
        ),
        "figure": Record(
            [Key("drawing", OneOf(_words(DRAWINGS))), Key("alt", Plain()), Key("caption", Plain(), optional=True)]
        ),
        "checklist": Record([Key("title", Plain()), Key("items", ListOf(Line()))]),
        "callout": Record([Key("kind", OneOf(_words(CALLOUTS))), Key("title", Plain()), Key("text", Text())]),
        "directory": Record([Key("title", Plain()), Key("needs", ListOf(OneOf(_words(NEEDS)), distinct=True))]),
        "quiz": Reference("quiz"),
        "reflection": Record([Key("prompt", Line()), Key("feedback", Line(), optional=True)]),
        "scenario": SCENARIO,
        "printable": Reference("printable"),
        # Voices belong to the site, not to the files.
        "voice": Identifier("", example="omes-1"),
        "photo": Record(
            [Key("photo", Reference("photo")), Key("alt", Plain()), Key("caption", Plain(), optional=True)]
        ),
        "listen": Record([Key("title", Plain()), Key("recordings", ListOf(Reference("recording"), distinct=True))]),
        "film": Record([Key("film", Reference("film")), Key("caption", Plain(), optional=True)]),
    }
)

LESSON = Record(
    [
        Key("id", Identifier("page", LESSON_ID, example="M1-L1")),
        Key("title", Plain(200)),
        Key("minutes", Whole(1, 600)),
        Key("warning", Plain(), optional=True),
        Key("plain_language_reason", Plain(), optional=True),
        Key("body", ListOf(BLOCKS)),
    ]
)


def get_lesson_number(identifier):
    return int(identifier.partition("-L")[2])


COURSE = Record(
    [
        Key("id", Identifier("page", "COURSE", example="COURSE")),
        Key("title", Plain(200)),
        Key("subtitle", Plain(200), optional=True),
        Key("intro", Text(), optional=True),
        Key("minutes", Whole(1, 6000)),
        Key("close_to_me", Text(), optional=True),
        Key("topics", ListOf(TOPIC), optional=True),
    ],
    check=check_topics,
)

SOURCE = Record(
    [
        Key("id", Identifier("source", r"S\d+[a-z]?", limit=20, example="S42")),
        Key("title", Plain(300)),
        Key("publisher", Plain(300), optional=True),
        Key("year", Plain(40), optional=True),
        Key("address", Address(), optional=True),
    ]
)

TERM = Record(
    [
        Key("id", Identifier("term", r"[a-z0-9]+(-[a-z0-9]+)*")),
        Key("term", Plain(120)),
        Key("english", Plain(120), optional=True),
        Key("definition", Line()),
    ]
)

LANGUAGE_ENTRY = Record(
    [
        Key("id", Identifier("language", example="diga-01")),
        Key("say", Plain(200)),
        Key("avoid", Plain(200)),
        Key("why", Plain(200)),
    ]
)

ORGANISATION = Record(
    [
        Key("id", Identifier("organisation", example="omes")),
        Key("name", Plain(200)),
        Key("kind", Plain(200), optional=True),
        Key("needs", ListOf(OneOf(_words(NEEDS)), distinct=True)),
        Key("population", Plain(200), optional=True),
        Key("area", Plain(200), optional=True),
        Key("phone", Plain(40), optional=True),
        Key("website", Address(200), optional=True),
        Key("note", Line(), optional=True),
        Key("sources", SOURCES, optional=True),
        Key("checked_on", Day(), optional=True),
        Key("checked_by", Plain(120), optional=True),
    ],
    check=_check_organisation,
)

TITLE = Key("title", Plain(120), optional=True)

PARTS_OF_PRINTABLE = Tagged(
    {
        "text": Line(),
        "sentence": Line(),
        "blanks": Record([TITLE, Key("fields", ListOf(Plain(120)))]),
        "checklist": Record(
            [
                Key("answers", ListOf(Plain(30), most=MAX_ANSWERS, distinct=True)),
                Key("groups", ListOf(Record([Key("title", Plain(120)), Key("points", ListOf(Line()))]))),
            ]
        ),
        "numbered": Record([TITLE, Key("items", ListOf(Line()))]),
        "pairs": Record(
            [
                TITLE,
                Key("when", Plain(60)),
                Key("then", Plain(60)),
                Key("rows", ListOf(Record([Key("when", Line()), Key("then", Line())]))),
            ]
        ),
        "table": Record(
            [
                TITLE,
                Key(
                    "columns",
                    ListOf(Record([Key("title", Plain(120)), Key("width", OneOf(_words(WIDTHS)))]), most=MAX_COLUMNS),
                ),
                Key("rows", Whole(1, MAX_ROWS)),
                Key("lines", Whole(1, MAX_LINES)),
            ]
        ),
        "by_role": Record([TITLE, Key("roles", ROLE_TIPS)]),
        "agenda": Record([TITLE, Key("steps", ListOf(Record([Key("minutes", Whole(1, 600)), Key("text", Line())])))]),
        "signatures": Record(
            [
                TITLE,
                Key("posts", ListOf(Plain(60)), optional=True),
                Key("rows", Whole(1, MAX_ROWS), optional=True),
            ],
            check=_check_signatures,
        ),
        "note": Record([TITLE, Key("lines", ListOf(Line()))]),
    }
)

PRINTABLE = Record(
    [
        Key("id", Identifier("printable", r"[a-z0-9]+(-[a-z0-9]+)*", example="plan-de-accion")),
        Key("title", Plain(200)),
        Key("purpose", Plain(300)),
        Key("intro", Line(), optional=True),
        Key("orientation", OneOf(_words(ORIENTATIONS))),
        Key("pages", Whole(1, MAX_PAGES)),
        Key("body", ListOf(PARTS_OF_PRINTABLE)),
    ]
)

# {file with one list: (shape of an entry, kind of id)}
LISTS = {
    "sources.yaml": ("source", SOURCE),
    "glossary.yaml": ("term", TERM),
    "language.yaml": ("language", LANGUAGE_ENTRY),
    "directory.yaml": ("organisation", ORGANISATION),
    "printables.yaml": ("printable", PRINTABLE),
}

# Each of these files is optional.
BANK = {"acts.yaml": ACT, "cases.yaml": CASE, "questions.yaml": QUESTION, "quizzes.yaml": QUIZ}
