"""Match rows to people: certain, to be confirmed, elsewhere, repeated or new."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.models.people import plain_words
from course.people.merging import may_be_misspelt, name_tokens, phonetic_keys, without_initials
from course.people.names import SMALL_WORDS

from .known import ByWords, core_of_name, may_be_called_one
from .rows import Candidate

MOST_CANDIDATES = 3
ENOUGH_WORDS = 3
OTHER = "other"


class Alike(models.TextChoices):
    CUI = "cui", gettext_lazy("the same CUI")
    EMPLOYEE = "employee", gettext_lazy("the same employee number")
    EMAIL = "email", gettext_lazy("the same e-mail address")
    PHONE = "phone", gettext_lazy("the same phone number")
    NAME = "name", gettext_lazy("the same name")
    SIMILAR = "similar", gettext_lazy("a similar name")
    CLINIC = "clinic", gettext_lazy("the same clinic")


def find_people(lines, known):
    """Set the person, the candidates or the problem of every row, as `KnownPeople` allows."""
    claimed = set()
    for line in lines:
        if line.code:
            _find_by_code(line, known)
        else:
            _find_certain(line, known)
        _claim(line, claimed)
    for line in _open(lines):
        _find_in_group(line, known, claimed)
        _claim(line, claimed)
    for line in _open(lines):
        _find_elsewhere(line, known)
    for line in _open(lines):
        line.candidates = _candidates(line, known, claimed)
        line.went_on = _went_on(line, known)
        _take_answer(line)
        _claim(line, claimed)


def _open(lines):
    return [line for line in lines if not line.problem and not line.code and line.person is None]


def _find_by_code(line, known):
    line.person = known.by_code.get(line.code)
    if line.person is None and line.code in known.foreign_codes:
        line.problem = _("Somebody who is in none of your groups has the user code %(code)s.") % {"code": line.code}
    elif line.person is None:
        line.problem = _("Nobody has the user code %(code)s. Leave the cell empty to make a new account.") % {
            "code": line.code
        }


def _find_certain(line, known):
    for kind, number in line.identifiers.items():
        owner = known.owner_of(kind, number)
        if owner and known.sees(owner) and _may_be_called(line, owner):
            line.person = known.by_pk[owner.pk]
            return
    same = [person for person in known.by_name.get(line.name_key, []) if _also_alike(line, person)]
    same = [person for person in same if not _numbers_differ(line, person, known)]
    if len(same) > 1:
        same = [person for person in same if person.pk in known.members] or same
    line.person = _the_only(line, same)


def _find_in_group(line, known, claimed):
    same = [
        person
        for person in known.by_name.get(line.name_key, [])
        if person.pk in known.once_members and person.pk not in claimed and not _numbers_differ(line, person, known)
    ]
    if len(same) > 1:
        same = [person for person in same if person.pk in known.members] or same
    line.person = _the_only(line, same)


def _the_only(line, people):
    return people[0] if len(people) == 1 and line.answer != OTHER else None


def _find_elsewhere(line, known):
    owners = [known.owner_of(kind, number) for kind, number in line.identifiers.items()]
    keys = {owner.pk for owner in owners if owner}
    if line.email and line.answer != OTHER and line.email in known.emails:
        keys.add(known.emails[line.email])
    if not keys <= known.by_pk.keys():
        line.problem = _(
            "An account that you do not see has this number or e-mail address: look at it again. If it is this person,"
            " they come in with it and the code to join; or ask an administrator."
        )


def _candidates(line, known, claimed):
    alike = {}

    def add(person, what):
        if person.pk not in claimed:
            alike.setdefault(person.pk, []).append(what)

    for kind, number in line.identifiers.items():
        owner = known.owner_of(kind, number)
        if owner and known.sees(owner):
            add(owner, Alike(kind))
    if line.email and known.emails.get(line.email) in known.by_pk:
        person = known.by_pk[known.emails[line.email]]
        if _may_be_called(line, person):
            add(person, Alike.EMAIL)
    for person in known.by_phone.get(line.phone, []) if line.phone else []:
        if _shares_a_name(line, person):
            add(person, Alike.PHONE)
    for person in known.with_words_of(line):
        if person.sort_key == line.name_key:
            add(person, Alike.NAME)
        elif _is_similar(line, person, known) and not _numbers_differ(line, person, known):
            add(person, Alike.SIMILAR)
    for pk, what in alike.items():
        if line.clinic and known.by_pk[pk].clinic_id == line.clinic.pk:
            what.append(Alike.CLINIC)
    order = list(Alike)
    likeliest = sorted(alike, key=lambda pk: (min(order.index(what) for what in alike[pk]), -len(alike[pk]), pk))
    return [Candidate(known.by_pk[pk], tuple(alike[pk])) for pk in likeliest[:MOST_CANDIDATES]]


def _went_on(line, known):
    alike = []
    for person in known.went_on_like(line):
        names = (line.given_names, line.surnames), (person.first_name, person.last_name)
        if person.sort_key == line.name_key or names_are_alike(*names, near=person.pk in known.once_members):
            alike.append(person.surnames_first)
    return sorted(alike)[:MOST_CANDIDATES]


def _take_answer(line):
    if line.answer == OTHER:
        return
    named = next((one.person for one in line.candidates if str(one.person.key) == line.answer), None)
    line.person = named
    if named is None:
        line.answer = ""


def _claim(line, claimed):
    if line.person is None or line.problem:
        return
    if line.person.pk in claimed:
        line.problem = _("Another row is about the same person.")
    claimed.add(line.person.pk)


def _also_alike(line, person):
    pairs = ((line.clinic and line.clinic.pk, person.clinic_id), (line.email, person.email), (line.phone, person.phone))
    return any(mine and mine == theirs for mine, theirs in pairs)


def _numbers_differ(line, person, known):
    kept = {one.kind for one in person.identifiers.all()} if line.identifiers else set()
    owners = (known.owner_of(kind, number) for kind, number in line.identifiers.items() if kind in kept)
    return any(owner is None or owner.pk != person.pk for owner in owners)


def _may_be_called(line, person):
    return _names_fit(line, person.first_name, person.last_name)


def _names_fit(line, given_names, surnames):
    mine, theirs = (
        phonetic_keys(words_in(line.given_names, line.surnames)),
        phonetic_keys(words_in(given_names, surnames)),
    )
    return 0 < min(2, len(mine), len(theirs)) <= len(mine & theirs)


def _shares_a_name(line, person):
    mine, theirs = words_in(line.given_names, line.surnames), words_in(person.first_name, person.last_name)
    return bool(phonetic_keys(mine) & phonetic_keys(theirs))


def _is_similar(line, person, known):
    near = person.pk in known.once_members or (line.clinic and person.clinic_id == line.clinic.pk)
    names = (line.given_names, line.surnames), (person.first_name, person.last_name)
    return names_are_alike(*names, near=bool(near))


def names_are_alike(one, other, *, near):
    """Whether two (given names, surnames) may be one person's; `near` needs only two common words."""
    mine, theirs = phonetic_keys(words_in(*one)), phonetic_keys(words_in(*other))
    if mine == theirs:
        return bool(mine)
    if may_be_misspelt(*(tuple(map(name_tokens, parts)) for parts in (other, one))):
        return True
    if not all(_one_in_other(words_in(part), words_in(its)) for part, its in zip(one, other, strict=True)):
        return False
    return near or len(mine & theirs) >= ENOUGH_WORDS


def _one_in_other(one, other):
    one, other = phonetic_keys(without_initials(one, other)), phonetic_keys(without_initials(other, one))
    return bool(one & other) and (one <= other or other <= one)


def words_in(*texts):
    return set(plain_words(" ".join(texts))) - SMALL_WORDS


_MOST_SHARING = 40
# Limit on comparisons letter by letter, which are slow.
_MOST_COMPARED = 20_000


def find_repeated(lines):
    """Mark every row after the first with the same person, user code or address as repeated."""
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
    """Ask of each row that would create an account whether it is the person of a similar row."""
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
