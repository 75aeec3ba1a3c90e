"""Who the person of a row is: certain, to be asked, somebody elsewhere, or new."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.models.people import plain_words
from course.people.merging import may_be_misspelt, name_tokens, phonetic_keys, without_initials
from course.people.names import SMALL_WORDS

from .rows import Candidate

MOST_CANDIDATES = 3
# So many words of a name are more than a coincidence among people of different clinics.
ENOUGH_WORDS = 3
OTHER = "other"


class Alike(models.TextChoices):
    """What a row and a person of the site have in common."""

    CUI = "cui", gettext_lazy("the same CUI")
    EMPLOYEE = "employee", gettext_lazy("the same employee number")
    EMAIL = "email", gettext_lazy("the same e-mail address")
    PHONE = "phone", gettext_lazy("the same phone number")
    NAME = "name", gettext_lazy("the same name")
    SIMILAR = "similar", gettext_lazy("a similar name")
    CLINIC = "clinic", gettext_lazy("the same clinic")


def find_people(lines, known):
    """Give every row its person, or whom to ask about, or a problem, as `KnownPeople` allows."""
    claimed = set()
    for line in lines:
        if line.code:
            _find_by_code(line, known)
        else:
            _find_certain(line, known)
        _claim(line, claimed)
    # In the group the name alone is enough, when nobody else is meant by it.
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
    # The trainer may have said already that the row is somebody else.
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
    """Whether two names, each (given names, surnames), differ only by what is missing, by letters that sound alike or
    the order of the surnames, or by one letter typed wrong. Of people `near` each other two words are enough."""
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
    """Return the set of the words of some names, without the small ones."""
    return set(plain_words(" ".join(texts))) - SMALL_WORDS
