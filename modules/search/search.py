"""Full-text search: docs/decisions/0011-search.md."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from functools import cached_property
from html import unescape

from django.core import signing
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from modules.labels import NEEDS, lang_attribute, rows_in_language
from modules.models import GlossaryTerm, LanguageEntry, LessonPage, Organisation, Worksheet
from modules.progress.outline import get_course_structure, page_path
from quizzes.base.markup import strip_markup

from .words import excerpt, fold, highlight, match_score, stems_of, terms_of


@dataclass(frozen=True)
class Passage:
    """Plain text and its anchor on the page; no excerpt of a `quiet` passage is shown."""

    text: str
    anchor: str = ""
    quiet: bool = False
    query: str = ""

    @cached_property
    def stems(self):
        return frozenset(stems_of(self.text))


@dataclass(frozen=True)
class SearchEntry:
    kind: str
    title: str
    address: str
    passages: list[Passage] = field(default_factory=list)
    place: str = ""
    lang: str = ""

    @cached_property
    def title_stems(self):
        return frozenset(stems_of(self.title))

    @cached_property
    def stems(self):
        return self.title_stems.union(*(passage.stems for passage in self.passages))


def get_lesson_entries():
    structure = get_course_structure()
    return structure.derive(("search", get_language()), lambda: _lesson_entries(structure))


def _lesson_entries(structure):
    modules = structure.modules_in(get_language())
    keys = [lesson.pk for module in modules for lesson in module.lessons]
    bodies = {lesson.pk: lesson.body for lesson in LessonPage.objects.filter(pk__in=keys)}
    return [
        SearchEntry(
            kind="lesson",
            title=lesson.title,
            address=page_path(lesson),
            passages=_lesson_passages(bodies[lesson.pk], quiet=bool(module.warning_on(lesson))),
            place=f"{module.number}. {module.title}",
            lang=lang_attribute(lesson.locale.language_code),
        )
        for module in modules
        for lesson in module.lessons
        if lesson.pk in bodies
    ]


def _lesson_passages(body, *, quiet):
    passages = []
    for block in body:
        if read := _BLOCK_TEXTS.get(block.block_type):
            lines = [strip_markup(line).strip() for line in read(block.value) if line]
            alone = block.block_type == "scenario" and bool(block.value["warning"])
            # The page shows the scenes of other jobs only if asked.
            query = "?todas" if block.block_type == "scenario" else ""
            passages.append(Passage("\n".join(lines), get_block_anchor(block), quiet or alone, query))
    return passages


def get_block_anchor(block):
    """Return the anchor of a block on its lesson's page; other blocks do not change it."""
    return f"p-{str(block.id)[:8]}" if block.id else ""


def _html_text(value):
    # The end of a paragraph or list item also ends a sentence.
    return unescape(strip_tags(re.sub(r"</(p|li|h\d)>|<br/?>", "\n", value.source)))


# Of a scenario only the opening: the search does not reveal choices and consequences.
_BLOCK_TEXTS = {
    "text": lambda value: [_html_text(value)],
    "key_message": lambda value: [value],
    "role_tips": lambda tips: [tip["tip"] for tip in tips],
    "do_avoid": lambda value: [
        value["title"],
        *(row[part] for row in value["rows"] for part in ("do", "avoid", "why")),
    ],
    "figure": lambda value: [value["caption"]],
    "checklist": lambda value: [value["title"], *value["items"]],
    "callout": lambda value: [value["title"], _html_text(value["text"])],
    "directory": lambda value: [value["title"]],
    "reflection": lambda value: [value["prompt"]],
    "scenario": lambda value: [value["title"], *(step["text"] for step in list(value["steps"])[:1])],
}


def get_worksheet_entries():
    language = get_language()
    return get_course_structure().derive(
        ("search sheets", language),
        lambda: [_worksheet_entry(sheet) for sheet in rows_in_language(Worksheet.objects.filter(live=True), language)],
    )


def _worksheet_entry(sheet):
    parts = ["\n".join(map(strip_markup, filter(None, _worksheet_texts(block)))) for block in sheet.body]
    return SearchEntry(
        kind="sheet",
        title=sheet.title,
        address=reverse("printable", args=[sheet.identifier]),
        passages=[Passage(text) for text in (strip_markup(sheet.purpose), strip_markup(sheet.intro), *parts) if text],
        lang=lang_attribute(sheet.locale.language_code),
    )


def _worksheet_texts(block):
    if block.block_type != "table":
        return block.block.get_searchable_content(block.value)
    return [block.value["title"], *(column["title"] for column in block.value["columns"])]


def get_reference_entries():
    language = get_language()
    return [
        *(_term_entry(term) for term in rows_in_language(GlossaryTerm.objects.order_by("pk"), language)),
        *(
            _guide_entry(line)
            for line in rows_in_language(LanguageEntry.objects.order_by("sort_order", "pk"), language)
        ),
        *(
            _organisation_entry(help)
            for help in rows_in_language(Organisation.objects.order_by("sort_order", "pk"), language)
        ),
    ]


def _term_entry(term):
    return SearchEntry(
        kind="term",
        title=term.term,
        address=reverse("glossary"),
        passages=[Passage(f"{strip_markup(term.definition)}\n{term.english}", term.identifier)],
        lang=lang_attribute(term.locale.language_code),
    )


def _guide_entry(item):
    return SearchEntry(
        kind="guide",
        title=item.say,
        address=reverse("language_guide"),
        passages=[Passage(f"{_('Avoid')}: {item.avoid}\n{item.why}", f"guia-{item.identifier}")],
        lang=lang_attribute(item.locale.language_code),
    )


def _organisation_entry(organisation):
    needs = [(slug, str(name)) for slug, name in NEEDS if slug in organisation.needs]
    texts = [organisation.kind, organisation.population, organisation.area, organisation.phone]
    texts += [strip_markup(organisation.note), ". ".join(name for _slug, name in needs)]
    return SearchEntry(
        kind="help",
        title=organisation.name,
        address=reverse("directory_need", args=[needs[0][0]]) if needs else reverse("directory"),
        passages=[Passage("\n".join(filter(None, texts)), organisation.identifier)],
        lang=lang_attribute(organisation.locale.language_code),
    )


MAX_HITS = 10
MAX_QUERY_LENGTH = 100


@dataclass(frozen=True)
class Hit:
    entry: SearchEntry
    address: str
    title: str
    excerpt: str
    quiet: bool


@dataclass(frozen=True)
class Results:
    """Hits by kind, best first; `more` counts those not shown, `complete` if every word was found."""

    hits: dict[str, list[Hit]]
    more: dict[str, int]
    complete: bool = True
    suggestions: tuple[str, ...] = ()

    @property
    def total(self):
        return sum(map(len, self.hits.values())) + sum(self.more.values())


def search_entries(query, entries):
    """Return `Results`, or None without a word: entries with all words, else with some, else similar words."""
    terms = terms_of(query[:MAX_QUERY_LENGTH])
    if not terms:
        return None
    scored = [(found, score, entry) for entry in entries for found, score in [_score(entry, terms)] if found]
    complete = [row for row in scored if row[0] == len(terms)]
    # Stable: equal scores remain in the order of the course.
    ranked = sorted(complete or scored, key=lambda row: (-row[0], -row[1]))
    by_kind = {}
    for *_scores, entry in ranked:
        by_kind.setdefault(entry.kind, []).append(entry)
    return Results(
        hits={kind: [_hit(entry, terms) for entry in found[:MAX_HITS]] for kind, found in by_kind.items()},
        more={kind: len(found) - MAX_HITS for kind, found in by_kind.items() if len(found) > MAX_HITS},
        complete=bool(complete) or not scored,
        suggestions=() if scored else _suggestions(query, entries),
    )


def _score(entry, terms):
    found = score = 0
    for term in terms:
        in_title = max((match_score(term, word) for word in entry.title_stems), default=0)
        anywhere = in_title or max((match_score(term, word) for word in entry.stems), default=0)
        found += bool(anywhere)
        score += anywhere + 4 * in_title
    return found, score


def _hit(entry, terms):
    passage = max(entry.passages, key=lambda passage: _passage_score(passage, terms), default=Passage(""))
    is_in_text = _passage_score(passage, terms) > 0
    # A hit in the title alone leads to the top of a lesson; terms and organisations are anchors themselves.
    anchor = passage.anchor if is_in_text or entry.kind != "lesson" else ""
    quiet = any(passage.quiet for passage in entry.passages) if not is_in_text else passage.quiet
    return Hit(
        entry=entry,
        address=f"{entry.address}{passage.query}#{anchor}" if anchor else entry.address,
        title=highlight(entry.title, terms),
        excerpt="" if quiet else excerpt(passage.text, terms) or passage.text.strip().partition("\n")[0][:160],
        quiet=quiet,
    )


def _passage_score(passage, terms):
    return sum(max((match_score(term, word) for word in passage.stems), default=0) for term in terms)


def _suggestions(query, entries):
    known = {}
    for entry in entries:
        for text in (entry.title, *(passage.text for passage in entry.passages if not passage.quiet)):
            for word in re.findall(r"\w{4,}", text):
                known.setdefault(fold(word), word.casefold())
    found = []
    for word in re.findall(r"\w{4,}", fold(query)):
        found += get_close_matches(word, known, n=2, cutoff=0.75)
    return tuple(dict.fromkeys(known[word] for word in found))[:3]


# The query is not in the address: the history of a shared browser would show it to the next person.
COOKIE = "buscado"
# Time to read a result and come back to the list.
QUERY_LIFETIME = timedelta(minutes=30)


def save_query(request, response, query, *, purpose):
    response.set_cookie(
        COOKIE,
        signing.dumps(query, salt=_salt(request, purpose)),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def get_saved_query(request, *, purpose):
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(request, purpose), max_age=QUERY_LIFETIME)
    except signing.BadSignature:
        return ""


def _salt(request, purpose):
    return f"modules.search.search.{purpose}.{request.session.session_key or ''}"
