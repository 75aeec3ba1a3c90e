"""How many numbers and addresses of a list are of people whom whoever brought it may not see."""

from django.db.models.functions import Lower

from course.models import PersonIdentifier, User
from course.people.identifier_fields import may_compare_numbers, may_reveal_matches, people_with_visible_numbers
from course.people.identifiers import NotAnIdentifier, parse_identifier, people_by_number

from .columns import Field
from .row_reading import mended_address

_KINDS = {PersonIdentifier.Kind.CUI: Field.CUI, PersonIdentifier.Kind.EMPLOYEE: Field.EMPLOYEE}


def may_compare_list(rows, columns, *, by, cohort, now):
    """Whether the numbers and addresses of a list are compared; that some are known elsewhere is kept in the log.

    All rows count, also those that are no people as yet: what is no person may be said to be one later.
    """
    if by.administers:
        return True
    return may_compare_numbers(by, now=now) and may_reveal_matches(
        by, _known_elsewhere(rows, columns, by), cohort=cohort, now=now
    )


def _known_elsewhere(rows, columns, by):
    owners = []
    for kind, one in _KINDS.items():
        numbers = set(filter(None, (_number(kind, cell) for cell in _cells(rows, columns, one))))
        owners += [person.pk for person in people_by_number(kind, numbers).values()]
    if addresses := {mended_address(cell).lower() for cell in _cells(rows, columns, Field.EMAIL)}:
        known = dict(User.objects.exclude(email="").values_list(Lower("email"), "pk"))
        owners += [known[address] for address in addresses if address in known]
    if not owners:
        return 0
    seen = set(people_with_visible_numbers(by).values_list("pk", flat=True))
    return sum(owner not in seen for owner in owners)


def _cells(rows, columns, one):
    place = columns.get(one)
    return [row[place] for row in rows if place is not None and place < len(row) and row[place]]


def _number(kind, cell):
    try:
        return parse_identifier(kind, cell)
    except NotAnIdentifier:
        return ""
