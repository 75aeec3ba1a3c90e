"""A group, or one person of it, takes the course anew: whom it affects, the beginning, and who comes in later."""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from certificates.issuing.issue import certificates_of
from certificates.issuing.standing import has_expired
from certificates.models import Certificate
from course.models import Cohort, Refresher, User
from modules.models import Registration, TrainingRecord
from modules.progress.deriving import learners_who_finished
from modules.progress.editions import registrations_of
from modules.progress.events import begin_anew, check_day, counts_from, who_would_begin_anew

from .audit import note
from .cohorts import learners_of


@dataclass(frozen=True)
class Begins:
    """A person who would begin anew: whether everything was finished, and the certificate that holds, or None."""

    learner: User
    finished: bool
    certificate: Certificate | None


@dataclass(frozen=True)
class Affected:
    """Who would begin anew, by surname, and how many would not.

    So many begin `once_more` what they have begun anew already. Those `in_the_middle` go on as they are; those
    `left_alone` did nothing before that day, or have begun anew.
    """

    begins: list[Begins]
    once_more: int
    in_the_middle: int
    left_alone: int
    seal: str

    @property
    def finished(self):
        return sum(one.finished for one in self.begins)

    @property
    def certificates(self):
        return [one.certificate for one in self.begins if one.certificate]

    @property
    def last_days(self) -> list[date]:
        """The last days of their certificates, the first first; those that hold for ever have none."""
        return sorted(one.expires_on for one in self.certificates if one.expires_on)


def whom_it_affects(cohort, *, learner=None, name, since, modules, also_unfinished=False, now):
    """Return the `Affected` of `begin_group_anew` with the same arguments. Raises `CannotBeginAnew`."""
    check_day(since, now=now)
    people = _people(cohort, learner)
    would = who_would_begin_anew(people, modules, since=since)
    begin = would if learner or also_unfinished else _who_finished_once(would)
    finished, today = learners_who_finished([one.pk for one in begin]), timezone.localdate(now)
    held = {one.learner_id: one for one in certificates_of(begin) if not has_expired(one, today=today)}
    begins = [Begins(one, one.pk in finished, held.get(one.pk)) for one in begin]
    shown = [name, since, sorted(map(str, modules)), also_unfinished, [one.pk for one in begin]]
    left_alone = len(people) - len(would)
    once_more = sum(bool(one.counts_from) for one in registrations_of(begin).values())
    return Affected(
        begins, once_more, len(would) - len(begin), left_alone, hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
    )


@transaction.atomic
def begin_group_anew(cohort, *, learner=None, name, since, modules, also_unfinished=False, by, now):
    """Let the people of a group who finished the course before, or one of them, begin it anew, and return them.

    `also_unfinished` says that whoever is in the middle of it does, too; one person alone does in any case.

    Whoever comes into the group later and took the course before that day does likewise, but for one `learner` alone.
    Twice is once. Raises `CannotBeginAnew`.
    """
    # Two who begin anew with the group wait here for each other.
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    people, modules = _people(cohort, learner), sorted(map(str, modules))
    if not (learner or also_unfinished):
        people = _who_finished_once(people)
    begun = begin_anew(people, modules, since=since, name=name, by=by, now=now)
    last = cohort.refreshers.filter(learner=learner).first()
    if (
        not begun
        and last
        and (last.since, last.modules, last.also_unfinished)
        == (
            since,
            modules,
            also_unfinished,
        )
    ):
        return []
    said = {"name": name, "since": since, "modules": modules, "also_unfinished": also_unfinished}
    cohort.refreshers.create(learner=learner, **said, begun_by=by, begun_at=now)
    about = [learner] if learner else []
    note("begun_anew", by=by, cohort=cohort, about=about, subject=f"{name}, {since}", people=len(begun), now=now)
    return begun


def let_newcomers_begin_anew(cohort, people, *, now):
    """Let people who come into a group take the course anew as its people do, where they took it before that day."""
    last = Refresher.objects.filter(cohort=cohort, learner=None).first()
    if last is None or not people:
        return
    later = Registration.objects.current().filter(learner__in=people, counts_from__gte=counts_from(last.since))
    later = set(later.values_list("learner_id", flat=True))
    people = [person for person in people if person.pk not in later]
    if not last.also_unfinished:
        people = _who_finished_once(people)
    begin_anew(people, last.modules, since=last.since, name=last.name, by=last.begun_by, now=now)


def _who_finished_once(people):
    """Return those of these people who ever finished the course, or began it anew already."""
    finished = TrainingRecord.objects.standing().of_the_course().filter(learner__in=people)
    anew = Registration.objects.filter(learner__in=people, counts_from__isnull=False)
    pks = {*finished.values_list("learner_id", flat=True), *anew.values_list("learner_id", flat=True)}
    return [one for one in people if one.pk in pks]


def _people(cohort, learner):
    people = list(learners_of(cohort))
    return [one for one in people if one == learner] if learner else people
