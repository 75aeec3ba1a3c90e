"""What marked texts point to: the sources at the foot of a page and the glossary terms that are explained in place."""

import json
import re
from typing import NamedTuple

from modules.models import GlossaryTerm
from modules.wording.translations import rows_in
from quizzes.base.markup import sources_in, terms_in
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
