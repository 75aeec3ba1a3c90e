"""Search in lessons, worksheets and glossary: passages, matching, ranking."""

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

from modules.models import GlossaryTerm, LanguageEntry, LessonPage, Organisation, Worksheet
from modules.progress.outline import course_structure, page_path
from modules.wording import NEEDS, language_mark, rows_in
from quizzes.base.markup import plain

from .words import excerpt, fold, mark, matches, stems_of, terms_of


@dataclass(frozen=True)
class Passage:
    """A stretch of plain text and its anchor on the page; of a `quiet` one no excerpt is shown."""

    text: str
    anchor: str = ""
    quiet: bool = False

    @cached_property
    def stems(self):
        return frozenset(stems_of(self.text))


@dataclass(frozen=True)
class Entry:
    """A lesson, sheet, word, line of the language guide or organisation; `place` says in words where it stands."""

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


def lessons_to_search():
    """Return the entries of the published lessons, made once for as long as the course stays as it is."""
    structure = course_structure()
    return structure.derive(("search", get_language()), lambda: _entries_of_lessons(structure))


def _entries_of_lessons(structure):
    modules = structure.modules_in(get_language())
    keys = [lesson.pk for module in modules for lesson in module.lessons]
    bodies = {lesson.pk: lesson.body for lesson in LessonPage.objects.filter(pk__in=keys)}
    return [
        Entry(
            kind="lesson",
            title=lesson.title,
            address=page_path(lesson),
            passages=_passages_of_lesson(bodies[lesson.pk], quiet=bool(module.warning_on(lesson))),
            place=f"{module.number}. {module.title}",
            lang=language_mark(lesson.locale.language_code),
        )
        for module in modules
        for lesson in module.lessons
        if lesson.pk in bodies
    ]


def _passages_of_lesson(body, *, quiet):
    passages = []
    for block in body:
        if read := _READERS.get(block.block_type):
            lines = [plain(line).strip() for line in read(block.value) if line]
            alone = block.block_type == "scenario" and bool(block.value["warning"])
            passages.append(Passage("\n".join(lines), place_of(block), quiet=quiet or alone))
    return passages


def place_of(block):
    """Return the anchor of a block on its lesson's page: it stays the same when other blocks come and go."""
    return f"p-{str(block.id)[:8]}" if block.id else ""


def _words_of_html(value):
    # The end of a paragraph or of a point ends a sentence too.
    return unescape(strip_tags(re.sub(r"</(p|li|h\d)>|<br/?>", "\n", value.source)))


# Of a scenario only its opening: what a person may choose, and what follows, is not given away.
_READERS = {
    "text": lambda value: [_words_of_html(value)],
    "key_message": lambda value: [value],
    "role_tips": lambda tips: [tip["tip"] for tip in tips],
    "do_avoid": lambda value: [
        value["title"],
        *(row[part] for row in value["rows"] for part in ("do", "avoid", "why")),
    ],
    "figure": lambda value: [value["caption"]],
    "checklist": lambda value: [value["title"], *value["items"]],
    "callout": lambda value: [value["title"], _words_of_html(value["text"])],
    "directory": lambda value: [value["title"]],
    "reflection": lambda value: [value["prompt"]],
    "scenario": lambda value: [value["title"], *(step["text"] for step in list(value["steps"])[:1])],
}


def sheets_to_search():
    """Return the entries of the public sheets to print, made once for as long as none of them changes."""
    language = get_language()
    return course_structure().derive(
        ("search sheets", language),
        lambda: [_entry_of_sheet(sheet) for sheet in rows_in(Worksheet.objects.filter(live=True), language)],
    )


def _entry_of_sheet(sheet):
    parts = ["\n".join(map(plain, filter(None, _words_of_sheet(block)))) for block in sheet.body]
    return Entry(
        kind="sheet",
        title=sheet.title,
        address=reverse("printable", args=[sheet.identifier]),
        passages=[Passage(text) for text in (plain(sheet.purpose), plain(sheet.intro), *parts) if text],
        lang=language_mark(sheet.locale.language_code),
    )


def _words_of_sheet(block):
    if block.block_type != "table":
        return block.block.get_searchable_content(block.value)
    # Not how wide its columns are.
    return [block.value["title"], *(column["title"] for column in block.value["columns"])]


def words_to_search():
    """Return the entries of what everyone may read: glossary, language guide and directory, in three queries."""
    language = get_language()
    return [
        *(_entry_of_term(term) for term in rows_in(GlossaryTerm.objects.order_by("pk"), language)),
        *(_entry_of_guide(line) for line in rows_in(LanguageEntry.objects.order_by("sort_order", "pk"), language)),
        *(_entry_of_help(help) for help in rows_in(Organisation.objects.order_by("sort_order", "pk"), language)),
    ]


def _entry_of_term(term):
    return Entry(
        kind="term",
        title=term.term,
        address=reverse("glossary"),
        passages=[Passage(f"{plain(term.definition)}\n{term.english}", term.identifier)],
        lang=language_mark(term.locale.language_code),
    )


def _entry_of_guide(line):
    return Entry(
        kind="guide",
        title=line.say,
        address=reverse("language_guide"),
        passages=[Passage(f"{_('Avoid')}: {line.avoid}\n{line.why}", f"guia-{line.identifier}")],
        lang=language_mark(line.locale.language_code),
    )


def _entry_of_help(organisation):
    needs = [(slug, str(name)) for slug, name in NEEDS if slug in organisation.needs]
    texts = [organisation.kind, organisation.population, organisation.area, organisation.phone]
    texts += [plain(organisation.note), ". ".join(name for _slug, name in needs)]
    return Entry(
        kind="help",
        title=organisation.name,
        address=reverse("directory_need", args=[needs[0][0]]) if needs else reverse("directory"),
        passages=[Passage("\n".join(filter(None, texts)), organisation.identifier)],
        lang=language_mark(organisation.locale.language_code),
    )


SHOWN = 10
QUERY_LENGTH = 100


@dataclass(frozen=True)
class Hit:
    """An entry that answers, with the address of the place and a sentence of it; `quiet` when none may be shown."""

    entry: Entry
    address: str
    title: str
    excerpt: str
    quiet: bool


@dataclass(frozen=True)
class Results:
    """Hits by kind, best first; `complete` tells whether they answer every word, `more` how many are not shown."""

    hits: dict[str, list[Hit]]
    more: dict[str, int]
    complete: bool = True
    suggestions: tuple[str, ...] = ()

    @property
    def total(self):
        return sum(map(len, self.hits.values())) + sum(self.more.values())


def find(query, entries):
    """Return the `Results` of a query of at most `QUERY_LENGTH` letters, or None when it holds no word.

    Every word has to be found, in any order, whole or as the beginning of a longer one; where nothing answers them
    all, what answers some is shown, and where nothing answers any, words of the course that look alike are offered.
    """
    terms = terms_of(query[:QUERY_LENGTH])
    if not terms:
        return None
    scored = [(answers, score, entry) for entry in entries for answers, score in [_score(entry, terms)] if answers]
    complete = [found for found in scored if found[0] == len(terms)]
    # Sorting is stable: what is worth the same stays in the order of the course.
    ranked = sorted(complete or scored, key=lambda found: (-found[0], -found[1]))
    by_kind = {}
    for *_worth, entry in ranked:
        by_kind.setdefault(entry.kind, []).append(entry)
    return Results(
        hits={kind: [_hit(entry, terms) for entry in found[:SHOWN]] for kind, found in by_kind.items()},
        more={kind: len(found) - SHOWN for kind, found in by_kind.items() if len(found) > SHOWN},
        complete=bool(complete) or not scored,
        suggestions=() if scored else _suggestions(query, entries),
    )


def _score(entry, terms):
    """Return (how many terms the entry answers, how well): a word of the title counts more than one of the text."""
    answers = score = 0
    for term in terms:
        in_title = max((matches(term, word) for word in entry.title_stems), default=0)
        anywhere = in_title or max((matches(term, word) for word in entry.stems), default=0)
        answers += bool(anywhere)
        score += anywhere + 4 * in_title
    return answers, score


def _hit(entry, terms):
    passage = max(entry.passages, key=lambda passage: _in_passage(passage, terms), default=Passage(""))
    is_there = _in_passage(passage, terms) > 0
    # A word of the title alone leads to the beginning of a lesson; a term or an organisation is a place itself.
    anchor = passage.anchor if is_there or entry.kind != "lesson" else ""
    quiet = any(passage.quiet for passage in entry.passages) if not is_there else passage.quiet
    return Hit(
        entry=entry,
        address=f"{entry.address}#{anchor}" if anchor else entry.address,
        title=mark(entry.title, terms),
        excerpt="" if quiet else excerpt(passage.text, terms) or _opening(passage),
        quiet=quiet,
    )


def _in_passage(passage, terms):
    return sum(max((matches(term, word) for word in passage.stems), default=0) for term in terms)


def _opening(passage):
    return passage.text.strip().partition("\n")[0][:160]


def _suggestions(query, entries):
    """Return up to three words of the entries that look like a word of the query."""
    known = {}
    for entry in entries:
        for text in (entry.title, *(passage.text for passage in entry.passages if not passage.quiet)):
            for word in re.findall(r"\w{4,}", text):
                known.setdefault(fold(word), word.casefold())
    found = []
    for word in re.findall(r"\w{4,}", fold(query)):
        found += get_close_matches(word, known, n=2, cutoff=0.75)
    return tuple(dict.fromkeys(known[word] for word in found))[:3]


COOKIE = "buscado"
# As long as somebody reads what was found and comes back to the list.
LASTS = timedelta(minutes=30)
_SALT = "modules.search.search"


def keep_words(request, response, words, *, purpose):
    """Send the words along with the redirect to the page that `purpose` names; they take the place of any before."""
    response.set_cookie(
        COOKIE,
        signing.dumps(words, salt=_salt(request, purpose)),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def words_asked(request, *, purpose):
    """Return what was looked for last on that page in this session, or an empty text."""
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(request, purpose), max_age=LASTS)
    except signing.BadSignature:
        return ""


def forget_words(response):
    response.delete_cookie(COOKIE, samesite="Lax")


def _salt(request, purpose):
    return f"{_SALT}.{purpose}.{request.session.session_key or ''}"
