"""Lessons as HTML: on screen, for print, and simplified for offline copies."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from django.core.cache import caches
from django.template.loader import render_to_string
from django.urls import reverse, translate_url
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from modules.blocks.base import ROLES
from modules.blocks.media import audible_recordings
from modules.blocks.scenarios import Step, find_pronoun, list_steps
from modules.labels import lang_attribute
from modules.models import Film, GlossaryTerm, LanguageEntry, LessonPage, Organisation, Photo, Recording, Voice
from modules.models.reviews import reviews_of
from modules.progress.outline import get_other_languages, page_path, path_in_course
from modules.text.cards import derive_cards, find_unverified, texts_of_scene
from modules.text.richtext import html_to_markdown
from quizzes.base.formats import quote
from quizzes.base.offline_copies import code_version, digest
from quizzes.models import Source

from .references import Directory, References, find_references
from .road import get_page_addresses, get_road

# An edit of the directory, the glossary or a source is visible after this many seconds at the latest. An edit of the
# lesson is visible at once: its revision is part of the key. So is a withdrawn voice: it renews the structure.
CACHE_SECONDS = 60


class LessonHTML(NamedTuple):
    cards: SafeString
    references: SafeString


class Scenes(Enum):
    """Which scenes a lesson page shows; in an offline copy those of other roles are folded below the own."""

    OWN = "own"
    ALL = "all"
    FOLDED = "folded"


def get_lesson_html(lesson, *, role, today, scenes=Scenes.OWN):
    structure_key = getattr(lesson.module.course, "structure_key", None)
    if structure_key is None:
        # Not from the cached structure: nothing would invalidate the cached HTML.
        return render_lesson(lesson, role=role, today=today, scenes=scenes)
    key = ":".join(
        str(part)
        for part in (
            structure_key,
            lesson.pk,
            lesson.latest_revision_id,
            lesson.last_published_at,
            lesson.module.last_published_at,
            role,
            get_language(),
            today,
            scenes.value,
        )
    ).replace(" ", "_")
    return caches["bodies"].get_or_set(
        key, lambda: render_lesson(lesson, role=role, today=today, scenes=scenes), CACHE_SECONDS
    )


def render_lesson(lesson, *, role, today, scenes=Scenes.OWN):
    language, module = lesson.locale.language_code, lesson.module
    directory = Directory(language, today)
    references = _find_references(lesson, module, directory)
    road = get_road(module, role=role, today=today)
    addresses = get_page_addresses()
    found = derive_cards(lesson, role=role, today=today, addresses=addresses, with_other_scenes=scenes is Scenes.ALL)
    place = road.place_of(lesson)
    folded = found.others if scenes is Scenes.FOLDED else []
    context = {
        "lang": lang_attribute(language),
        "language": language,
        "role": role,
        "terms": references.names,
        "references": references,
        "of_lesson": True,
        "in_cards": True,
        "acts": module.course.acts,
        "directory": directory,
        "today": today,
        "lesson": lesson,
        "module": module,
        "module_lang": lang_attribute(module.locale.language_code),
        "notice": module.notice,
        "reviews": reviews_of(lesson),
        "warning": module.warning_on(lesson),
        # In full in the first lesson it applies to, then one line: the site does not store who has seen it.
        "warns_first": module.is_first_warning(lesson),
        "close_to_me": module.course.close_to_me,
        "course_lang": lang_attribute(module.course.locale.language_code),
        "languages": [(code, translate_url(page_path(lesson), code)) for code in get_other_languages(lesson)],
        "cards": _with_positions(found.cards, place, road.total),
        "road": road,
        "place": place,
        "others": found.others if scenes is not Scenes.ALL else [],
        "are_folded": scenes is Scenes.FOLDED,
        "about": found.about,
        "unverified": _unverified_sentences(found, folded, module.course.close_to_me, addresses, language),
    }
    return LessonHTML(
        cards=render_to_string("modules/course/cards.html", context),
        references=render_to_string(
            "modules/components/references.html", context | {"in_cards": False, "only_words": True}
        ),
    )


def _find_references(lesson, module, directory):
    needs = [need for block in lesson.body if block.block_type == "directory" for need in block.value["needs"]]
    entries = directory.helping_with(*needs) if needs else []
    notes = (entry.organisation.note for entry in entries)
    listed = {source.identifier for entry in entries for source in entry.sources}
    texts = (lesson.body, module.notice, module.course.close_to_me, *notes)
    return find_references(*texts, language=lesson.locale.language_code, also=listed)


def _with_positions(cards, place, total):
    """Return [(card, position on the road)]; a draft may have more cards than the published road."""
    placed, position = [], place.before + 1
    for card in cards:
        placed.append((card, min(position, total)))
        position += card.steps
    return placed


def _unverified_sentences(found, others, close_to_me, addresses, language):
    texts = [text for card in found.cards for text in card.texts]
    texts += [text for scene in others for text in texts_of_scene(scene)]
    rich = [*(callout["text"] for callout in found.about), *(block.value for block in close_to_me)]
    texts += [html_to_markdown(text.source, addresses) for text in rich]
    return list(dict.fromkeys(quote(sentence) for text in texts for sentence in find_unverified(text, language)))


BLOCKS_WITH_PRINT_TEMPLATE = {"checklist", "directory", "quiz", "reflection", "role_tips"}
# Characters up to which a text fits on one page in that size, measured by tests/journeys/test_comfort.py on the whole
# course.
FONT_SIZES = [(1_900, "roomy"), (2_550, "even"), (3_300, "tight")]


@dataclass(frozen=True)
class PrintedScene:
    number: int
    title: str
    role: str
    warning: str
    rule: str
    they: str
    steps: list[Step]
    languages: list[str]


@dataclass(frozen=True)
class LessonSheet:
    """The printed form of a lesson; with a reflection it `is_private`: no name is printed on it."""

    lesson: LessonPage
    parts: list[SafeString]
    scenes: list[PrintedScene]
    references: References
    size: str
    is_private: bool = False


def build_lesson_sheet(lesson, *, today):
    language = lesson.locale.language_code
    references = find_references(lesson.body, lesson.module.notice, language=language)
    context = {
        "lang": lang_attribute(language),
        "language": language,
        "terms": references.names,
        "directory": Directory(language, today),
        "today": today,
        "on_paper": True,
    }
    parts = [_render_for_print(block, context) for block in lesson.body if block.block_type != "scenario"]
    scenes = _printed_scenes(lesson.body, lesson.module.course.acts, language, today)
    size = "even" if scenes else _font_size(parts, references)
    is_private = any(block.block_type == "reflection" for block in lesson.body)
    return LessonSheet(lesson, parts, scenes, references, size, is_private)


def _render_for_print(child, context):
    if child.block_type not in BLOCKS_WITH_PRINT_TEMPLATE:
        return child.render(context=context)
    return render_to_string(
        f"modules/course/printed/{child.block_type}.html", child.block.get_context(child.value, parent_context=context)
    )


def _printed_scenes(body, acts, language, today):
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
                they=find_pronoun(block.value["steps"], language),
                steps=list_steps(block.value["identifier"], block.value["steps"]),
                languages=[
                    recording.language_info.name
                    for recording in audible_recordings(block.value.get("recordings"), {"today": today})
                ],
            )
        )
    return scenes


def _font_size(parts, references):
    characters = sum(len(re.sub(r"<svg.*?</svg>|<[^>]+>|\s+", " ", part, flags=re.DOTALL)) for part in parts)
    characters += sum(len(term.term) + len(term.definition) for term in references.terms) * 0.5
    characters += sum(len(str(source)) + len(source.address) for source in references.sources) * 0.4
    return next((size for limit, size in FONT_SIZES if characters <= limit), "least")


# An edit of a source, a term or a medium renews the copies after this many seconds at most.
DIGEST_SECONDS = 60


def module_copy_rev(module, *, role):
    pages = [module.course, module, *module.lessons]
    # Not `latest_revision_id`: that may be a draft.
    revisions = [(page.translation_key, page.live_revision_id, page.last_published_at) for page in pages]
    quiz = module.quiz and (module.quiz.identifier, module.quiz.title, module.quiz.live)
    return digest(code_version(), get_references_digest(), get_language(), role, quiz, *revisions)


def module_copy_url(module, *, role):
    return reverse("module_copy", args=[path_in_course(module), module_copy_rev(module, role=role)])


def get_references_digest():
    return caches["bodies"].get_or_set("references-digest", _digest_references, DIGEST_SECONDS)


def _digest_references():
    # A few hundred rows, one query a table; without the audio of voices.
    names = [field.attname for field in Voice._meta.concrete_fields if field.name != "audio"]
    models = (GlossaryTerm, LanguageEntry, Organisation, Source, Photo, Recording, Film)
    tables = [model.objects.order_by("pk").values_list() for model in models]
    tables.append(Voice.objects.order_by("pk").values_list(*names))
    return digest(*(row for table in tables for row in table))


# In offline copies, uploads become text: a photograph its alternative text and a notice, another picture its
# alternative text, a recording or film a notice.
_PHOTO = re.compile(r'<span class="photo-frame">.*?</span>', re.DOTALL)
_ENLARGE_LINK = re.compile(r' <a class="larger".*?</a>', re.DOTALL)
_POSTER = re.compile(r"<picture>.*?</picture>", re.DOTALL)
_PICTURE = re.compile(r"<img\b[^>]*>")
_ALT_TEXT = re.compile(r'\balt="([^"]*)"')
_PLAYER = re.compile(r"<(audio|video)\b[^>]*>(?:.*?</\1>)?", re.DOTALL)
# Ornaments, the list of sources, visible addresses, the editor's block keys. Marks of sources remain, without the link.
_OMITTED = re.compile(
    r'<div class="scene-place">.*?</div>|<ul class="source-list">.*?</ul>|<link rel="icon"[^>]*>'
    r'| <a href="([^"]*)" rel="noreferrer">\1</a>| data-block-key="[^"]*"',
    re.DOTALL,
)
_SOURCE_LINK = re.compile(r'<a [^>]*href="[^"]*#fuente-[^"]*"[^>]*>(.*?)</a>', re.DOTALL)


def simplify_for_offline(html):
    html = _SOURCE_LINK.sub(r'<span class="source">\1</span>', html)
    html = _POSTER.sub("", _ENLARGE_LINK.sub("", _PHOTO.sub(_replace_photo, html)))
    return _OMITTED.sub("", _PLAYER.sub(_replace_player, _PICTURE.sub(_replace_picture, html)))


def _replace_player(player):
    notices = {
        "audio": _("The recording can be heard when there is a connection."),
        "video": _("The film can be seen when there is a connection."),
    }
    return format_html('<p class="small muted">{}</p>', notices[player[1]])


def _replace_photo(photo):
    alt_text = _replace_picture(photo)
    notice = format_html('<p class="small muted">{}</p>', _("The photograph can be seen when there is a connection."))
    return f"<p>{alt_text}</p>{notice}"


def _replace_picture(picture):
    alt_text = _ALT_TEXT.search(picture[0])
    return f"<span>{alt_text[1]}</span>" if alt_text and alt_text[1] else ""
