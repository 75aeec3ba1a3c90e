"""People whom the site knows, as far as the user may know of them."""

import hashlib
from dataclasses import dataclass

from django.db.models import Count, Max
from django.db.models.functions import Lower, Upper

from course.models import Clinic, Enrolment, JobTitle, PersonIdentifier, User
from course.models.people import plain_words, words_of_key
from course.people.cohorts import cohorts_of, people_of_other_trainers
from course.people.identifier_fields import may_compare_numbers, may_reveal_matches, people_with_visible_numbers
from course.people.identifiers import NotAnIdentifier, optional_fields, parse_identifier, people_by_number
from course.people.merging import phonetic_key
from course.people.names import SMALL_WORDS
from course.people.permissions import may_change_account

from .columns import Field
from .row_reading import mended_address

# Values per query where a function is applied to each, and keys per query.
_VALUES, _KEYS = 500, 20_000


def facts_behind(by):
    """Return a digest of counts and last keys behind any plan of this user: see `KnownPeople.facts`."""
    enrolments = Enrolment.objects.order_by()
    facts = [
        *(rows.aggregate(Count("pk"), Max("pk")) for rows in (User.objects.order_by(), enrolments)),
        *(PersonIdentifier.objects.order_by().aggregate(Count("pk"), Max("pk")), enrolments.current().count()),
        list(cohorts_of(by).order_by("pk").values_list("pk", flat=True)),
        list(Clinic.objects.order_by("pk").values_list("pk", "name", "municipality", "area")),
        list(JobTitle.objects.order_by("pk").values_list("key", "role")),
        optional_fields(),
    ]
    return hashlib.sha256(repr(facts).encode()).digest()


def people_known_to(by):
    """Return the people (a QuerySet) of the groups that `by` sees, past members too if nobody else has them."""
    enrolments = Enrolment.objects.filter(cohort__in=cohorts_of(by).order_by().values("pk"))
    return User.objects.filter(pk__in=enrolments.values("learner")).exclude(pk__in=people_of_other_trainers(by))


def people_who_went_on(by):
    """Return past members who are in another trainer's group now: they match by name alone, unseen."""
    enrolments = Enrolment.objects.filter(cohort__in=cohorts_of(by).order_by().values("pk"))
    return User.objects.filter(pk__in=enrolments.values("learner")).filter(pk__in=people_of_other_trainers(by))


@dataclass(frozen=True)
class Sought:
    """Values of a list's rows by which people may be found; words of names by sound."""

    codes: frozenset
    emails: frozenset
    phones: frozenset
    # {kind: the numbers of this kind}
    numbers: dict
    names: frozenset
    words: frozenset
    # {(a given name, a surname): what `_core` returns of each row with both}
    pairs: dict

    @classmethod
    def in_rows(cls, lines):
        names = [(plain_words(line.given_names), plain_words(line.surnames)) for line in lines]
        kinds, pairs = PersonIdentifier.Kind.values, {}
        for given, surnames in names:
            core = _core(given), _core(surnames)
            for pair in _pairs_of(given, surnames):
                pairs.setdefault(pair, set()).add(core)
        return cls(
            frozenset(line.code for line in lines if line.code),
            frozenset(line.email for line in lines if line.email),
            frozenset(line.phone for line in lines if line.phone),
            {kind: [line.identifiers[kind] for line in lines if kind in line.identifiers] for kind in kinds},
            frozenset(line.name_key for line in lines),
            frozenset(_as_set(given, surnames) for given, surnames in names),
            pairs,
        )

    def may_be_called(self, sort_key):
        """Whether a row may name the owner of this key: a superset of what `matching` takes in the end."""
        if sort_key in self.names:
            return True
        surnames, _comma, given = sort_key.rpartition(", ")
        given, surnames = words_of_key(given), words_of_key(surnames)
        if _as_set(given, surnames) in self.words:
            return True
        pairs = [self.pairs[pair] for pair in _pairs_of(given, surnames) if pair in self.pairs]
        if not pairs:
            return False
        core = _core(given), _core(surnames)
        return any(may_be_called_one(core, row) for rows in pairs for row in rows)


def _as_set(given, surnames):
    return frozenset(map(phonetic_key, (*given, *surnames)))


def _pairs_of(given, surnames):
    surnames = set(map(phonetic_key, surnames))
    return {(one, other) for one in map(phonetic_key, given) for other in surnames}


def _core(words):
    return frozenset(phonetic_key(word) for word in words if len(word) > 1 and word not in SMALL_WORDS)


def core_of_name(given_names, surnames):
    return _core(plain_words(given_names)), _core(plain_words(surnames))


def may_be_called_one(name, other):
    """Whether two names differ by omissions, by the order of words, or by one mistyped word."""
    if name[0] | name[1] == other[0] | other[1]:
        return True
    pairs = list(zip(name, other, strict=True))
    if all(one <= another or another <= one for one, another in pairs):
        return True
    differing = [(one - another, another - one) for one, another in pairs if one != another]
    return len(differing) == 1 and all(len(words) == 1 for words in differing[0])


class ByWords:
    def __init__(self, *, most=None):
        self._most, self._same, self._pairs = most, {}, {}

    def add(self, one, given_names, surnames):
        given, surnames = plain_words(given_names), plain_words(surnames)
        self._put(self._same, _as_set(given, surnames), one)
        for pair in _pairs_of(given, surnames):
            self._put(self._pairs, pair, one)

    def _put(self, found, key, one):
        there = found.setdefault(key, [])
        if self._most is None or len(there) < self._most:
            there.append(one)

    def like(self, given_names, surnames):
        given, surnames = plain_words(given_names), plain_words(surnames)
        found = {id(one): one for one in self._same.get(_as_set(given, surnames), [])}
        for pair in _pairs_of(given, surnames):
            found |= {id(one): one for one in self._pairs.get(pair, [])}
        return list(found.values())


class KnownPeople:
    """People of the user's groups, past ones too; of others only whether a code or number is taken."""

    def __init__(self, cohort, by, lines):
        self.cohort, self.by = cohort, by
        self._read(Sought.in_rows(lines))

    def _read(self, sought, keys=None):
        self._sought = sought
        enrolled = Enrolment.objects.filter(cohort=self.cohort)
        self.members = set(enrolled.current().values_list("learner_id", flat=True))
        self.once_members = set(enrolled.values_list("learner_id", flat=True))
        self.by_pk, self.by_code, self.by_name, self.by_phone = {}, {}, {}, {}
        self._by_words, self._went_on = ByWords(), ByWords()
        # Of other trainers' people only whether a code or address is taken.
        self.emails = self._with_folded(Lower("email"), sought.emails)
        codes = self._with_folded(Upper("username"), sought.codes)
        self.owners = {kind: people_by_number(kind, numbers) for kind, numbers in sought.numbers.items()}
        self._keys = self._keys_of_candidates(codes) if keys is None else keys
        for person in self._people():
            self._remember(person)
        self._keys_gone = self._read_who_went_on()
        self.foreign_codes = set(codes) - set(self.by_code)
        self.facts = self._digest()

    def have_changed(self):
        """Whether any person whom the list may be about changed since; reads them again."""
        now = KnownPeople.__new__(KnownPeople)
        now.cohort, now.by = self.cohort, self.by
        now._read(self._sought, self._keys)
        return now.facts != self.facts

    def _keys_of_candidates(self, codes):
        named = {*self.emails.values(), *codes.values()}
        named |= {owner.pk for owners in self.owners.values() for owner in owners.values()}
        may_be_called, phones = self._sought.may_be_called, self._sought.phones
        narrow = people_known_to(self.by).order_by().values_list("pk", "sort_key", "phone")
        return sorted(
            pk for pk, sort_key, phone in narrow.iterator() if pk in named or phone in phones or may_be_called(sort_key)
        )

    def _people(self):
        for start in range(0, len(self._keys), _KEYS):
            some = people_known_to(self.by).filter(pk__in=self._keys[start : start + _KEYS])
            yield from some.select_related("clinic").prefetch_related("identifiers").order_by("pk")

    def _read_who_went_on(self):
        if self.by.administers:
            return []
        narrow = people_who_went_on(self.by).only("first_name", "last_name", "sort_key").order_by("pk")
        people = [person for person in narrow.iterator() if self._sought.may_be_called(person.sort_key)]
        for person in people:
            self._went_on.add(person, person.first_name, person.last_name)
        return [(person.pk, person.sort_key) for person in people]

    def _digest(self):
        digest = hashlib.sha256()
        for person in self.by_pk.values():
            row = (
                *(person.pk, person.username, person.first_name, person.last_name, person.sort_key, person.role),
                *(person.job_title, person.clinic_id, person.email, person.phone, person.sex),
                *(person.is_active, person.is_staff, person.is_superuser),
                sorted((one.kind, one.digest) for one in person.identifiers.all()),
            )
            digest.update(repr(row).encode())
        owners = [sorted((number, owner.pk) for number, owner in found.items()) for found in self.owners.values()]
        others = (
            *(sorted(self.members), sorted(self.once_members), sorted(self.emails.items()), owners),
            *(sorted(self.foreign_codes)),
            self._keys_gone,
        )
        digest.update(repr(others).encode())
        return digest.digest()

    def _remember(self, person):
        self.by_pk[person.pk] = person
        self.by_code[person.username.upper()] = person
        self.by_name.setdefault(person.sort_key, []).append(person)
        self._by_words.add(person, person.first_name, person.last_name)
        if person.phone:
            self.by_phone.setdefault(person.phone, []).append(person)

    @staticmethod
    def _with_folded(expression, wanted):
        found, wanted = {}, sorted(wanted)
        for start in range(0, len(wanted), _VALUES):
            people = User.objects.annotate(folded=expression).filter(folded__in=wanted[start : start + _VALUES])
            found |= dict(people.order_by("pk").values_list("folded", "pk"))
        return found

    def with_words_of(self, line):
        return self._by_words.like(line.given_names, line.surnames)

    def went_on_like(self, line):
        """Return similar people who are in another trainer's group now: only their names may be told."""
        return self._went_on.like(line.given_names, line.surnames)

    def owner_of(self, kind, number):
        return self.owners[kind].get(number)

    def sees(self, person):
        return person.pk in self.by_pk

    def email_is_anothers(self, email, person):
        owner = self.emails.get(email)
        return owner is not None and (person is None or owner != person.pk)

    def may_change(self, person):
        return may_change_account(self.by, person)


_KINDS = {PersonIdentifier.Kind.CUI: Field.CUI, PersonIdentifier.Kind.EMPLOYEE: Field.EMPLOYEE}


def may_compare_list(rows, columns, *, by, cohort, now):
    """Whether to compare numbers and addresses with other groups' people; logs how many are known."""
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
