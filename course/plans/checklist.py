"""The points of the checklist of module 8, out of which a centre chooses what it will change."""

from typing import NamedTuple

from django.utils.translation import get_language

from modules.blocks.worksheets import number_points
from modules.pdf.worksheets import find_worksheet
from quizzes.base.markup import strip_markup

SHEET = "lista-del-centro"


class PointGroup(NamedTuple):
    """A heading of the checklist and its points: [(number, words without marks)]."""

    title: str
    points: list


def checklist_points(language=None):
    """Return the `PointGroup`s of the sheet that is published, in a language or that of the page; one query.

    Without the sheet there are none: then actions are written in own words.
    """
    sheet = find_worksheet(SHEET, language or get_language())
    lists = [part.value["groups"] for part in sheet.body if part.block_type == "checklist"] if sheet else []
    return [
        PointGroup(group["title"], [(number, strip_markup(words)) for number, words in group["points"]])
        for groups in lists
        for group in number_points(groups)
    ]
