"""A person's certificates on the desk: how the last one stands, what may be done with it, and what was."""

from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db import transaction

from certificates.issuing.confirmation import registered_post
from certificates.issuing.correction_requests import attach_requests
from certificates.issuing.corrections import correct_certificate, revoke_certificate
from certificates.issuing.integrity import Integrity, get_integrity
from certificates.issuing.issue import issue_certificate
from certificates.issuing.status import CertificateStatus, expired_since, get_events
from certificates.models import Certificate, CertificateEvent
from certificates.text.fields import post_in_certificate_language
from course.models import User
from course.models.people import name_sort_key
from course.people.accounts import change_person
from course.people.audit import audit_log
from course.people.cohorts import current_cohort_of

from .corrections import register
from .grid import Row


@dataclass(frozen=True)
class PersonCertificates:
    """What the page of a person shows of certificates, and what whoever reads it may do."""

    row: Row
    history: list[CertificateEvent]
    may_issue: bool
    may_change: bool
    may_begin_anew: bool
    # Whether the course was finished so long ago that only taking it again leads to a certificate.
    is_over: bool = False
    # Whether what the database says of the last one is not what was issued.
    is_altered: bool = False

    @property
    def last(self):
        return self.row.last_certificate

    @property
    def standing(self):
        return self.row.standing

    @property
    def expired_since(self) -> date | None:
        return expired_since(self.last) if self.standing is CertificateStatus.EXPIRED else None

    @property
    def may_correct(self):
        return self.may_change and self.standing is CertificateStatus.VALID and not self.is_altered

    @property
    def may_revoke(self):
        return self.may_change and self.standing in (CertificateStatus.VALID, CertificateStatus.EXPIRED)


def certificates_of_person(row, *, user):
    """Return the `PersonCertificates` of the person in a row of the grid, for whoever reads it; in constant queries."""
    learner = row.learner
    issued = Certificate.objects.filter(learner=learner).without_pdf()
    is_own, can_be_issued = learner.pk == user.pk, may_issue_now(row)
    return PersonCertificates(
        row,
        history=list(get_events(*issued)),
        may_issue=can_be_issued and not is_own and user.has_perm("certificates.issue_certificate", learner),
        is_over=row.progress.finished and not row.last_certificate and not can_be_issued,
        is_altered=bool(row.last_certificate) and get_integrity(row.last_certificate) is Integrity.ALTERED,
        may_begin_anew=not is_own and any(one.last_activity or one.last_session_at for one in row.progress.modules),
        may_change=bool(row.last_certificate) and not is_own and _may_change(user, row.last_certificate),
    )


def may_issue_now(row):
    """Whether the person finished the course and has no certificate of that, and one would hold today."""
    return row.progress.finished and not row.is_certified and row.would_hold


def _may_change(user, certificate):
    return user.has_perm("certificates.revoke_certificate", certificate)


def issue_in_group(row, form, *, cohort, language, by, now):
    """Issue what a valid `IssueForm` confirms to the person in a row of the grid, and return the certificate.

    A change of the name that needs no review is registered too; any other raises `ValidationError`. For what else
    it raises see `issue_certificate`. Call it outside a transaction, and the two below as well.
    """
    learner = row.learner
    what = {
        "printed_name": form.parts.whole,
        "role": "" if form.cleaned_data["without_post"] else registered_post(learner),
        "clinic": str(learner.clinic or ""),
        "by": by,
        "language": language,
        "now": now,
        "then": partial(_note_issue, parts=form.parts if form.changes_name else None, cohort=cohort, by=by),
    }
    return issue_certificate(learner, **what)


def _note_issue(certificate, *, parts, cohort, by):
    now, learner = certificate.issued_at, certificate.learner
    attach_requests(certificate, requested={}, previous={}, now=now)
    if parts:
        person = User.objects.get(pk=learner.pk)
        person.first_name, person.last_name = parts
        change_person(person, fields=["first_name", "last_name"], by=by, cohort=cohort, now=now)
    audit_log("certificate_issued", by=by, cohort=cohort, about=[learner], people=1, now=now)


def correct_in_group(certificate, *, name, post, clinic=None, parts=None, reason, by, now):
    """Correct what is printed of the person and return the certificate that takes its place: see `correct_certificate`.

    `name` and `post` are words to print, `clinic` the one of the registry to print, or None for what is printed.
    With `parts`, the name divided, the registry says in the same deed what is corrected here, and no more.
    """
    person = User.objects.get(pk=certificate.learner_id) if parts else None
    fields = []
    if person:
        printed = certificate.printed
        is_another_name = name != printed["name"]
        is_another_post = post_in_certificate_language(post, printed) != printed["role"]
        right = {"parts": parts if is_another_name else None, "role": post if is_another_post else ""}
        fields = register(person, **right, clinic=clinic)
        # The successor sorts under the name that the person has from now on.
        person.sort_key = name_sort_key(person.first_name, person.last_name)
        certificate.learner = person

    def then(corrected):
        if fields:
            change_person(person, fields=fields, by=by, now=now)
        _note_change("certificate_corrected", corrected, by=by, now=now)

    return correct_certificate(
        certificate,
        printed_name=name,
        role=post,
        clinic=clinic.name if clinic else None,
        is_registered=person is not None,
        by=by,
        reason=reason,
        now=now,
        then=then,
    )


@transaction.atomic
def revoke_in_group(certificate, *, reason, by, now):
    """Revoke a certificate and return it; twice is once: see `revoke_certificate`."""
    revoked = revoke_certificate(certificate, reason=reason, by=by, now=now)
    if revoked.revoked_at == now:
        _note_change("certificate_revoked", revoked, by=by, now=now)
    return revoked


def _note_change(action, certificate, *, by, now):
    cohort = current_cohort_of(by, certificate.learner) if certificate.learner else None
    audit_log(action, by=by, cohort=cohort, about=[certificate.learner], people=1, now=now)
