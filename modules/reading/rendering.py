"""What a lesson shows to everyone of a role: made once, kept for a minute, and never holding anything of a person."""

from typing import NamedTuple

from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from modules.blocks.scenarios import arrange_scenes
from modules.models.reviewing import reviews_of
from modules.wording.translations import language_mark

from .directory import Directory
from .references import references_of

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
