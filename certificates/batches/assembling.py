"""Making a batch in the background: issue what is missing, then join the issued bytes behind the list to sign.

Any moment may be the last of the worker: what was issued stays issued, and the next worker continues there.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import batched

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates import jobs
from certificates.issuing.confirmation import registered_post
from certificates.issuing.eligibility import NotEligible
from certificates.issuing.integrity import find_altered
from certificates.issuing.issue import get_certificates, issue_certificate
from certificates.issuing.status import expired_since, has_expired
from certificates.models import CertificateBatch
from certificates.pdf.lists import DeliveryList, DeliveryRow, LeftOut, delivery_list_pdf, join_certificates
from certificates.pdf.rendering import run_in_processes

from .candidates import candidates_among

logger = logging.getLogger(__name__)
# Progress is written at most this often: every write is a wait for the disk.
_BETWEEN_SIGNS = timedelta(seconds=0.4)
_AT_ONCE = 50
_SORRY = gettext_lazy("Something went wrong. What was issued is kept: ask for the certificates again.")


@dataclass(frozen=True)
class IssueOrder:
    """What another process needs to know to issue one certificate."""

    learner: int
    by: int
    language: str


def assemble_batch(batch_id, *, processes=None):
    """Make the batch, unless it is finished or somebody gave a sign of life for it lately."""
    processes = settings.PRINTING_PROCESSES if processes is None else processes
    jobs.do(CertificateBatch, batch_id, partial(_assemble, processes=processes), sorry=_SORRY)


def _assemble(batch, *, processes):
    people = get_user_model().objects.filter(pk__in=batch.learners).select_related("clinic")
    # Sorted here: the stored keys are made for byte order, and a database may have another.
    learners = sorted(people, key=_by_clinic)
    reasons = _issue_what_is_missing(batch, learners, processes)
    certificates = {certificate.learner_id: certificate for certificate in get_certificates(learners)}
    if not batch.with_expired:
        reasons = _leave_expired_out(certificates) | reasons
    reasons = _leave_altered_out(certificates) | reasons
    left_out = [
        LeftOut(learner.pk, learner.surnames_first, reasons.get(learner.pk) or _unknown())
        for learner in learners
        if learner.pk not in certificates
    ]
    handed_over = [(learner, certificates[learner.pk]) for learner in learners if learner.pk in certificates]
    if handed_over:
        _print_together(batch, handed_over, left_out, processes)
    else:
        _finish(batch, problem=_("Nobody of those chosen can have a certificate yet."), left_out=left_out)


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


def _print_together(batch, handed_over, left_out, processes):
    lines = [_line(learner, certificate) for learner, certificate in handed_over]
    to_sign = DeliveryList(batch.title, batch.language, batch.paper_size, timezone.localdate(), lines)
    # Other processes print it: this one, of which they are copies, never touches the press.
    delivery_list = delivery_list_pdf(to_sign, processes=processes)
    pdf = join_certificates(
        [certificate for _learner, certificate in handed_over],
        before=[delivery_list],
        title=batch.title,
        language=batch.language,
        after_each_chunk=lambda: jobs.give_a_sign(batch),
    )
    serials = [line.serial for line in lines]
    _finish(batch, pdf=pdf, delivery_list=delivery_list, certificates=serials, left_out=left_out)


def _line(learner, certificate):
    printed = certificate.printed
    return DeliveryRow(str(learner.clinic or ""), printed["name"], printed["role"], certificate.serial)


def _issue_what_is_missing(batch, learners, processes):
    reasons, missing = {}, []
    # The progress of many people takes room: so many at once.
    for chunk in batched(learners, _AT_ONCE):
        for candidate in candidates_among(chunk, now=timezone.now()):
            if candidate.may_be_issued:
                missing.append(candidate.learner.pk)
            elif not candidate.can_be_printed or (candidate.expired_since and not candidate.progress.finished):
                reasons[candidate.learner.pk] = _why_not(candidate)
    if batch.requested_by_id in missing:
        # Nobody issues to themselves in a trainer's name.
        missing.remove(batch.requested_by_id)
        reasons[batch.requested_by_id] = _("Your own certificate: confirm it yourself on the page “My certificate”.")
    orders = [IssueOrder(pk, batch.requested_by_id, batch.language) for pk in missing]
    seen_to, signed_at = len(batch.learners) - len(orders), timezone.now()
    jobs.give_a_sign(batch, done=seen_to)
    for learner_pk, reason in run_in_processes(issue_one, orders, processes=processes):
        seen_to += 1
        if reason:
            reasons[learner_pk] = reason
        if timezone.now() - signed_at > _BETWEEN_SIGNS:
            signed_at = timezone.now()
            jobs.give_a_sign(batch, done=seen_to)
    jobs.give_a_sign(batch, done=seen_to)
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
    if candidate.annulled:
        return _("The certificate was annulled on %(day)s: %(reason)s") % {
            "day": date_format(timezone.localtime(candidate.annulled.revoked_at), "DATE_FORMAT"),
            "reason": candidate.annulled.revocation_reason,
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


def _finish(batch, *, left_out=(), **result):
    jobs.finish(
        batch,
        done=len(batch.learners),
        left_out=[{"learner": line.learner, "name": line.name, "reason": line.reason} for line in left_out],
        **result,
    )
