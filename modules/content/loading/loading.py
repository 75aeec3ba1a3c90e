"""Loads content files into the CMS, except what editors changed."""

import hashlib
import json
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from wagtail.models import Locale

from modules.content.declarations.surveys import STATEMENT, THEME
from modules.content.question_images import find_or_store
from modules.content.writing.live import live_course
from modules.models import LoadedContent, Voice
from modules.translating.marking import while_loading
from quizzes.base.indexing import deferred_indexing

from . import pages, snippets
from .media import KINDS, MEDIA_NAMES, load_medium, media_entries, shown_today, without_what_is_not_shown
from .pages import point_site_at

ORDERED_LISTS = ("language", "organisation", "printable", "theme", "statement")


@dataclass
class Loaded:
    language: str
    created: list = field(default_factory=list)
    updated: list = field(default_factory=list)
    kept: list = field(default_factory=list)  # an editor changed it, or took it away
    left: list = field(default_factory=list)  # it is not in the files any more, and still in the CMS
    titles: dict = field(default_factory=dict)  # of what was in the CMS before, by name
    keys: dict = field(default_factory=dict)  # of what the files and the CMS both have now, by name

    @property
    def changed(self):
        return bool(self.created or self.updated)


def digest_of(value):
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, default=str).encode()).hexdigest()


@transaction.atomic
def load_course(text, *, replace=False, stores_images=True):
    """Load a CourseText; idempotent. Use `stores_images=False` before a rollback: stored files remain."""
    with deferred_indexing(), while_loading():
        return _Loading(text, replace, stores_images).run()


def wanted_entries(text):
    """Return {name: entry} of what the CMS must contain, dependencies first."""
    return _entries_of_survey(text.survey) | (_entries_of_course(text) if text.course else {})


def _entries_of_survey(survey):
    if survey is None:
        return {}
    entries = {f"scale:{scale['id']}": scale for scale in survey["scales"]}
    entries |= {f"theme:{theme['id']}": THEME.tidy(theme) for theme in survey["themes"]}
    return entries | {
        f"statement:{statement['id']}": STATEMENT.tidy({**statement, "theme": theme["id"]})
        for theme in survey["themes"]
        for statement in theme["statements"]
    }


def _entries_of_course(text):
    entries = {f"source:{entry['id']}": entry for entry in text.lists["sources.yaml"]}
    entries |= {f"topic:{topic['id']}": topic for topic in _outermost_first(text.course.get("topics", []))}
    entries |= {f"term:{entry['id']}": entry for entry in text.lists["glossary.yaml"]}
    entries |= {f"language:{entry['id']}": entry for entry in text.lists["language.yaml"]}
    entries |= {f"organisation:{entry['id']}": entry for entry in text.lists["directory.yaml"]}
    entries |= {f"printable:{entry['id']}": entry for entry in text.lists["printables.yaml"]}
    entries |= {f"act:{act['id']}": act for act in text.acts}
    entries |= {f"case:{case['id']}": case for case in text.cases}
    entries |= {question["id"]: question for question in text.all_questions()}
    for quiz in text.all_quizzes():
        questions = [question.get("id") or question["same_as"] for question in quiz.get("questions", [])]
        entries[f"quiz:{quiz['id']}"] = {**quiz, "questions": questions}
    entries["COURSE"] = {key: value for key, value in text.course.items() if key != "topics"}
    for module in text.modules:
        entries[module.module["id"]] = {**module.module, "quiz": module.quiz["id"] if module.quiz else ""}
    return entries | {lesson["id"]: lesson for module in text.modules for lesson in module.lessons}


def _without_other_voices(body, voices):
    return [block for block in body if block.get("voice", "") in {"", *voices}]


def _outermost_first(topics):
    by_id = {topic["id"]: topic for topic in topics}

    def depth(topic):
        return 1 + depth(by_id[topic["part_of"]]) if topic.get("part_of") in by_id else 0

    return sorted(topics, key=depth)


def wanted_orders(text):
    orders = {}
    if text.survey:
        themes = text.survey["themes"]
        orders["order:theme"] = [theme["id"] for theme in themes]
        orders["order:statement"] = [statement["id"] for theme in themes for statement in theme["statements"]]
    return orders | (_orders_of_course(text) if text.course else {})


def _orders_of_course(text):
    orders = {
        "order:COURSE": [module.module["id"] for module in text.modules],
        "order:language": [entry["id"] for entry in text.lists["language.yaml"]],
        "order:organisation": [entry["id"] for entry in text.lists["directory.yaml"]],
        "order:printable": [entry["id"] for entry in text.lists["printables.yaml"]],
    }
    return orders | {
        f"order:{module.module['id']}": [lesson["id"] for lesson in module.lessons] for module in text.modules
    }


class _Loading:
    def __init__(self, text, replace, stores_images):
        self.text = text
        self.replace = replace
        self.stores_images = stores_images
        self.locale, _created = Locale.objects.get_or_create(language_code=text.language)
        self.live = live_course(text.language)
        self.memory = dict(LoadedContent.objects.filter(language=text.language).values_list("identifier", "digest"))
        # Voices belong to the site: a lesson gets the one that may be shown, or none.
        self.voices = {voice.identifier: voice for voice in Voice.objects.shown_on(timezone.localdate())}
        self.rows = {name: entry.row for name, entry in self.live.entries.items()}
        self.rows |= {f"voice:{identifier}": voice for identifier, voice in self.voices.items()}
        self.parents = {lesson["id"]: module.module["id"] for module in text.modules for lesson in module.lessons}
        self.loaded = Loaded(text.language, titles={name: str(row) for name, row in self.rows.items()})
        self.digests = {}

    def run(self):
        media = media_entries(self.text)
        self.load_media({name: value for name, value in media.items() if self.shall_load(name, value)})
        wanted, orders = self.without_what_is_not_here(wanted_entries(self.text)), wanted_orders(self.text)
        to_load = {name: value for name, value in wanted.items() if self.shall_load(name, value)}
        to_order = {name: ids for name, ids in orders.items() if self.shall_order(name, ids)}
        self.load_snippets({name: value for name, value in to_load.items() if pages.is_snippet(name)})
        self.load_pages({name: value for name, value in to_load.items() if not pages.is_snippet(name)})
        for name, ids in to_order.items():
            self.put_in_order(name, ids)
        self.remember()
        there = {name: self.rows[name] for name in wanted if name in self.rows}
        self.loaded.keys = {name: row.translation_key for name, row in there.items() if hasattr(row, "translation_key")}
        self.loaded.left = [name for name in self.memory if name in self.live.entries and name not in wanted | media]
        if course := self.rows.get("COURSE"):
            point_site_at(course, self.locale)
        return self.loaded

    def shall_load(self, name, value):
        entry, remembered = self.live.entries.get(name), self.memory.get(name)
        digest = digest_of(value)
        if entry is not None and getattr(entry.row, "withdrawn_on", None):
            # Withdrawn media are not restored.
            return False
        if entry is None:
            # A deleted medium may have been withdrawn.
            if remembered and (not self.replace or name.startswith(MEDIA_NAMES)):
                self.loaded.kept.append(name)
                return False
            self.loaded.created.append(name)
        elif digest_of(entry.value) == digest and not (self.replace and entry.held_back):
            self.digests[name] = digest
            return False
        elif self.replace or (not entry.held_back and remembered == digest_of(entry.value)):
            self.loaded.updated.append(name)
        else:
            self.loaded.kept.append(name)
            return False
        self.digests[name] = digest
        return True

    def shall_order(self, name, ids):
        present = [identifier for identifier in self.live.orders.get(name, []) if identifier in ids]
        wanted = [identifier for identifier in ids if identifier in present]
        if len(present) == len(ids) and present == wanted:
            self.digests[name] = digest_of(ids)
            return False
        known = [i for i in self.live.orders.get(name, []) if self.memory.get(_entry_name(name, i))]
        if present and not self.replace and digest_of(known) != self.memory.get(name):
            if present != wanted:
                self.loaded.kept.append(name)
            return False
        if present and present != wanted:
            self.loaded.updated.append(name)
        self.digests[name] = digest_of(ids)
        return True

    def load_media(self, values):
        for name, value in values.items() if self.stores_images else ():
            self.rows[name] = load_medium(self.rows.get(name), name, value, self.text, self.rows)

    def without_what_is_not_here(self, entries):
        """Return the entries without blocks of voices and media that this site lacks or may not show."""
        shown = shown_today()
        # Media that were withdrawn meanwhile are in `live`, but in no lesson.
        self.rows = {name: row for name, row in self.rows.items() if name.partition(":")[0] not in KINDS} | shown
        return {
            name: value
            if "body" not in value or name.startswith("printable:")
            else value | {"body": without_what_is_not_shown(_without_other_voices(value["body"], self.voices), shown)}
            for name, value in entries.items()
        }

    def load_snippets(self, values):
        for image in {value["image"] for value in values.values() if "image" in value}:
            self.rows[f"image:{image}"] = find_or_store(self.text.images[image]) if self.stores_images else None
        snippets.load_rows(values, self.rows, self.locale)

    def load_pages(self, values):
        for name, value in values.items():
            if name not in self.rows and (parent := self.parent_of(name)) is not False:
                self.rows[name] = pages.new_page(name, value, parent, self.locale)
        for name, value in values.items():
            if name in self.rows:
                pages.load_page(self.rows[name], name, value, self.rows)

    def parent_of(self, name):
        """Return the parent page of `name`, None for the root, or False if an editor deleted the parent."""
        if name == "COURSE":
            return None
        return self.rows.get(self.parents.get(name, "COURSE"), False)

    def put_in_order(self, name, ids):
        prefix = name.partition(":")[2]
        if prefix in ORDERED_LISTS:
            snippets.put_in_order([self.rows.get(f"{prefix}:{identifier}") for identifier in ids])
        elif parent := self.rows.get(name.partition(":")[2]):
            pages.put_in_order(parent, [self.rows[identifier] for identifier in ids if identifier in self.rows])

    def remember(self):
        changed = {name: digest for name, digest in self.digests.items() if self.memory.get(name) != digest}
        LoadedContent.objects.bulk_create(
            [
                LoadedContent(identifier=name, language=self.text.language, digest=digest)
                for name, digest in changed.items()
            ],
            update_conflicts=True,
            unique_fields=["identifier", "language"],
            update_fields=["digest", "loaded_at"],
        )


def _entry_name(order, identifier):
    prefix = order.partition(":")[2]
    return f"{prefix}:{identifier}" if prefix in ORDERED_LISTS else identifier
