"""Whom the site knows already, as far as whoever brings a list may know of them."""

import hashlib

from django.db.models.functions import Lower, Upper

from course.models import Clinic, Enrolment, JobTitle, PersonIdentifier, User
from course.models.spanish_order import spanish_key
from course.people.asked import what_is_asked
from course.people.cohorts import cohorts_of, people_of_others
from course.people.identifiers import who_has
from course.people.permissions import changes_no_staff


def plain_words(name):
    """Return the words of a name as somebody writes them who has no ñ on the keyboard, without accents."""
    return spanish_key(name).replace("~", "").replace(".", " ").split()


def facts_behind(cohort, by):
    """Return a digest of all that a plan for this group is made from beside the list: people, groups and clinics."""
    mine = Enrolment.objects.filter(cohort__in=cohorts_of(by).order_by().values("pk")).order_by("pk")
    people = User.objects.filter(pk__in=mine.order_by().values("learner")).order_by("pk")
    elsewhere = Enrolment.objects.current().filter(learner__in=people.order_by().values("pk")).order_by("pk")
    facts = [
        mine.values_list("pk", "learner", "cohort", "left_at"),
        elsewhere.values_list("pk", "learner"),
        people.values_list(
            *("pk", "username", "first_name", "last_name", "role", "job_title", "clinic", "email", "phone", "sex"),
            *("is_active", "is_staff", "is_superuser"),
        ),
        User.objects.exclude(email="").order_by("pk").values_list("pk", "email"),
        PersonIdentifier.objects.order_by("pk").values_list("person", "kind", "digest"),
        Clinic.objects.order_by("pk").values_list("pk", "name", "municipality", "area"),
        JobTitle.objects.order_by("pk").values_list("key", "role"),
    ]
    digest = hashlib.sha256(repr(what_is_asked()).encode())
    for rows in facts:
        for row in rows:
            digest.update(repr(row).encode())
    return digest.digest()


def people_known_to(by):
    """Return the people (a QuerySet) who are or were in the groups that `by` sees, and are nobody else's by now."""
    enrolments = Enrolment.objects.filter(cohort__in=cohorts_of(by).order_by().values("pk"))
    # Who went on to a group of somebody else is that trainer's to change.
    return User.objects.filter(pk__in=enrolments.values("learner")).exclude(pk__in=people_of_others(by))


class KnownPeople:
    """The people who are or were in the groups of whoever brings the list, archived ones too, to be found by anything.

    Of anybody else it says only that a user code, a number or an address is somebody's.
    """

    def __init__(self, cohort, by, lines):
        self.by = by
        people = people_known_to(by).select_related("clinic").prefetch_related("identifiers")
        self.members = set(Enrolment.objects.current().filter(cohort=cohort).values_list("learner_id", flat=True))
        self.once_members = set(Enrolment.objects.filter(cohort=cohort).values_list("learner_id", flat=True))
        self.by_pk, self.by_code, self.by_name, self.by_words = {}, {}, {}, {}
        self.by_phone, self._pairs = {}, {}
        for person in people:
            self._remember(person)
        codes = [line.code for line in lines if line.code]
        # Of codes and addresses elsewhere only that somebody has them.
        self.foreign_codes = self._taken(Upper("username"), codes)
        self.emails = dict(User.objects.exclude(email="").values_list(Lower("email"), "pk"))
        self.owners = {kind: self._owners(kind, lines) for kind in PersonIdentifier.Kind.values}

    def _remember(self, person):
        self.by_pk[person.pk] = person
        self.by_code[person.username.upper()] = person
        self.by_name.setdefault(person.sort_key, []).append(person)
        given, surnames = plain_words(person.first_name), plain_words(person.last_name)
        self.by_words.setdefault(frozenset((*given, *surnames)), []).append(person)
        for one in given:
            for other in surnames:
                self._pairs.setdefault((one, other), []).append(person)
        if person.phone:
            self.by_phone.setdefault(person.phone, []).append(person)

    def _taken(self, expression, codes):
        codes = [code for code in set(codes) if code not in self.by_code]
        taken = set()
        # A database takes a few hundred values at a time.
        for start in range(0, len(codes), 500):
            found = User.objects.annotate(folded=expression).filter(folded__in=codes[start : start + 500])
            taken |= set(found.values_list("folded", flat=True))
        return taken

    @staticmethod
    def _owners(kind, lines):
        return who_has(kind, [line.identifiers[kind] for line in lines if kind in line.identifiers])

    def with_words_of(self, line):
        """Return the people with a given name and a surname of the row, or with the same words in another order."""
        given, surnames = plain_words(line.given_names), plain_words(line.surnames)
        found = {person.pk: person for person in self.by_words.get(frozenset((*given, *surnames)), [])}
        for one in given:
            for other in surnames:
                found |= {person.pk: person for person in self._pairs.get((one, other), [])}
        return list(found.values())

    def owner_of(self, kind, number):
        """Return whoever has this number, or None."""
        return self.owners[kind].get(number)

    def sees(self, person):
        """Whether the person is one of those whom whoever brings the list may see and change."""
        return person.pk in self.by_pk

    def email_is_anothers(self, email, person):
        owner = self.emails.get(email)
        return owner is not None and (person is None or owner != person.pk)

    def may_change(self, person):
        return changes_no_staff(self.by, person)
