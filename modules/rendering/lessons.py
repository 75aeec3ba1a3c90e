"""Lessons as HTML, for print, and as offline copies."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from django.core.cache import caches
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from modules.blocks.base import ROLES
from modules.blocks.media import heard_on
from modules.blocks.scenarios import Step, arrange_scenes, how_they_are_called, lay_out
from modules.models import Film, GlossaryTerm, LanguageEntry, LessonPage, Organisation, Photo, Recording, Voice
from modules.models.reviews import reviews_of
from modules.progress.outline import own_path
from modules.wording import language_mark
from quizzes.base.offline_copies import digest, mark_of_code
from quizzes.models import Source

from .references import Directory, References, references_of

# What is uploaded: a photograph becomes its words and a line that says when it can be seen, another picture its words,
# a recording a line that says when it can be heard.
_PHOTO = re.compile(r'<span class="photo-frame">.*?</span>', re.DOTALL)
_LARGER = re.compile(r' <a class="larger".*?</a>', re.DOTALL)
# Of a film, for which its own line stands.
_STILL = re.compile(r"<picture>.*?</picture>", re.DOTALL)
_PICTURE = re.compile(r"<img\b[^>]*>")
_WORDS = re.compile(r'\balt="([^"]*)"')
_PLAYER = re.compile(r"<(audio|video)\b[^>]*>(?:.*?</\1>)?", re.DOTALL)
# What nobody misses there: ornaments, the list of publications, where one stands on the net, the editor's names of
# paragraphs. The marks of sources stay; they lead nowhere then.
_LEFT_OUT = re.compile(
    r'<div class="scene-place">.*?</div>|<details class="disclosure sources">.*?</details>|<link rel="icon"[^>]*>'
    r'| <a href="([^"]*)" rel="noreferrer">\1</a>| data-block-key="[^"]*"',
    re.DOTALL,
)
_MARK = re.compile(r'<a [^>]*href="[^"]*#fuente-[^"]*"[^>]*>(.*?)</a>', re.DOTALL)


def lighten(html):
    """Return a page of the course as a copy holds it."""
    html = _MARK.sub(r'<span class="source">\1</span>', html)
    html = _STILL.sub("", _LARGER.sub("", _PHOTO.sub(_words_of_photo, html)))
    return _LEFT_OUT.sub("", _PLAYER.sub(_when_it_plays, _PICTURE.sub(_words_of, html)))


def _when_it_plays(player):
    """Return the line in place of a player; what is said stands in writing beside it."""
    lines = {
        "audio": _("The recording can be heard when there is a connection."),
        "video": _("The film can be seen when there is a connection."),
    }
    return format_html('<p class="small muted">{}</p>', lines[player[1]])


def _words_of_photo(photo):
    words = _words_of(photo)
    seen = format_html('<p class="small muted">{}</p>', _("The photograph can be seen when there is a connection."))
    return f"<p>{words}</p>{seen}"


def _words_of(picture):
    words = _WORDS.search(picture[0])
    return f"<span>{words[1]}</span>" if words and words[1] else ""


# An edit of the directory, the glossary or a source is seen after this many seconds at the latest; an edit of the
# lesson itself at once, because its revision is part of the key, and so is a voice that was taken back: what this
# process remembers of the course is made anew then, with another mark.
KEPT_SECONDS = 60


class LessonText(NamedTuple):
    """The parts of a lesson as safe HTML, in the order in which the page shows them."""

    body: SafeString
    notice: SafeString
    close_to_me: SafeString
    references: SafeString


def lesson_text(lesson, *, role, today):
    """Return the `LessonText` of a lesson for readers of `role`, from the cache of this process where it is there."""
    mark = getattr(lesson.module.course, "remembered_as", None)
    if mark is None:
        # Not as this process remembers it: nothing tells whether what was kept of it still holds.
        return render_lesson(lesson, role=role, today=today)
    key = ":".join(
        str(part)
        for part in (
            mark,
            lesson.pk,
            lesson.latest_revision_id,
            lesson.last_published_at,
            lesson.module.last_published_at,
            role,
            get_language(),
            today,
        )
    ).replace(" ", "_")
    return caches["bodies"].get_or_set(key, lambda: render_lesson(lesson, role=role, today=today), KEPT_SECONDS)


def render_lesson(lesson, *, role, today):
    """Render the parts of a lesson that are the same for everyone of a role."""
    language = lesson.locale.language_code
    module = lesson.module
    references = references_of(lesson.body, module.notice, module.course.close_to_me, language=language)
    context = {
        "lang": language_mark(language),
        "language": language,
        "role": role,
        "terms": references.names,
        "references": references,
        "of_lesson": True,
        "acts": module.course.acts,
        "directory": Directory(language, today),
        "today": today,
    }
    # The module and the course may be in translation where the lesson is not yet.
    notice = context | {
        "lang": language_mark(module.locale.language_code),
        "notice": module.notice,
        "reviews": reviews_of(lesson),
    }
    close_to_me = context | {
        "lang": language_mark(module.course.locale.language_code),
        "close_to_me": module.course.close_to_me,
    }
    return LessonText(
        body=render_to_string("modules/lesson_body.html", context | {"parts": arrange_scenes(lesson.body, role)}),
        notice=render_to_string("modules/components/notice.html", notice),
        close_to_me=render_to_string("modules/components/close_to_me.html", close_to_me),
        references=render_to_string("modules/components/references.html", context),
    )


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


# An edit of what is no part of a lesson, such as a source or a voice, makes copies old after so many seconds at most.
LOOKED_AT_AGAIN = 60


def module_copy_rev(module, *, role):
    """Return the name of the copy of a module and its lessons for readers of `role`, in the active language."""
    pages = [module.course, module, *module.lessons]
    # A draft has revisions of its own, which nobody reads.
    revisions = [(page.translation_key, page.live_revision_id, page.last_published_at) for page in pages]
    quiz = module.quiz and (module.quiz.identifier, module.quiz.title, module.quiz.live)
    return digest(mark_of_code(), mark_of_words(), get_language(), role, quiz, *revisions)


def module_copy_address(module, *, role):
    """Return the address of the copy as it is now."""
    return reverse("module_copy", args=[own_path(module), module_copy_rev(module, role=role)])


def mark_of_words():
    """Return what changes with the words and addresses that lessons show and that are no part of them."""
    return caches["bodies"].get_or_set("mark-of-words", _read_words, LOOKED_AT_AGAIN)


def _read_words():
    """Read the few hundred rows in a query for each table; of voices not what one hears."""
    names = [field.attname for field in Voice._meta.concrete_fields if field.name != "audio"]
    models = (GlossaryTerm, LanguageEntry, Organisation, Source, Photo, Recording, Film)
    tables = [model.objects.order_by("pk").values_list() for model in models]
    tables.append(Voice.objects.order_by("pk").values_list(*names))
    return digest(*(row for table in tables for row in table))
