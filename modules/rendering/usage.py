"""Uses of snippets, quizzes and media in pages and snippets."""

import json

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from wagtail.models import Page, Revision, TaskState

from modules.models import (
    CoursePage,
    Film,
    GlossaryTerm,
    LanguageEntry,
    LessonPage,
    ModulePage,
    Organisation,
    Photo,
    Recording,
    Voice,
    Worksheet,
)
from modules.page_ids import page_id
from modules.text.placed_texts import placed_texts_of
from quizzes.base.markup import find_sources, find_terms
from quizzes.models import Competency, Question, Quiz, Source, Stimulus

_MARKUP_PARSERS = {Source: find_sources, GlossaryTerm: find_terms}
_BLOCK_TYPES = {Worksheet: "printable", Quiz: "quiz"}
# {model: {block type: function from the block's value to pks}}
_MEDIA_BLOCKS = {
    Photo: {"photo": lambda value: [value.get("photo")]},
    Recording: {
        "listen": lambda value: _list_values(value.get("recordings")),
        "scenario": lambda value: _list_values(value.get("recordings")),
    },
    Film: {"film": lambda value: [value.get("film")]},
}
_NON_TEXT_FIELDS = ["identifier", "draft_title", "slug", "url_path"]


def find_uses(row):
    """Return the names («M1-L2 · El portón») of users of this row; empty for rows that may be deleted in use."""
    if isinstance(row, Voice):
        return []
    if type(row) in _MEDIA_BLOCKS:
        return _uses_of_medium(row)
    found = list(row.modules.order_by("path")) if isinstance(row, Quiz) else []
    if getattr(row, "locale", None) and row.locale.language_code != settings.LANGUAGE_CODE:
        return list(map(_label, found))
    if find := _MARKUP_PARSERS.get(type(row)):
        found += [other for other in _texts_with_markup() if other != row and row.identifier in find(_all_text(other))]
    if isinstance(row, Source):
        found += [*row.questions.all(), *row.organisations.all()]
    if kind := _BLOCK_TYPES.get(type(row)):
        found += [lesson for lesson in _lessons() if any(value == row.pk for value in _block_values(lesson, kind))]
    if isinstance(row, Competency):
        scenes = ((lesson, _block_values(lesson, "scenario")) for lesson in _lessons())
        found += [lesson for lesson, values in scenes if row.identifier in [value.get("act") for value in values]]
    return list(dict.fromkeys(map(_label, found)))


def find_lessons_with_medium(row):
    """Return the names of lessons that show a medium or will: published, in review or scheduled."""
    found = [lesson for lesson in _lessons() if lesson.live and _has_medium(lesson.body.raw_data, row)]
    found += [lesson for lesson in _lessons() if _has_medium(_draft_body(lesson), row) and lesson.workflow_in_progress]
    found += _pending_lessons_with(row)
    films = row.film_set.order_by("pk") if isinstance(row, Photo) else ()
    shown = [name for film in films for name in find_lessons_with_medium(film)]
    return list(dict.fromkeys([*map(_label, found), *shown]))


def _uses_of_medium(row):
    films = list(row.film_set.order_by("pk")) if isinstance(row, Photo) else []
    if row.withdrawn_on:
        return list(map(str, films))
    found = [lesson for lesson in _lessons() if _has_medium([*lesson.body.raw_data, *_draft_body(lesson)], row)]
    found += _pending_lessons_with(row)
    return list(dict.fromkeys([*map(_label, found), *map(str, films)]))


def _draft_body(lesson):
    return json.loads(_draft_content(lesson).get("body") or "[]")


def _pending_lessons_with(row):
    # In review or scheduled; there may be a newer draft.
    is_pending = Q(approved_go_live_at__isnull=False) | Q(task_states__status=TaskState.STATUS_IN_PROGRESS)
    lessons = ContentType.objects.get_for_model(LessonPage)
    revisions = Revision.objects.filter(is_pending, content_type=lessons).distinct().order_by("pk")
    return [
        revision.content_object
        for revision in revisions
        if _has_medium(json.loads(revision.content.get("body") or "[]"), row)
    ]


def _has_medium(blocks, row):
    names = _MEDIA_BLOCKS[type(row)]
    return any(row.pk in names[block["type"]](block["value"]) for block in blocks if block["type"] in names)


def _list_values(values):
    return [value["value"] for value in values or ()]


def _texts_with_markup():
    for model in (CoursePage, ModulePage, LessonPage):
        yield from model.objects.order_by("path").select_related("latest_revision")
    yield from Quiz.objects.order_by("pk").select_related("latest_revision")
    yield from Stimulus.objects.order_by("pk").select_related("latest_revision")
    yield from Question.objects.order_by("pk").select_related("latest_revision").prefetch_related("choices")
    for model in (GlossaryTerm, LanguageEntry, Organisation):
        yield from model.objects.order_by("pk")
    yield from Worksheet.objects.order_by("pk").select_related("latest_revision")


def _all_text(row):
    # Markup is ASCII, so it is readable in the stored form of the draft.
    parts = [row, *row.choices.all()] if isinstance(row, Question) else [row]
    texts = [placed.text for part in parts for placed in placed_texts_of(part, leave_out=_NON_TEXT_FIELDS)]
    return "\n".join([*texts, json.dumps(_draft_content(row))])


def _lessons():
    return LessonPage.objects.order_by("path").select_related("latest_revision")


def _block_values(lesson, kind):
    blocks = [*lesson.body.raw_data, *_draft_body(lesson)]
    return [block["value"] for block in blocks if block["type"] == kind]


def _draft_content(row):
    is_draft = getattr(row, "has_unpublished_changes", False) and row.latest_revision
    return row.latest_revision.content if is_draft else {}


def _label(row):
    identifier = page_id(row.translation_key) if isinstance(row, Page) else None
    return f"{identifier} · {row.title}" if identifier else str(row)
