"""Certificates of a group: issue what is missing, print the delivery list, join the certificates by lots."""

import logging
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import batched

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from certificates.issuing.confirmation import registered_post
from certificates.issuing.eligibility import NotEligible, certifies, is_still_valid, missing_items
from certificates.issuing.field_values import active_design, certificate_language
from certificates.issuing.integrity import find_altered, get_intact_pdf
from certificates.issuing.issue import get_certificates, get_revoked_certificates, issue_certificate
from certificates.issuing.status import expired_since, has_expired, is_expiring_soon, record_printing
from certificates.models import Certificate
from certificates.pdf.combining import combine_pdfs
from certificates.pdf.lists import (
    DeliveryList,
    DeliveryRow,
    LeftOut,
    LeftOutSheet,
    delivery_list_pdf,
    left_out_pdf,
)
from certificates.pdf.rendering import run_in_processes
from course.jobs import DOUBLE_CLICK, job, request_job, send_heartbeat
from course.people.audit import audit_log
from modules.progress.deriving import progress_by_learner
from modules.progress.states import CourseProgress

logger = logging.getLogger(__name__)
# Certificates in a PDF: what a printer, a phone and 100 MB of memory can take.
LOT = 50
# Each write of the progress waits for the disk.
_BETWEEN_HEARTBEATS = timedelta(seconds=0.4)
_AT_ONCE = 50


@dataclass(frozen=True)
class Candidate:
    """A person of a group beside the certificate: has one, may have one now, or not yet."""

    learner: object
    progress: CourseProgress
    certificate: Certificate | None
    revoked: Certificate | None
    today: date
    # Whether a certificate of what was finished would hold today.
    would_hold: bool = True

    @property
    def key(self):
        """Return the key of the person as forms send it."""
        return str(self.learner.pk)

    @property
    def may_be_issued(self):
        has_one = self.certificate and certifies(self.certificate, self.progress)
        return not has_one and not self.revoked and self.progress.finished and self.would_hold

    @property
    def holds(self):
        """Whether the person has a certificate that holds."""
        return bool(self.certificate) and not self.expired_since

    @property
    def only_expired(self):
        """Whether the only certificate that can be printed has expired, and none can take its place yet."""
        return bool(self.expired_since) and not self.may_be_issued

    @property
    def ends_on(self):
        """Return the last day of a certificate that ends soon or has ended, else None."""
        ends = self.certificate and is_expiring_soon(self.certificate, today=self.today)
        return self.certificate.expires_on if ends else None

    @property
    def is_over(self):
        """Whether the course was finished so long ago that only taking it again leads to a certificate."""
        return self.progress.finished and not self.may_be_issued and not self.holds and not self.revoked

    @property
    def missing(self):
        """Return what is still to be done, as `missing_in` has it: nothing where the course is finished."""
        return [] if self.progress.finished else missing_items(self.progress)

    @property
    def can_be_printed(self):
        return bool(self.certificate) or self.may_be_issued

    @property
    def expired_since(self):
        """Return the first day on which the certificate holds no more, or None while it holds or there is none."""
        over = self.certificate and has_expired(self.certificate, today=self.today)
        return expired_since(self.certificate) if over else None


def candidates_among(learners, *, now):
    """Return the `Candidate` of each of these people, in the order given, in a constant number of queries."""
    learners = list(learners)
    progress = progress_by_learner(learners, now=now)
    held = {certificate.learner_id: certificate for certificate in get_certificates(learners)}
    revoked = {certificate.learner_id: certificate for certificate in get_revoked_certificates(learners)}
    today, design = timezone.localdate(now), active_design(certificate_language(get_language()))
    return [
        Candidate(
            learner,
            progress[learner.pk],
            held.get(learner.pk),
            revoked.get(learner.pk),
            today,
            not progress[learner.pk].finished or is_still_valid(progress[learner.pk], today=today, design=design),
        )
        for learner in learners
    ]


def by_end(candidates):
    """Return those of the candidates whose certificate ends soon or has ended, by the day."""
    ending = [candidate for candidate in candidates if candidate.ends_on]
    return sorted(ending, key=lambda candidate: (candidate.ends_on, candidate.learner.sort_key, candidate.learner.pk))


class NobodyToPrint(ValueError):
    """The message is for the user."""


class Which(models.TextChoices):
    """Whose certificates are wanted; forms submit the value."""

    NEW = "nuevos", gettext_lazy("Only the new ones")
    ALL = "todos", pgettext_lazy("certificates", "All")
    CHOSEN = "elegidos", gettext_lazy("Only the people ticked below")


@transaction.atomic
def request_certificates(cohort, learners, *, which, by, language, now, paper_size="", with_expired=False):
    """Return the Job that makes the certificates of these learners of the group; a double click requests once.

    Expired certificates are left out unless `with_expired`. Raises NobodyToPrint.
    """
    learners = list(learners)
    language = certificate_language(language)
    paper_size = paper_size or active_design(language).paper_size

    def new():
        chosen = _choose(learners, which=which, with_expired=with_expired, now=now)
        people = [learner.pk for learner in chosen]
        return {"people": people, "paper_size": paper_size, "with_expired": with_expired}, len(people)

    # Who is new changes while the first job runs, so `which` tells requests apart, and not the people.
    people = sorted(learner.pk for learner in learners) if which == Which.CHOSEN else []
    same_click = Q(requested_by=by, requested_at__gt=now - DOUBLE_CLICK)
    requested = request_job(
        "certificates",
        cohort,
        asked=[str(which), language, paper_size, with_expired, people],
        reuse=Q(finished_at=None) | same_click,
        new=new,
        by=by,
        language=language,
        now=now,
    )
    if requested.requested_at == now:
        audit_log("certificates_asked", by=by, cohort=cohort, people=requested.total, now=now)
    return requested


def _choose(learners, *, which, with_expired, now):
    if which == Which.CHOSEN and not learners:
        raise NobodyToPrint(_("Nobody is ticked. Tick the people whose certificates you want, or choose “All”."))
    candidates = candidates_among(learners, now=now)
    if which == Which.NEW:
        if new := [candidate.learner for candidate in candidates if candidate.may_be_issued]:
            return new
        raise NobodyToPrint(_("Nobody new has finished the course. To print again what was issued, choose “All”."))
    printable = [candidate for candidate in candidates if candidate.can_be_printed]
    if printable and not with_expired and all(candidate.only_expired for candidate in printable):
        raise NobodyToPrint(
            _(
                "All of these have expired. Restart the course for these people, or choose to print expired"
                " certificates."
            )
        )
    if which == Which.ALL and not printable:
        raise NobodyToPrint(_("Nobody in this group has finished the course yet, so there is nothing to print."))
    return learners


@dataclass(frozen=True)
class IssueOrder:
    """Arguments of a child process that issues one certificate."""

    learner: int
    by: int
    language: str


@job(
    "certificates",
    failed=gettext_lazy("Something went wrong. What was issued is kept: ask for the certificates again."),
    keeps=settings.KEPT_BATCHES,
)
def make_certificates(job):
    """Issue what is missing and print the delivery list; the certificates are joined when a lot is downloaded."""
    people = get_user_model().objects.filter(pk__in=job.params["people"]).select_related("clinic")
    # Sorted here: databases differ in how they sort.
    learners = sorted(people, key=_by_clinic)
    reasons = _issue_what_is_missing(job, learners)
    certificates = {certificate.learner_id: certificate for certificate in get_certificates(learners)}
    if not job.params["with_expired"]:
        reasons = _leave_expired_out(certificates) | reasons
    reasons = _leave_altered_out(certificates) | reasons
    left_out = [
        {"name": learner.surnames_first, "reason": reasons.get(learner.pk) or _unknown()}
        for learner in learners
        if learner.pk not in certificates
    ]
    result = {"certificates": [], "left_out": left_out}
    if not certificates:
        problem = _("Nobody of those chosen can have a certificate yet.")
        return {"done": job.total, "result": result, "problem": problem}
    rows = [_delivery_row(learner, certificates[learner.pk]) for learner in learners if learner.pk in certificates]
    result["certificates"] = [row.serial for row in rows]
    to_sign = DeliveryList(job.cohort.name, job.language, job.params["paper_size"], timezone.localdate(), rows)
    return {
        "done": job.total,
        "result": result,
        "file": delivery_list_pdf(to_sign, processes=settings.PRINTING_PROCESSES),
    }


def _leave_expired_out(certificates):
    today = timezone.localdate()
    expired = {key: one for key, one in certificates.items() if has_expired(one, today=today)}
    return {key: _expired(certificates.pop(key)) for key in expired}


def _leave_altered_out(certificates):
    refused = find_altered(certificates.values())
    altered = {key: refused[one.pk] for key, one in certificates.items() if one.pk in refused}
    for key in altered:
        certificates.pop(key)
    return altered


def _expired(certificate):
    day = date_format(expired_since(certificate), "DATE_FORMAT")
    return _(
        "The certificate has expired since %(day)s. For another the course is taken again, from the page of the group."
    ) % {"day": day}


def _delivery_row(learner, certificate):
    printed = certificate.printed
    return DeliveryRow(str(learner.clinic or ""), printed["name"], printed["role"], certificate.serial)


def _issue_what_is_missing(job, learners):
    reasons, missing = {}, []
    # The progress of many people takes room: so many at once.
    for chunk in batched(learners, _AT_ONCE):
        for candidate in candidates_among(chunk, now=timezone.now()):
            if candidate.may_be_issued:
                missing.append(candidate.learner.pk)
            elif not candidate.can_be_printed or (candidate.expired_since and not candidate.progress.finished):
                reasons[candidate.learner.pk] = _why_not(candidate)
    if job.requested_by_id in missing:
        # Nobody issues to themselves in a trainer's name.
        missing.remove(job.requested_by_id)
        reasons[job.requested_by_id] = _("Your own certificate: confirm it yourself on the page “My certificate”.")
    orders = [IssueOrder(pk, job.requested_by_id, job.language) for pk in missing]
    seen_to, signed_at = job.total - len(orders), timezone.now()
    send_heartbeat(job, done=seen_to)
    for learner_pk, reason in run_in_processes(issue_one, orders, processes=settings.PRINTING_PROCESSES):
        seen_to += 1
        if reason:
            reasons[learner_pk] = reason
        if timezone.now() - signed_at > _BETWEEN_HEARTBEATS:
            signed_at = timezone.now()
            send_heartbeat(job, done=seen_to)
    send_heartbeat(job, done=seen_to)
    return reasons


def issue_one(order):
    """Issue to one person under the registered name; return (key, "" or why there is no certificate)."""
    people = get_user_model().objects.select_related("clinic")
    with translation.override(order.language):
        try:
            learner = people.get(pk=order.learner)
            issue_certificate(
                learner,
                printed_name=learner.get_full_name(),
                role=registered_post(learner),
                clinic=str(learner.clinic or ""),
                by=people.get(pk=order.by),
                language=order.language,
                now=timezone.now(),
            )
        except (NotEligible, ValidationError) as refusal:
            return order.learner, " ".join(getattr(refusal, "messages", [str(refusal)]))
        except Exception:
            # One person's trouble is no reason to let the others wait.
            logger.exception("A certificate of a batch could not be issued")
            return order.learner, _unknown()
    return order.learner, ""


def _unknown():
    return _("The certificate could not be made. Contact the site administrator.")


def _why_not(candidate):
    if candidate.revoked:
        return _("The certificate was revoked on %(day)s: %(reason)s") % {
            "day": date_format(timezone.localtime(candidate.revoked.revoked_at), "DATE_FORMAT"),
            "reason": candidate.revoked.revocation_reason,
        }
    if candidate.is_over:
        return _("Finished so long ago that a certificate would not hold any more: the course is taken again.")
    modules = ", ".join(str(part.module.number) for part in candidate.missing)
    return _("Has finished %(done)d of %(total)d modules. Still to do: %(modules)s.") % {
        "done": candidate.progress.done_count,
        "total": candidate.progress.total,
        "modules": modules,
    }


def _by_clinic(learner):
    clinic = learner.clinic
    return clinic is None, clinic.sort_key if clinic else "", learner.sort_key, learner.pk


def lots_of(job):
    """Return the serials of a finished job, [[…], …], as they are joined into PDFs."""
    return [list(lot) for lot in batched(job.result.get("certificates", ()), LOT, strict=False)]


def print_lot(job, serials, *, by, now):
    """Return the PDF of a lot, and record with each certificate that it was printed.

    Raises AlteredCertificateError: a certificate may have been altered since the job checked it.
    """
    found = {one.serial: one for one in Certificate.objects.filter(serial__in=serials)}
    parts = [get_intact_pdf(found[serial]) for serial in serials]
    pdf = combine_pdfs(parts, title=job.cohort.name, language=job.language)
    with transaction.atomic():
        record_printing(found.values(), by=by, now=now)
        audit_log("certificates_fetched", by=by, cohort=job.cohort, people=len(serials), now=now)
    return pdf


def print_left_out(job):
    """Return the PDF that names who got no certificate, in the language and on the paper of the job."""
    people = [LeftOut(line["name"], line["reason"]) for line in job.result["left_out"]]
    day = timezone.localdate(job.finished_at)
    return left_out_pdf(LeftOutSheet(job.cohort.name, job.language, job.params["paper_size"], day, people))
