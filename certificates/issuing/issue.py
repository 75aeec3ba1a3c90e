"""Issue certificates: build, render, sign and save; look up issued ones."""

import hashlib
import logging
import secrets
from functools import cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from certificates.badges.credentials import set_credential
from certificates.badges.keys import issuer_key, issuer_key_error
from certificates.badges.status_lists import is_index_taken
from certificates.models import Certificate, CertificateEvent
from certificates.pdf.rendering import build_attachments, render_pdf
from certificates.pdf.signing import sign_pdf
from certificates.text.codes import new_serial
from certificates.text.names import check_printed_name

from .correction_requests import move_requests_to_newest
from .eligibility import NotEligible, certifies, check_not_expired, get_finished_progress
from .field_values import (
    active_design,
    build_printed_fields,
    certificate_language,
    current_course,
    describe_training,
    example_fields,
    expiry_date,
    printed_grade,
)
from .integrity import set_digest
from .status import record_event

logger = logging.getLogger(__name__)


class ConcurrentChangeError(Exception):
    """The message is for the user."""


def issue_certificate(
    learner,
    *,
    printed_name,
    role,
    clinic,
    now,
    by=None,
    language=None,
    names_holder=False,
    then=None,
    randbits=secrets.randbits,
):
    """Return the certificate for the learner's last finished training, issuing it on the first call.
    `role` is a role such as `recepcion` or printable text; without `by` the learner issues it.
    `names_holder` puts the name into the credential: only the learner may choose it.
    Raises `NotEligible`, `ValidationError`. Call it outside a transaction: rendering is slow.
    """
    if names_holder and by not in (None, learner):
        raise ValidationError(_("Only the person decides whether the badge contains the name."))
    progress = get_finished_progress(learner, now=now)
    current = get_certificate(learner)
    if current and certifies(current, progress):
        return current
    check_no_revoked_certificate(learner, by=by or learner)
    certificate = _build_for_learner(
        learner,
        progress,
        printed_name=printed_name,
        role=role,
        clinic=clinic,
        now=now,
        language=language,
        names_holder=names_holder,
        randbits=randbits,
        replaces=current,
    )
    try:
        return save_certificate(certificate, by=by or learner, now=now, then=then)
    except (IntegrityError, ConcurrentChangeError):
        # A second tab or a double tap gets the certificate that the first one made.
        if (issued := get_certificate(learner)) and certifies(issued, progress):
            return issued
        raise


def _build_for_learner(
    learner, progress, *, printed_name, role, clinic, now, language, names_holder, randbits, replaces=None
):
    language = certificate_language(language or translation.get_language())
    course, design = current_course(), active_design(language)
    training = describe_training(progress, language, now=now)
    last_day = expiry_date(design, training.finished_on)
    check_not_expired(last_day, today=timezone.localdate(now))
    printed = build_printed_fields(
        design,
        name=check_printed_name(printed_name, given_names=learner.first_name, surnames=learner.last_name),
        role=role,
        clinic=clinic,
        serial=new_serial(randbits),
        now=now,
        language=language,
        grade=printed_grade(design, progress),
        training=training,
    )
    return build_certificate(
        printed,
        learner=learner,
        course_key=course.translation_key,
        edition=progress.edition.number,
        record_key=progress.record_key,
        expires_on=last_day,
        names_holder=names_holder,
        replaces=replaces,
        now=now,
    )


def check_no_revoked_certificate(learner, *, by):
    if by == learner and get_revoked_certificate(learner):
        raise NotEligible(_("Your certificate was revoked. Contact your trainer, who can issue another."))


def check_not_own(certificate, by):
    """Raise `ValidationError` when anyone, even an administrator, would change their own certificate."""
    if certificate.learner_id == by.pk:
        raise ValidationError(_("You cannot correct or revoke your own certificate: ask another trainer."))


def build_certificate(
    printed,
    *,
    learner,
    course_key,
    edition,
    record_key,
    now,
    awarded_at=None,
    expires_on=None,
    names_holder=False,
    sort_key="",
    replaces=None,
):
    """Return an unsaved certificate with its PDF; slow, so call it outside a transaction."""
    certificate = Certificate(
        serial=printed["serial"],
        learner=learner,
        course_key=course_key,
        edition=edition,
        record_key=record_key,
        issued_at=now,
        awarded_at=awarded_at or now,
        expires_on=expires_on,
        language=printed["language"],
        printed=printed,
        names_holder=names_holder,
        sort_key=learner.sort_key if learner else sort_key,
        replaces=replaces,
    )
    _make_files(certificate)
    return certificate


def _make_files(certificate):
    if issuer_key_error():
        raise ValidationError(_("The key of this site cannot be used now. Contact the site administrator."))
    # Read once: a key may come or go meanwhile, and a credential without a signed digest counts as altered.
    key = issuer_key()
    set_credential(certificate, key)
    pdf = render_pdf(certificate.printed, build_attachments(certificate))
    certificate.pdf = sign_pdf(pdf, now=certificate.issued_at)
    certificate.sha256 = hashlib.sha256(certificate.pdf).hexdigest()
    set_digest(certificate, key)


def save_certificate(certificate, *, by, now, why=None, then=None):
    """Save a built certificate with its event, and replace the previous one, in one short transaction.
    `why` is (kind, note) of an event on the replaced one; `then(certificate)` runs at the end. Raises
    `ConcurrentChangeError` when the replaced one is no longer live, `IntegrityError` when the learner already has one.
    """
    try:
        _save(certificate, by=by, now=now, why=why, then=then)
    except IntegrityError:
        if not is_index_taken(certificate):
            raise
        # Two drew the same status index at the same time; it is part of what is signed.
        _make_files(certificate)
        _save(certificate, by=by, now=now, why=why, then=then)
    return certificate


def _save(certificate, *, by, now, why, then):
    with transaction.atomic():
        if certificate.replaces_id:
            was_live = Certificate.objects.live().filter(pk=certificate.replaces_id).update(replaced_at=now)
            if not was_live:
                raise ConcurrentChangeError(_("Someone else replaced or revoked this certificate in the meantime."))
        if why:
            kind, note = why
            record_event(certificate.replaces, kind, by=by, now=now, note=note)
        certificate.save(force_insert=True)
        record_event(certificate, CertificateEvent.Kind.ISSUED, by=by, now=now)
        if then:
            then(certificate)
        if certificate.learner_id:
            # After `then`, which may close a request about the replaced one.
            move_requests_to_newest(certificate)


def get_certificate(learner):
    return next(iter(get_certificates([learner])), None)


def get_certificates(learners):
    """Return the last live certificate, valid or expired, of each learner that has one, by surname, without files."""
    live = {certificate.learner_id: certificate for certificate in _of_this_course(learners).live().order_by("pk")}
    return sorted(live.values(), key=lambda certificate: (certificate.sort_key, certificate.pk))


def get_last_certificates(learners):
    """Return {learner's pk: last certificate that was not replaced}: valid, expired or revoked. At most two queries."""
    certificates = _never_replaced().filter(learner__in=learners)
    course = current_course() if certificates else None
    return {
        certificate.learner_id: certificate
        for certificate in certificates
        if course and certificate.course_key == course.translation_key
    }


@cache
def _never_replaced():
    # Cached because building this query takes longer than running it.
    return Certificate.objects.filter(replaced_at=None).without_pdf().order_by("pk")


def get_revoked_certificate(learner):
    return next(iter(get_revoked_certificates([learner])), None)


def get_revoked_certificates(learners):
    return [certificate for certificate in get_last_certificates(learners).values() if certificate.revoked_at]


def _of_this_course(learners):
    course = current_course()
    if course is None:
        return Certificate.objects.none()
    issued = Certificate.objects.filter(course_key=course.translation_key)
    return issued.filter(learner__in=learners).without_pdf()


def preload_renderer():
    """Render an example to load WeasyPrint and its fonts; call it in a thread after the fork."""
    language = settings.LANGUAGE_CODE
    try:
        with translation.override(language):
            render_pdf(example_fields(active_design(language), language=language))
    except DatabaseError as error:
        logger.warning("PDF rendering was not preloaded: the database does not answer (%s).", type(error).__name__)
    finally:
        # Of this thread.
        connections.close_all()
