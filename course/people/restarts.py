"""Restarts: a group, or one person of it, takes modules again."""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from certificates.issuing.issue import get_certificates
from certificates.issuing.status import has_expired
from certificates.models import Certificate
from course.models import Cohort, Restart, User
from modules.models import Registration, TrainingRecord
from modules.progress.deriving import get_finished_learners
from modules.progress.editions import registrations_of
from modules.progress.events import check_start_day, get_learners_to_restart, restart_course, start_of_day

from .audit import audit_log
from .cohorts import learners_of


@dataclass(frozen=True)
class RestartingLearner:
    learner: User
    finished: bool
    certificate: Certificate | None


@dataclass(frozen=True)
class RestartPreview:
    """Who would restart, by surname. `unfinished` continue; `unchanged` did nothing before or have restarted."""

    restarting: list[RestartingLearner]
    repeated: int
    unfinished: int
    unchanged: int
    digest: str

    @property
    def finished(self):
        return sum(person.finished for person in self.restarting)

    @property
    def certificates(self):
        return [person.certificate for person in self.restarting if person.certificate]

    @property
    def last_days(self) -> list[date]:
        return sorted(certificate.expires_on for certificate in self.certificates if certificate.expires_on)


def preview_restart(cohort, *, learner=None, name, since, modules, also_unfinished=False, now):
    """Return the `RestartPreview` of `restart_modules` with the same arguments. Raises `CannotRestart`."""
    check_start_day(since, now=now)
    people = _people(cohort, learner)
    candidates = get_learners_to_restart(people, modules, since=since)
    chosen = candidates if learner or also_unfinished else _restartable(candidates)
    finished, today = get_finished_learners([person.pk for person in chosen]), timezone.localdate(now)
    valid = {row.learner_id: row for row in get_certificates(chosen) if not has_expired(row, today=today)}
    shown = [name, since, sorted(map(str, modules)), also_unfinished, [person.pk for person in chosen]]
    return RestartPreview(
        restarting=[RestartingLearner(person, person.pk in finished, valid.get(person.pk)) for person in chosen],
        repeated=sum(bool(registration.counts_from) for registration in registrations_of(chosen).values()),
        unfinished=len(candidates) - len(chosen),
        unchanged=len(people) - len(candidates),
        digest=hashlib.sha256(repr(shown).encode()).hexdigest()[:16],
    )


@transaction.atomic
def restart_modules(cohort, *, learner=None, name, since, modules, also_unfinished=False, by, now):
    """Restart modules for finishers, or one `learner`, and return them. Idempotent. Raises `CannotRestart`."""
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    people, modules = _people(cohort, learner), sorted(map(str, modules))
    if not (learner or also_unfinished):
        people = _restartable(people)
    restarted = restart_course(people, modules, since=since, name=name, by=by, now=now)
    last = cohort.restarts.filter(learner=learner).first()
    same = last and (last.since, last.modules, last.also_unfinished) == (since, modules, also_unfinished)
    if not restarted and same:
        return []
    rules = {"name": name, "since": since, "modules": modules, "also_unfinished": also_unfinished}
    cohort.restarts.create(learner=learner, **rules, started_by=by, started_at=now)
    about, subject = [learner] if learner else [], f"{name}, {since}"
    audit_log("begun_anew", by=by, cohort=cohort, about=about, subject=subject, people=len(restarted), now=now)
    return restarted


def restart_for_newcomers(cohort, people, *, now):
    last = Restart.objects.filter(cohort=cohort, learner=None).first()
    if last is None or not people:
        return
    later = Registration.objects.current().filter(learner__in=people, counts_from__gte=start_of_day(last.since))
    later = set(later.values_list("learner_id", flat=True))
    people = [person for person in people if person.pk not in later]
    if not last.also_unfinished:
        people = _restartable(people)
    restart_course(people, last.modules, since=last.since, name=last.name, by=last.started_by, now=now)


def _restartable(people):
    finished = TrainingRecord.objects.valid().of_the_course().filter(learner__in=people)
    restarted = Registration.objects.filter(learner__in=people, counts_from__isnull=False)
    pks = {*finished.values_list("learner_id", flat=True), *restarted.values_list("learner_id", flat=True)}
    return [person for person in people if person.pk in pks]


def _people(cohort, learner):
    people = list(learners_of(cohort))
    return [person for person in people if person == learner] if learner else people
