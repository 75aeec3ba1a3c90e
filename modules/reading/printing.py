"""A lesson as a sheet of paper: everything laid out, nothing to open, made by the browser's own print.

On paper no scene can be played, so the scenes come first with their choices by letter, and what follows from each
choice stands on a later page: the best one is not given away to who still thinks.
"""

import re
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from modules.blocks.lines import ROLES
from modules.blocks.media import heard_on
from modules.blocks.scenarios import Step, how_they_are_called, lay_out
from modules.models import LessonPage
from modules.wording.translations import language_mark

from .directory import Directory
from .references import References, references_of

# Blocks that paper shows in another way than the screen; all others print as they are.
PRINTED_IN_AN_OWN_WAY = {"checklist", "directory", "quiz", "reflection", "role_tips"}
# Letters up to which a text lesson fits on one page in that size: measured by tests/journeys/test_comfort.py, which
# prints the whole course.
SIZES = [(1_900, "roomy"), (2_550, "even"), (3_300, "tight")]


@dataclass(frozen=True)
class PrintedScene:
    """A scene on paper, with its number on the sheet; each of its steps stands once."""

    number: int
    title: str
    role: str
    warning: str
    rule: str
    they: str
    steps: list[Step]
    # In which one can hear, in the course, how it begins.
    languages: list[str]


@dataclass(frozen=True)
class LessonSheet:
    """What is printed of a lesson; `size` names how large its letters can be so that a text fits on one page.

    What somebody thinks for themselves goes under no name: a sheet that asks for it `is_private`.
    """

    lesson: LessonPage
    parts: list[SafeString]
    scenes: list[PrintedScene]
    references: References
    size: str
    is_private: bool = False


def lay_out_sheet(lesson, *, today):
    """Return the `LessonSheet` of a lesson as it is on that day, the same for every reader."""
    language = lesson.locale.language_code
    references = references_of(lesson.body, lesson.module.notice, language=language)
    context = {
        "lang": language_mark(language),
        "language": language,
        "terms": references.names,
        "directory": Directory(language, today),
        "today": today,
        "on_paper": True,
    }
    parts = [printed_block(block, context) for block in lesson.body if block.block_type != "scenario"]
    scenes = printed_scenes(lesson.body, lesson.module.course.acts, language, today)
    # Scenes take more than a page in any size.
    size = "even" if scenes else size_for(parts, references)
    is_private = any(block.block_type == "reflection" for block in lesson.body)
    return LessonSheet(lesson, parts, scenes, references, size, is_private)


def printed_block(child, context):
    """Return a block of a lesson as HTML for paper."""
    if child.block_type not in PRINTED_IN_AN_OWN_WAY:
        return child.render(context=context)
    return render_to_string(
        f"modules/printed/{child.block_type}.html", child.block.get_context(child.value, parent_context=context)
    )


def printed_scenes(body, acts, language, today):
    """Return the scenes of a lesson in the order of the course, each with the rule that it practises."""
    scenes = []
    for block in body:
        if block.block_type != "scenario" or not block.value["steps"]:
            continue
        scenes.append(
            PrintedScene(
                number=len(scenes) + 1,
                title=block.value["title"],
                role=dict(ROLES).get(block.value["role"], ""),
                warning=block.value["warning"] or "",
                rule=acts.get(block.value.get("act"), ""),
                they=how_they_are_called(block.value["steps"], language),
                steps=lay_out(block.value["identifier"], block.value["steps"]),
                languages=[
                    recording.tongue.name for recording in heard_on(block.value.get("recordings"), {"today": today})
                ],
            )
        )
    return scenes


def size_for(parts, references):
    """Return how large the letters may be: the more there is to print, the smaller."""
    letters = sum(len(re.sub(r"<svg.*?</svg>|<[^>]+>|\s+", " ", part, flags=re.DOTALL)) for part in parts)
    # The words of the lesson and its sources are set smaller, and across the whole page.
    letters += sum(len(term.term) + len(term.definition) for term in references.terms) * 0.5
    letters += sum(len(str(source)) + len(source.address) for source in references.sources) * 0.4
    return next((size for limit, size in SIZES if letters <= limit), "least")
