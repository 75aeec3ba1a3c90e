"""Sources, glossary terms and directory entries of a page."""

import json
import re
import unicodedata
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import get_language

from modules.blocks.lessons import DirectoryBlock
from modules.models import GlossaryTerm, Organisation
from modules.wording import NEEDS, is_verified, rows_in
from quizzes.base.markup import sources_in, terms_in
from quizzes.base.view_registry import shows
from quizzes.models import Source


class References(NamedTuple):
    """The glossary terms in the order of their first use, and the sources by number."""

    terms: list[GlossaryTerm]
    sources: list[Source]

    @property
    def names(self):
        """{glossary id: its name within a sentence}, as `quizzes.base.markup` wants it."""
        return {term.identifier: within_a_sentence(term.term) for term in self.terms}


def references_of(*texts, language, also=()):
    """Return what the marked `texts` point to, in two queries at most.

    A text is a string or a StreamField's value. `also` holds source numbers that are listed although no text points to
    them. What a definition in the glossary points to is listed too.
    """
    marked = "\n".join(_marked(text) for text in texts)
    used = terms_in(marked)
    terms = rows_in(GlossaryTerm.objects.filter(identifier__in=used), language) if used else []
    terms.sort(key=lambda term: used.index(term.identifier))
    numbers = {*sources_in(marked), *also}
    numbers.update(number for term in terms for number in sources_in(term.definition))
    sources = rows_in(Source.objects.filter(identifier__in=numbers), language) if numbers else []
    return References(terms, sorted(sources, key=source_order))


def within_a_sentence(name):
    """Return «estigma» for «Estigma», and PEP as it is."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def all_sources(language):
    """Return every source by number, in one query."""
    return sorted(rows_in(Source.objects.all(), language), key=source_order)


def source_order(source):
    """S9 comes before S10, and S10 before S10b."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", source.identifier)]


def _marked(text):
    # The marks are plain ASCII, so the stored form of a StreamField shows them as the editor wrote them.
    return text if isinstance(text, str) else json.dumps(list(text.raw_data), ensure_ascii=False)


def alphabetical_key(text):
    """Return a key that sorts as a Spanish dictionary does: accents do not count, ñ comes after n."""
    letters = unicodedata.normalize("NFD", text.casefold().replace("ñ", "n\uffff"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def initial(text):
    """Return the letter under which a term stands, such as «E» for «estigma»."""
    letter = text[:1].upper()
    return letter if letter == "Ñ" else unicodedata.normalize("NFD", letter)[:1]


def terms_by_letter(language):
    """Return [(letter, [GlossaryTerm])] in alphabetical order, in one query."""
    terms = sorted(rows_in(GlossaryTerm.objects.all(), language), key=lambda term: alphabetical_key(term.term))
    return [(letter, list(group)) for letter, group in groupby(terms, key=lambda term: initial(term.term))]


@dataclass(frozen=True)
class Entry:
    """An organisation as it is shown on a day: `verified` tells whether a check of it still counts."""

    organisation: Organisation
    verified: bool

    @classmethod
    def of(cls, organisation, today):
        return cls(organisation, is_verified(organisation.checked_on, today))

    @property
    def phones(self):
        """[(as it is written, as a telephone dials it)]; «1572 / 2411-8686» are two."""
        written = [number.strip() for number in self.organisation.phone.replace(",", "/").split("/")]
        dialled = ["".join(c for c in number if c.isdigit() or c == "+") for number in written]
        return [(number, digits) for number, digits in zip(written, dialled, strict=True) if digits]

    @property
    def sources(self):
        # A preview shows organisations that were never saved.
        return sorted(self.organisation.sources.all(), key=source_order) if self.organisation.pk else []


class Directory:
    """The directory in one language on one day. It is read from the database once, when it is first asked."""

    def __init__(self, language, today):
        self._language = language
        self._today = today
        self._entries = None

    @property
    def entries(self):
        if self._entries is None:
            organisations = rows_in(Organisation.objects.prefetch_related("sources"), self._language)
            organisations.sort(key=lambda organisation: (organisation.sort_order, organisation.name))
            self._entries = [Entry.of(organisation, self._today) for organisation in organisations]
        return self._entries

    def helping_with(self, *needs):
        """Return the entries that help with any of the needs, in the order of the directory, each once."""
        return [entry for entry in self.entries if set(needs) & set(entry.organisation.needs)]

    def needs(self):
        """Return [(slug, name, number of entries)] of the needs that someone helps with, in their order."""
        counted = ((slug, name, len(self.helping_with(slug))) for slug, name in NEEDS)
        return [(slug, name, count) for slug, name, count in counted if count]


@shows(Organisation, "preview")
def preview_organisation(organisation):
    """Return the context of the preview of an organisation: as the directory lists it today."""
    return {"entry": Entry.of(organisation, timezone.localdate())}


@shows(DirectoryBlock, "preview")
def directory_today():
    """Return the directory for the preview of a block of it."""
    return Directory(get_language(), timezone.localdate())
