"""Two rows of one list that are about one person: certainly, or as far as their names go."""

from django.utils.translation import gettext as _

from course.people.merging import phonetic_keys

from .known import ByWords, core_of_name, may_be_called_one
from .matching import ENOUGH_WORDS, OTHER, names_are_alike, words_in

# A given name and a surname that more rows of one list share say nothing about who is who.
_MOST_SHARING = 40
# So many pairs of rows are compared letter by letter, which takes long; no list of a clinic has as many.
_MOST_COMPARED = 20_000


def find_repeated(lines):
    """Say of every row after the first about the same person, or with the same code or address, that it is repeated."""
    people, codes, emails, numbers = {}, {}, {}, {}
    for line in lines:
        if line.problem:
            continue
        if line.code and line.code in codes:
            line.problem = _("The same user code as in row %(row)d.") % {"row": codes[line.code]}
            continue
        if first := next((numbers[number] for number in line.identifiers.items() if number in numbers), None):
            line.problem = _("The same person as in row %(row)d: the number is the same.") % {"row": first}
            continue
        first = people.get((line.name_key, line.place_key))
        if first and not _are_two(line, first):
            line.problem = _(
                "The same person as in row %(row)d. If they are two people, let one say a second given name."
            ) % {"row": first.number}
            continue
        if line.email and line.email in emails:
            line.notes.append(
                _("The same e-mail address as in row %(row)d: it is left out.") % {"row": emails[line.email]}
            )
            line.email = ""
        people[line.name_key, line.place_key] = line
        codes[line.code], emails[line.email] = line.number, line.number
        numbers |= dict.fromkeys(line.identifiers.items(), line.number)


def _are_two(line, first):
    if line.code and first.code:
        return True
    return any(kind in first.identifiers for kind in line.identifiers)


def ask_about_rows(lines):
    """Ask of each row that would make an account whether it is the person of another row with such a name.

    That is one further up, or one whose person the site knows. Where two namesakes with a single given name and surname
    are of different clinics, a note says it.
    """
    rows, cores, left = ByWords(most=_MOST_SHARING), {}, _MOST_COMPARED
    for line in lines:
        rows.add(line, line.given_names, line.surnames)
        cores[line.number] = core_of_name(line.given_names, line.surnames)
    for line in lines:
        if line.person is None:
            others = [
                one for one in rows.like(line.given_names, line.surnames) if one.number < line.number or one.person
            ]
            others = [one for one in others if may_be_called_one(cores[line.number], cores[one.number])][: max(left, 0)]
            left -= len(others)
            _ask_about(line, others)


def _ask_about(line, others):
    alike = [one for one in others if not _are_two(line, one) and _is_alike(line, one)]
    line.like_row = next((one for one in alike if _is_likely(line, one)), None)
    if alike and line.like_row is None and line.answer != OTHER:
        line.notes.append(
            _("Row %(row)d has the same name or a similar one: look whether it is another person.")
            % {"row": alike[0].number}
        )


def _is_alike(line, other):
    names = (line.given_names, line.surnames), (other.given_names, other.surnames)
    return line.name_key == other.name_key or names_are_alike(*names, near=True)


def _is_likely(line, other):
    mine, theirs = (phonetic_keys(words_in(one.given_names, one.surnames)) for one in (line, other))
    return line.place_key == other.place_key or len(mine & theirs) >= ENOUGH_WORDS
