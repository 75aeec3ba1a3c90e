"""Shapes of the survey: scales with options, themes with statements."""

from django.utils.translation import gettext as _

from quizzes.base.choices import Direction, OptionKind, Scoring, Wave
from quizzes.surveys.checking import (
    BLOCK_ID,
    SCALE_ID,
    STATEMENT_ID,
    find_direction_mistake,
    find_option_mistakes,
)

from .shapes import Identifier, Key, ListOf, OneOf, Plain, Record, Reference, Whole, line_of, nodes_of

SURVEY_FILE = "survey.yaml"


def _check_survey(survey, node, report):
    scorings = {}
    for theme, theme_node in zip(survey["themes"], nodes_of(node, "themes"), strict=True):
        for statement, statement_node in zip(theme["statements"], nodes_of(theme_node, "statements"), strict=True):
            scorings.setdefault(statement.get("scale", theme["scale"]), set()).add(theme["scoring"])
            if mistake := find_direction_mistake(theme["scoring"], statement.get("direction", "")):
                report.add(line_of(statement_node, "direction"), mistake)
            if "source" in statement and theme["scoring"] != Scoring.AGREEMENT:
                sentence = _("Only a statement of an official indicator has “source”. Take it out.")
                report.add(line_of(statement_node, "source"), sentence)
    for scale, scale_node in zip(survey["scales"], nodes_of(node, "scales"), strict=True):
        for mistake in find_option_mistakes(as_options(scale), scorings.get(scale["id"], ())):
            report.add(line_of(scale_node, "options"), mistake)


def as_options(scale):
    usual = {"kind": OptionKind.ANSWER.value}
    return [usual | option | {"code": str(option["code"])} for option in scale["options"]]


_OPTION = Record(
    [
        Key("code", Whole(0, 9)),
        Key("kind", OneOf(OptionKind.values, usual=OptionKind.ANSWER), optional=True),
        Key("label", Plain(120)),
    ]
)

SCALE = Record(
    [
        Key("id", Identifier("scale", SCALE_ID, example="agreement")),
        Key("name", Plain(120)),
        Key("options", ListOf(_OPTION, least=2)),
    ]
)

_THEME_KEYS = [
    Key("id", Identifier("theme", BLOCK_ID, example="B")),
    Key("title", Plain(120)),
    Key("scoring", OneOf(Scoring.values)),
    Key("scale", Reference("scale", SCALE_ID)),
    Key("waves", ListOf(OneOf(Wave.values), distinct=True, order=Wave.values.index)),
]
THEME = Record(_THEME_KEYS)

_STATEMENT_KEYS = [
    Key("id", Identifier("statement", STATEMENT_ID, example="B1")),
    Key("text", Plain(300)),
    Key("direction", OneOf(Direction.values), optional=True),
    Key("scale", Reference("scale", SCALE_ID), optional=True),
    Key("source", Plain(300), optional=True),
]
STATEMENT = Record([_STATEMENT_KEYS[0], Key("theme", Reference("theme")), *_STATEMENT_KEYS[1:]])

SURVEY = Record(
    [
        Key("scales", ListOf(SCALE)),
        Key("themes", ListOf(Record([*_THEME_KEYS, Key("statements", ListOf(Record(_STATEMENT_KEYS)))]))),
    ],
    check=_check_survey,
)
