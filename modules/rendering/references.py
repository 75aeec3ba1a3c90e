"""Sources, glossary terms and directory entries of a page."""

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import get_language

from modules.blocks.lessons import DirectoryBlock
from modules.labels import NEEDS, is_verified, rows_in_language
from modules.models import GlossaryTerm, Organisation
from quizzes.base.markup import find_sources, find_terms
from quizzes.base.view_registry import serves
from quizzes.models import Source


class References(NamedTuple):
    terms: list[GlossaryTerm]
    sources: list[Source]

    @property
    def names(self):
        """Return {identifier: name within a sentence}, as for `quizzes.base.markup`."""
        return {term.identifier: _lower_initial(term.term) for term in self.terms}


def find_references(*texts, language, also=()):
    """Return the `References` in the markup of `texts`, strings or StreamField values; at most two queries."""
    markup = "\n".join(_raw_text(text) for text in texts)
    used = find_terms(markup)
    terms = rows_in_language(GlossaryTerm.objects.filter(identifier__in=used), language) if used else []
    terms.sort(key=lambda term: used.index(term.identifier))
    numbers = {*find_sources(markup), *also}
    numbers.update(number for term in terms for number in find_sources(term.definition))
    sources = rows_in_language(Source.objects.filter(identifier__in=numbers), language) if numbers else []
    return References(terms, sorted(sources, key=source_sort_key))


def _lower_initial(name):
    # «estigma» for «Estigma», but PEP.
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def get_sources(language):
    return sorted(rows_in_language(Source.objects.all(), language), key=source_sort_key)


def source_sort_key(source):
    """S9 comes before S10, and S10 before S10b."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", source.identifier)]


def _raw_text(text):
    # Markup is ASCII, so it is readable in the stored form of a StreamField.
    return text if isinstance(text, str) else json.dumps(list(text.raw_data), ensure_ascii=False)


def alphabetical_key(text):
    """Return a sort key of Spanish dictionaries: without accents, ñ after n."""
    letters = unicodedata.normalize("NFD", text.casefold().replace("ñ", "n\uffff"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _initial(text):
    letter = text[:1].upper()
    return letter if letter == "Ñ" else unicodedata.normalize("NFD", letter)[:1]


def get_terms_by_letter(language):
    terms = sorted(rows_in_language(GlossaryTerm.objects.all(), language), key=lambda term: alphabetical_key(term.term))
    return [(letter, list(group)) for letter, group in groupby(terms, key=lambda term: _initial(term.term))]


@dataclass(frozen=True)
class DirectoryEntry:
    organisation: Organisation
    verified: bool

    @classmethod
    def of(cls, organisation, today):
        return cls(organisation, is_verified(organisation.checked_on, today))

    @property
    def phones(self):
        """Return [(as written, as dialled)]; «1572 / 2411-8686» are two."""
        written = [number.strip() for number in self.organisation.phone.replace(",", "/").split("/")]
        dialled = ["".join(c for c in number if c.isdigit() or c == "+") for number in written]
        return [(number, digits) for number, digits in zip(written, dialled, strict=True) if digits]

    @property
    def sources(self):
        # A preview shows organisations that were never saved.
        return sorted(self.organisation.sources.all(), key=source_sort_key) if self.organisation.pk else []


class Directory:
    def __init__(self, language, today):
        self._language = language
        self._today = today

    @cached_property
    def entries(self):
        organisations = rows_in_language(Organisation.objects.prefetch_related("sources"), self._language)
        organisations.sort(key=lambda organisation: (organisation.sort_order, organisation.name))
        return [DirectoryEntry.of(organisation, self._today) for organisation in organisations]

    def helping_with(self, *needs):
        return [entry for entry in self.entries if set(needs) & set(entry.organisation.needs)]

    def needs(self):
        """Return [(slug, name, number of entries)] of the needs with entries."""
        counted = ((slug, name, len(self.helping_with(slug))) for slug, name in NEEDS)
        return [(slug, name, count) for slug, name, count in counted if count]


@serves(Organisation, "preview")
def preview_organisation(organisation):
    return {"entry": DirectoryEntry.of(organisation, timezone.localdate())}


@serves(DirectoryBlock, "preview")
def preview_directory():
    return Directory(get_language(), timezone.localdate())
