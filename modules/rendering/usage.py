"""Where the course uses what it only names: a source by `[S42]`, a term by `[[estigma]]`, a sheet or quiz in a block,
the act of a scene by its identifier.

The database knows nothing of a mark inside a text: it would let the thing go and leave the mark pointing nowhere.
"""

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
from quizzes.base.markup import sources_in, terms_in
from quizzes.models import Competency, Question, Quiz, Source, Stimulus

_MARKS_IN = {Source: sources_in, GlossaryTerm: terms_in}
_BLOCK_WITH = {Worksheet: "printable", Quiz: "quiz"}
# {medium: {block of a lesson: which of its values name such media}}
_MEDIA_IN = {
    Photo: {"photo": lambda value: [value.get("photo")]},
    Recording: {
        "listen": lambda value: _listed(value.get("recordings")),
        "scenario": lambda value: _listed(value.get("recordings")),
    },
    Film: {"film": lambda value: [value.get("film")]},
}
_NO_TEXTS = ["identifier", "draft_title", "slug", "url_path"]


def places_that_use(row):
    """Return the names («M1-L2 · El portón») of what points to this row, published or draft, each once.

    Empty for what may go: a thing that nothing names, a voice, a medium that was taken back, and a translation, in
    whose place the Spanish row is shown. But the quiz at the end of a module stays in every language: the database
    would refuse to let it go. A fixed number of queries, however long the course is.
    """
    if isinstance(row, Voice):
        # Where she takes it back nothing stands in the way; a lesson goes on without it.
        return []
    if type(row) in _MEDIA_IN:
        return _places_of_medium(row)
    found = list(row.modules.order_by("path")) if isinstance(row, Quiz) else []
    if getattr(row, "locale", None) and row.locale.language_code != settings.LANGUAGE_CODE:
        return list(map(_name_of, found))
    if find := _MARKS_IN.get(type(row)):
        found += [thing for thing in _things() if thing != row and row.identifier in find(_written(thing))]
    if isinstance(row, Source):
        found += [*row.questions.all(), *row.organisations.all()]
    if kind := _BLOCK_WITH.get(type(row)):
        found += [lesson for lesson in _lessons() if any(value == row.pk for value in _values_of(lesson, kind))]
    if isinstance(row, Competency):
        scenes = ((lesson, _values_of(lesson, "scenario")) for lesson in _lessons())
        found += [lesson for lesson, values in scenes if row.identifier in [value.get("act") for value in values]]
    return list(dict.fromkeys(map(_name_of, found)))


def lessons_that_show(row):
    """Return the names of the lessons, in whatever language, that show a photograph, recording or film, or soon may.

    Published, under review, or to be published by date: a draft that nobody looks at binds nothing. A film shows its
    still picture too.
    """
    found = [lesson for lesson in _lessons() if lesson.live and _holds(lesson.body.raw_data, row)]
    found += [lesson for lesson in _lessons() if _holds(_draft_body(lesson), row) and lesson.workflow_in_progress]
    found += [revision.content_object for revision in _revisions_to_come() if _holds(_body_of(revision), row)]
    films = row.film_set.order_by("pk") if isinstance(row, Photo) else ()
    shown = [name for film in films for name in lessons_that_show(film)]
    return list(dict.fromkeys([*map(_name_of, found), *shown]))


def _places_of_medium(row):
    """Return what holds a medium in whatever language; one that was taken back goes, and lessons go on without it."""
    films = list(row.film_set.order_by("pk")) if isinstance(row, Photo) else []
    if row.withdrawn_on:
        return list(map(str, films))
    found = [lesson for lesson in _lessons() if _holds([*lesson.body.raw_data, *_draft_body(lesson)], row)]
    found += [revision.content_object for revision in _revisions_to_come() if _holds(_body_of(revision), row)]
    return list(dict.fromkeys([*map(_name_of, found), *map(str, films)]))


def _draft_body(lesson):
    return json.loads(_draft_of(lesson).get("body") or "[]")


def _body_of(revision):
    return json.loads(revision.content.get("body") or "[]")


def _revisions_to_come():
    """Return the revisions of lessons that are under review or scheduled: behind them there may be a newer draft."""
    is_to_come = Q(approved_go_live_at__isnull=False) | Q(task_states__status=TaskState.STATUS_IN_PROGRESS)
    lessons = ContentType.objects.get_for_model(LessonPage)
    return Revision.objects.filter(is_to_come, content_type=lessons).distinct().order_by("pk")


def _holds(blocks, row):
    names = _MEDIA_IN[type(row)]
    return any(row.pk in names[block["type"]](block["value"]) for block in blocks if block["type"] in names)


def _listed(values):
    """Return the values of a list as it is stored."""
    return [value["value"] for value in values or ()]


def _things():
    """Yield everything that holds texts: pages in the order of the course, the question bank, words and sheets."""
    for model in (CoursePage, ModulePage, LessonPage):
        yield from model.objects.order_by("path").select_related("latest_revision")
    yield from Quiz.objects.order_by("pk").select_related("latest_revision")
    yield from Stimulus.objects.order_by("pk").select_related("latest_revision")
    yield from Question.objects.order_by("pk").select_related("latest_revision").prefetch_related("choices")
    for model in (GlossaryTerm, LanguageEntry, Organisation):
        yield from model.objects.order_by("pk")
    yield from Worksheet.objects.order_by("pk").select_related("latest_revision")


def _written(thing):
    """Return the texts of a thing and of its draft. Marks are plain ASCII, so the draft's stored form shows them."""
    parts = [thing, *thing.choices.all()] if isinstance(thing, Question) else [thing]
    texts = [placed.text for part in parts for placed in placed_texts_of(part, leave_out=_NO_TEXTS)]
    return "\n".join([*texts, json.dumps(_draft_of(thing))])


def _lessons():
    return LessonPage.objects.order_by("path").select_related("latest_revision")


def _values_of(lesson, kind):
    """Return the values of the blocks of a kind in a lesson and in its draft."""
    blocks = [*lesson.body.raw_data, *_draft_body(lesson)]
    return [block["value"] for block in blocks if block["type"] == kind]


def _draft_of(thing):
    """Return the stored form of the draft that an editor has beside what people read, or nothing."""
    is_draft = getattr(thing, "has_unpublished_changes", False) and thing.latest_revision
    return thing.latest_revision.content if is_draft else {}


def _name_of(thing):
    identifier = page_id(thing.translation_key) if isinstance(thing, Page) else None
    return f"{identifier} · {thing.title}" if identifier else str(thing)
