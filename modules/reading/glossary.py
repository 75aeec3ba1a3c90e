"""The glossary in the order of the Spanish alphabet."""

import unicodedata
from itertools import groupby

from modules.models import GlossaryTerm
from modules.wording.translations import rows_in


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
