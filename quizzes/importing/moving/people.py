"""Who is who: the list that says which person here a person of the old site is. Nobody is invented."""

import csv
from io import StringIO

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from quizzes.importing.old_site.dump import PEOPLE
from quizzes.importing.parts.reading import UnreadableFile, at_row
from quizzes.importing.parts.texts import decode

_LARGEST = 5 * 1024 * 1024
_HEADINGS = ("username", "user", "id", "usuario", "antes", "anterior", "viejo", "old")


def read_people(content):
    """Return {number or name there: person here} of a CSV with two columns; a first row with headings may be there.

    Raises UnreadableFile that names every row with nobody here, and a name that is there twice for two people.
    """
    if len(content) > _LARGEST:
        raise UnreadableFile(_("The list of people is far too long: it has one row for each person."))
    rows = list(_read_rows(decode(content)))
    model = get_user_model()
    names = {here.casefold() for _number, _there, here in rows}
    # A user code is one person's in any letter case.
    found = {}
    for person in model.objects.all().iterator():
        if (name := person.get_username().casefold()) in names:
            found[name] = person
    people, wrong = {}, []
    for number, there, here in rows:
        person = found.get(here.casefold())
        if person is None:
            wrong.append(_("%(row)s: nobody here is called “%(name)s”") % {"row": at_row(number), "name": here[:60]})
        elif people.setdefault(there, person) != person:
            wrong.append(_("%(row)s: “%(name)s” stands for two people") % {"row": at_row(number), "name": there[:60]})
    if wrong:
        raise UnreadableFile(_("The list of people has mistakes: %(mistakes)s.") % {"mistakes": "; ".join(wrong)})
    return people


def _read_rows(text):
    sign = ";" if text.partition("\n")[0].count(";") else ","
    try:
        rows = list(csv.reader(StringIO(text), delimiter=sign))
    except csv.Error:
        raise UnreadableFile(_("The list of people is no CSV that can be read.")) from None
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and cells[0].casefold() in _HEADINGS):
            continue
        if len(cells) < 2 or not cells[0] or not cells[1]:
            raise UnreadableFile(
                _("Each row of the list of people has a name or number there and a user here; %(row)s has not.")
                % {"row": at_row(number)}
            )
        yield number, cells[0], cells[1]


def match_people(people, dump):
    """Return {key of a person there: person here}, by number or by name; raises UnreadableFile for a double meaning."""
    matched, meant = {}, {}
    for row in dump.of(PEOPLE).values():
        for name in {row.key, row.text("username")} & people.keys():
            if meant.setdefault(name, row.key) != row.key:
                raise UnreadableFile(
                    _("“%(name)s” is the number of one person there and the name of another. Write both by name.")
                    % {"name": name[:60]}
                )
            matched[row.key] = people[name]
    # Whoever exported without the table of people has their numbers all the same.
    return {name: person for name, person in people.items() if name not in meant} | matched


def name_there(dump, key):
    """Return how a person was called there, or the number."""
    row = dump.of(PEOPLE).get(key)
    return (row.text("username") if row else "") or key
