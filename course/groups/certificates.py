"""A person's certificates on the desk: how the last one stands, what may be done with it, and what was."""

from dataclasses import dataclass
from datetime import date

from certificates.issuing.history import history_of
from certificates.issuing.standing import Standing, expired_since
from certificates.models import Certificate, CertificateEvent
from course.people.cohorts import cohorts_of

from .grid import Row


@dataclass(frozen=True)
class PersonCertificates:
    """What the page of a person shows of certificates, and what whoever reads it may do."""

    row: Row
    history: list[CertificateEvent]
    may_issue: bool
    may_change: bool

    @property
    def last(self):
        return self.row.last_certificate

    @property
    def standing(self):
        return self.row.standing

    @property
    def expired_since(self) -> date | None:
        return expired_since(self.last) if self.standing is Standing.EXPIRED else None

    @property
    def may_correct(self):
        return self.may_change and self.standing is Standing.VALID

    @property
    def may_annul(self):
        return self.may_change and self.standing in (Standing.VALID, Standing.EXPIRED)


def certificates_of_person(row, *, user):
    """Return the `PersonCertificates` of the person in a row of the grid, for whoever reads it; in constant queries."""
    learner = row.learner
    issued = Certificate.objects.filter(learner=learner).without_pdf()
    is_own = learner.pk == user.pk
    return PersonCertificates(
        row,
        history=list(history_of(*issued)),
        may_issue=may_issue_now(row) and not is_own and user.has_perm("certificates.issue_certificate", learner),
        may_change=bool(row.last_certificate) and not is_own and _may_change(user, row.last_certificate),
    )


def may_issue_now(row):
    """Whether the person finished the course and has no certificate that holds."""
    return row.progress.finished and row.standing is not Standing.VALID


def group_of(user, learner):
    """Return a group of this person's in which the learner is now, or None: where the page about the learner is."""
    return cohorts_of(user).filter(enrolments__learner=learner, enrolments__left_at=None).order_by("pk").first()


def _may_change(user, certificate):
    return user.has_perm("certificates.annul_certificate", certificate)


def group_key(cohort):
    """Return how the room below names this group."""
    return f"cohort:{cohort.pk}"
