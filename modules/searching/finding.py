"""Finding what a person looks for among entries. Pure: words in, results out."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from .passages import Entry, Passage
from .words import excerpt, fold, mark, matches, terms_of

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
