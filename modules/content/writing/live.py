"""The live course as values of content files, in a constant number of queries."""

from dataclasses import dataclass, field

from django.utils import timezone
from wagtail.models import Locale

from modules.content.declarations import bank as bank_shapes
from modules.content.declarations import pages as shapes
from modules.models import (
    CoursePage,
    GlossaryTerm,
    LanguageEntry,
    LessonPage,
    ModulePage,
    Organisation,
    Voice,
    Worksheet,
)
from modules.page_ids import page_id
from modules.text import values_of_streams as streams
from modules.text.richtext import one_line
from quizzes.models import Competency, Question, Source, Topic

from .bank import case_values, images_of, question_values, quiz_values, survey_entries
from .media import digests_of, media_values


@dataclass
class Entry:
    value: dict
    row: object
    held_back: bool = False
    # Whether a medium lacks a valid consent.
    is_withheld: bool = False

    @property
    def is_public(self):
        case = self.row.case if isinstance(self.row, Question) else None
        is_asked = case is None or (case.live and case.locale_id == self.row.locale_id)
        return getattr(self.row, "live", True) and is_asked and not self.is_withheld


@dataclass
class LiveCourse:
    """The course in one language: `entries` by name (`M1-L2`, `quiz:M1`), `orders` as ids, pages without id."""

    language: str
    locale: object = None
    entries: dict = field(default_factory=dict)
    orders: dict = field(default_factory=dict)
    nameless: list = field(default_factory=list)

    def of(self, prefix):
        return [entry for name, entry in self.entries.items() if name.startswith(f"{prefix}:") and entry.is_public]

    def media(self, kind):
        """Return {pk: id} of the photographs, recordings or films that are shown today."""
        return {entry.row.pk: entry.value["id"] for entry in self.of(kind)}

    def questions(self):
        return [(name, entry) for name, entry in self.entries.items() if isinstance(entry.row, Question)]

    def images(self):
        entries = [*self.of("case"), *(entry for _name, entry in self.questions() if entry.is_public)]
        return images_of([entry.row for entry in entries], self.locale)


def live_course(language):
    locale = Locale.objects.filter(language_code=language).first()
    live = LiveCourse(language, locale)
    if locale is not None:
        _add_snippets(live, locale)
        _add_survey(live, locale)
        _add_questions(live, locale)
        quiz_names = _add_quizzes(live, locale)
        printable_names = _add_printables(live, locale)
        _add_media(live)
        _add_pages(live, locale, quiz_names, printable_names)
    return live


def _add_snippets(live, locale):
    for row in Source.objects.filter(locale=locale).order_by("pk"):
        _add(live, f"source:{row.identifier}", shapes.SOURCE, row, _plain(row, "title", "publisher", "year", "address"))
    for row in Topic.objects.filter(locale=locale).select_related("parent").order_by("pk"):
        value = _plain(row, "name") | {"part_of": row.parent.identifier if row.parent else ""}
        _add(live, f"topic:{row.identifier}", shapes.TOPIC, row, value)
    for row in Competency.objects.filter(locale=locale).order_by("pk"):
        _add(live, f"act:{row.identifier}", bank_shapes.ACT, row, _plain(row, "text") | {"core": row.is_core})
    for row in GlossaryTerm.objects.filter(locale=locale).order_by("pk"):
        _add(live, f"term:{row.identifier}", shapes.TERM, row, _plain(row, "term", "english", "definition"))
    for row in LanguageEntry.objects.filter(locale=locale).order_by("sort_order", "pk"):
        _add(live, f"language:{row.identifier}", shapes.LANGUAGE_ENTRY, row, _plain(row, "say", "avoid", "why"))
        live.orders.setdefault("order:language", []).append(row.identifier)
    for row in Organisation.objects.filter(locale=locale).order_by("sort_order", "pk").prefetch_related("sources"):
        value = _plain(row, "name", "kind", "population", "area", "phone", "website", "note", "checked_by")
        value |= {"needs": row.needs, "sources": [source.identifier for source in row.sources.all()]}
        _add(live, f"organisation:{row.identifier}", shapes.ORGANISATION, row, value | {"checked_on": row.checked_on})
        live.orders.setdefault("order:organisation", []).append(row.identifier)


def _add_printables(live, locale):
    names = {}
    for row in Worksheet.objects.filter(locale=locale).order_by("sort_order", "pk"):
        value = _plain(row, "title", "purpose", "intro") | {"orientation": row.orientation, "pages": row.pages}
        value["body"] = streams.printable_body(row.body)
        _add(live, f"printable:{row.identifier}", shapes.PRINTABLE, row, value)
        live.orders.setdefault("order:printable", []).append(row.identifier)
        names[row.pk] = row.identifier
    return names


def _add_media(live):
    for name, shape, row, value, is_shown in media_values():
        _add(live, name, shape, row, value)
        live.entries[name].value["digests"] = digests_of(row)
        live.entries[name].is_withheld = not is_shown


def _add_survey(live, locale):
    for name, shape, row, value in survey_entries(locale):
        _add(live, name, shape, row, value)
        kind, _colon, identifier = name.partition(":")
        if kind != "scale":
            live.orders.setdefault(f"order:{kind}", []).append(identifier)
        # Somebody confirmed the text on this site: files do not overwrite it.
        live.entries[name].held_back = getattr(row, "is_verified", False)


def _add_questions(live, locale):
    for row, value in case_values(locale):
        live.entries[f"case:{row.identifier}"] = Entry(value, row, _is_held_back(row))
    for row, value in question_values(locale):
        live.entries[row.identifier] = Entry(value, row, _is_held_back(row))


def _add_quizzes(live, locale):
    names = {}
    for row, value in quiz_values(locale):
        names[row.pk] = identifier = value["id"]
        live.entries[f"quiz:{identifier}"] = Entry(value, row, _is_held_back(row))
    return names


def _add_pages(live, locale, quiz_names, printable_names):
    course = CoursePage.objects.filter(locale=locale).order_by("path").first()
    if course is None:
        return
    modules = ModulePage.objects.child_of(course).order_by("path")
    lessons = LessonPage.objects.descendant_of(course).order_by("path")
    ids = {}
    for page in [course, *modules, *lessons]:
        if identifier := page_id(page.translation_key):
            ids[page.pk] = identifier
        else:
            live.nameless.append(page)
    voices = Voice.objects.shown_on(timezone.localdate()).values_list("pk", "identifier")
    names = streams.Names(
        ids, quiz_names, printable_names, dict(voices), *map(live.media, ("photo", "recording", "film"))
    )
    _add(live, "COURSE", shapes.COURSE, course, _course(course, names))
    for page in modules:
        if page.pk in ids:
            _add(live, ids[page.pk], shapes.MODULE, page, _module(page))
            live.entries[ids[page.pk]].value["quiz"] = names.quizzes.get(page.quiz_id, "")
            live.orders.setdefault("order:COURSE", []).append(ids[page.pk])
    by_path = {page.path: ids.get(page.pk) for page in modules}
    for page in lessons:
        if page.pk in ids:
            value = _plain(page, "title", "warning", "plain_language_reason") | {"minutes": page.minutes}
            _add(live, ids[page.pk], shapes.LESSON, page, value | {"body": streams.lesson_body(page.body, names)})
            live.orders.setdefault(f"order:{by_path.get(page.path[: -page.steplen])}", []).append(ids[page.pk])


def _course(page, names):
    return {
        **_plain(page, "title", "subtitle"),
        "intro": streams.text(page.intro, names),
        "minutes": page.minutes,
        "close_to_me": streams.text(page.close_to_me, names),
    }


def _module(page):
    return {
        **_plain(page, "title", "subtitle", "summary", "warning", "notice"),
        "number": page.number,
        "minutes": page.minutes,
        "reviews": [review.value for review in page.reviews],
        "objectives": streams.lines(page.objectives),
        "key_messages": streams.lines(page.key_messages),
        "role_tips": streams.role_tips(page.role_tips),
        "practice": streams.practice(page.practice),
    }


def _add(live, name, shape, row, value):
    value["id"] = name.partition(":")[2] or name
    live.entries[name] = Entry(shape.tidy(value), row, _is_held_back(row))


def _is_held_back(row):
    return not getattr(row, "live", True) or getattr(row, "has_unpublished_changes", False)


def _plain(row, *names):
    return {name: one_line(getattr(row, name)) for name in names}
