"""Whom the site knows already, as far as whoever brings a list may know of them."""

import hashlib

from django.db.models.functions import Lower, Upper
from django.utils.translation import gettext as _

from course.models import Clinic, Enrolment, User
from course.people.cohorts import cohorts_of
from course.people.permissions import changes_no_staff


def facts_behind(cohort, by):
    """Return a digest of all that a plan for this group is made from beside the list: people, groups and clinics."""
    mine = Enrolment.objects.filter(cohort__in=cohorts_of(by).order_by().values("pk")).order_by("pk")
    people = User.objects.filter(pk__in=mine.order_by().values("learner")).order_by("pk")
    facts = [
        mine.values_list("pk", "learner", "cohort", "left_at"),
        people.values_list(
            "pk", "username", "first_name", "last_name", "role", "job_title", "clinic", "email", "is_active", "is_staff"
        ),
        User.objects.exclude(email="").order_by("pk").values_list("pk", "email"),
        Clinic.objects.order_by("pk").values_list("pk", "name", "area"),
    ]
    digest = hashlib.sha256()
    for rows in facts:
        for row in rows:
            digest.update(repr(row).encode())
    return digest.digest()


class KnownPeople:
    """The people who are or were in the groups of whoever brings the list, to be found by code or by name."""

    def __init__(self, cohort, by, codes):
        self.by = by
        enrolments = Enrolment.objects.filter(cohort__in=cohorts_of(by).order_by().values("pk"))
        current = Enrolment.objects.current()
        # Who went on to a group of somebody else is that trainer's to change.
        elsewhere = current.exclude(learner__in=enrolments.current().values("learner")).values("learner")
        people = User.objects.filter(pk__in=enrolments.values("learner")).exclude(pk__in=elsewhere)
        people = people.select_related("clinic")
        self.members = set(Enrolment.objects.current().filter(cohort=cohort).values_list("learner_id", flat=True))
        self.once_members = set(Enrolment.objects.filter(cohort=cohort).values_list("learner_id", flat=True))
        self.by_code, self.by_name = {}, {}
        for person in people:
            self.by_code[person.username.upper()] = person
            self.by_name.setdefault(person.sort_key, []).append(person)
        # Of codes and addresses elsewhere only that somebody has them.
        self.foreign_codes = self._taken(Upper("username"), codes)
        self.emails = dict(User.objects.exclude(email="").values_list(Lower("email"), "pk"))

    def _taken(self, expression, codes):
        codes = [code for code in set(codes) if code not in self.by_code]
        taken = set()
        # A database takes a few hundred values at a time.
        for start in range(0, len(codes), 500):
            found = User.objects.annotate(folded=expression).filter(folded__in=codes[start : start + 500])
            taken |= set(found.values_list("folded", flat=True))
        return taken

    def find_people(self, lines):
        """Give every row its person: by the code, by name and clinic, and in the group by the name alone."""
        claimed = set()
        for line in lines:
            if line.code:
                self._find_by_code(line)
            else:
                line.person = self._with_name(
                    line, lambda person, line=line: person.clinic_id and line.clinic == person.clinic
                )
            self._claim(line, claimed)
        for line in lines:
            if not line.problem and not line.code and line.person is None:
                line.person = self._with_name(
                    line, lambda person: person.pk in self.once_members and person.pk not in claimed
                )
                self._claim(line, claimed)

    def _find_by_code(self, line):
        line.person = self.by_code.get(line.code)
        if line.person is None and line.code in self.foreign_codes:
            line.problem = _("Somebody who is in none of your groups has the user code %(code)s.") % {"code": line.code}
        elif line.person is None:
            line.problem = _("Nobody has the user code %(code)s. Leave the cell empty to make a new account.") % {
                "code": line.code
            }

    def _with_name(self, line, fits):
        people = [person for person in self.by_name.get(line.name_key, []) if fits(person)]
        if len(people) > 1:
            people = [person for person in people if person.pk in self.members] or people
        if len(people) > 1:
            line.problem = _("There are %(count)d people called so. Write the user code of the one you mean.") % {
                "count": len(people)
            }
            return None
        return people[0] if people else None

    @staticmethod
    def _claim(line, claimed):
        if line.person is None or line.problem:
            return
        if line.person.pk in claimed:
            line.problem = _("Another row is about the same person.")
        claimed.add(line.person.pk)

    def email_is_anothers(self, email, person):
        owner = self.emails.get(email)
        return owner is not None and (person is None or owner != person.pk)

    def may_change(self, person):
        return changes_no_staff(self.by, person)
