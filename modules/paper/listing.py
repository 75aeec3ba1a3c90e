"""Which sheets there are, in the language of the reader or in Spanish."""

from modules.models import Printable
from modules.wording.translations import rows_in


def printables_in(language):
    """Return the public sheets in the order that the editors gave them, in one query."""
    rows = rows_in(Printable.objects.filter(live=True).defer("body"), language)
    return sorted(rows, key=lambda printable: (printable.sort_order, printable.pk))


def find_printable(identifier, language):
    """Return the public sheet with this identifier, or None."""
    return next(iter(rows_in(Printable.objects.filter(live=True, identifier=identifier), language)), None)
