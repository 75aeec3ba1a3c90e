"""Issuing: once a person who finished the course confirms what is printed, it is frozen with the PDF's bytes."""

import hashlib
import logging
import secrets
from functools import cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from certificates.badges.credentials import give_credential
from certificates.badges.keys import issuer_key, problem_with_key
from certificates.badges.status_lists import place_is_taken
from certificates.models import Certificate, CertificateEvent
from certificates.pdf.rendering import attachments_of, render_pdf
from certificates.pdf.sealing import seal
from certificates.text.codes import new_serial
from certificates.text.names import check_printed_name

from .composing import (
    current_course,
    design_in_use,
    example_print,
    expiry,
    grade_to_print,
    language_of_certificate,
    training_of,
    what_is_printed,
)
from .correction_requests import follow_newest
from .eligibility import NotEligible, certifies, check_still_holds, finished_training
from .integrity import give_digest
from .status import record_event


class Overtaken(Exception):
    """Somebody else replaced or annulled the certificate in the meantime; the message says so to the person."""


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
    """Return the learner's certificate of what they finished last, issuing it on the first call.

    One of a training before, whether it holds or has expired, is replaced by it. `role` is a role such as `recepcion`
    or the words to print, `clinic` the words to print; either may be empty. `by` is who issues it: without it, the
    learner. With `names_holder` its credential names the person, which nobody but the person may want.
    `then(certificate)` is called in the transaction that saves it. Raises `NotEligible` or `ValidationError`, each with
    a sentence for the person. Call it outside a transaction: rendering takes a while, and a database must not wait for
    it.
    """
    if names_holder and by not in (None, learner):
        raise ValidationError(_("Whether a badge says a name, only the person decides."))
    progress = finished_training(learner, now=now)
    held = certificate_of(learner)
    if held and certifies(held, progress):
        return held
    check_nothing_was_annulled(learner, by=by or learner)
    certificate = _compose(
        learner,
        progress,
        printed_name=printed_name,
        role=role,
        clinic=clinic,
        now=now,
        language=language,
        names_holder=names_holder,
        randbits=randbits,
        replaces=held,
    )
    try:
        return keep(certificate, by=by or learner, now=now, then=then)
    except (IntegrityError, Overtaken):
        # Whoever comes second, from another tab or after a double tap, gets what the first one made.
        if (issued := certificate_of(learner)) and certifies(issued, progress):
            return issued
        raise


def _compose(learner, progress, *, printed_name, role, clinic, now, language, names_holder, randbits, replaces=None):
    """Return an unsaved certificate of what somebody finished, as their `CourseProgress` tells it."""
    language = language_of_certificate(language or translation.get_language())
    course, design = current_course(), design_in_use(language)
    training = training_of(progress, language, now=now)
    last_day = expiry(design, training.finished_on)
    check_still_holds(last_day, today=timezone.localdate(now))
    printed = what_is_printed(
        design,
        name=check_printed_name(printed_name, given_names=learner.first_name, surnames=learner.last_name),
        role=role,
        clinic=clinic,
        serial=new_serial(randbits),
        now=now,
        language=language,
        grade=grade_to_print(design, progress),
        training=training,
    )
    return freeze(
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


def check_nothing_was_annulled(learner, *, by):
    """Raise `NotEligible` when a person whose certificate was annulled would issue another alone."""
    if by == learner and annulled_certificate_of(learner):
        raise NotEligible(
            _("Your certificate was annulled. Speak with whoever runs your group, who can issue another.")
        )


def check_by_another(certificate, by):
    """Raise `ValidationError` when people would change their own certificate, administrators included."""
    if certificate.learner_id == by.pk:
        raise ValidationError(_("Nobody corrects or annuls their own certificate: ask another trainer."))


def freeze(
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
    """Return an unsaved certificate of what is printed, with its PDF: all that takes time, outside a transaction.

    `awarded_at` is the moment of the first issue where this one corrects another. `learner` is None where the account
    is gone; then `sort_key` says where the certificate stands among others.
    """
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
    """Make the credential, the PDF and the digest over all facts of an unsaved certificate.

    Raises `ValidationError` while the key of the site cannot be used: nobody could confirm what it did not sign.
    """
    if problem_with_key():
        raise ValidationError(_("The key of this site cannot be used now. Tell whoever looks after the site."))
    # One for both: a key may come or go while the PDF is made, and a credential without a signed digest is a fraud's.
    key = issuer_key()
    give_credential(certificate, key)
    pdf = render_pdf(certificate.printed, attachments_of(certificate))
    certificate.pdf = seal(pdf, now=certificate.issued_at)
    certificate.sha256 = hashlib.sha256(certificate.pdf).hexdigest()
    give_digest(certificate, key)


def keep(certificate, *, by, now, why=None, then=None):
    """Save what `freeze` made, with its event, in one short transaction; what it replaces stops to hold in the same.

    `why` is the kind and the note of an event of what is replaced; `then(certificate)` is called at its end.
    Raises `Overtaken` when what is replaced does not hold any more, and `IntegrityError` when the person has a
    certificate already.
    """
    try:
        _save(certificate, by=by, now=now, why=why, then=then)
    except IntegrityError:
        if not place_is_taken(certificate):
            raise
        # Two drew the same place of 131,072 at the same moment; the place stands in what is signed.
        _make_files(certificate)
        _save(certificate, by=by, now=now, why=why, then=then)
    return certificate


def _save(certificate, *, by, now, why, then):
    with transaction.atomic():
        if certificate.replaces_id:
            still_held = Certificate.objects.live().filter(pk=certificate.replaces_id).update(replaced_at=now)
            if not still_held:
                raise Overtaken(_("Somebody else replaced or annulled this certificate in the meantime."))
        if why:
            kind, note = why
            record_event(certificate.replaces, kind, by=by, now=now, note=note)
        certificate.save(force_insert=True)
        record_event(certificate, CertificateEvent.Kind.ISSUED, by=by, now=now)
        if then:
            then(certificate)
        if certificate.learner_id:
            # After `then`: a request by which it was corrected is until there about the one that was read.
            follow_newest(certificate)


def certificate_of(learner):
    """Return the learner's last certificate that was neither replaced nor annulled, without its bytes, or None."""
    return next(iter(certificates_of([learner])), None)


def certificates_of(learners):
    """Return the last certificate of each of these people that has one, by surname, without their bytes.

    Those that were replaced or annulled are none; one that expired is.
    """
    live = {certificate.learner_id: certificate for certificate in _of_this_course(learners).live().order_by("pk")}
    return sorted(live.values(), key=lambda certificate: (certificate.sort_key, certificate.pk))


def last_certificates_of(learners):
    """Return {learner's key: the last certificate that nothing took the place of}, in two queries; in one if none has.

    It is valid, has expired or was annulled: see `standing.standing_of`.
    """
    standing = _never_replaced().filter(learner__in=learners)
    course = current_course() if standing else None
    # Another is only issued after an annulment, so the last one counts.
    return {one.learner_id: one for one in standing if course and one.course_key == course.translation_key}


@cache
def _never_replaced():
    """Return everybody's; put together once, because that takes longer than asking."""
    return Certificate.objects.filter(replaced_at=None).without_pdf().order_by("pk")


def annulled_certificate_of(learner):
    """Return the last certificate if it was annulled and the person has no other, or None."""
    return next(iter(annulled_among([learner])), None)


def annulled_among(learners):
    """Return the annulled certificates of those people who have no other."""
    return [certificate for certificate in last_certificates_of(learners).values() if certificate.annulled_at]


def _of_this_course(learners):
    course = current_course()
    if course is None:
        return Certificate.objects.none()
    issued = Certificate.objects.filter(course_key=course.translation_key)
    return issued.filter(learner__in=learners).without_pdf()


logger = logging.getLogger(__name__)


def warm_up():
    """Print the example of the design in use and throw it away; call it in a thread of its own, after the fork."""
    language = settings.LANGUAGE_CODE
    try:
        with translation.override(language):
            render_pdf(example_print(design_in_use(language), language=language))
    except DatabaseError as error:
        logger.warning("The press was not warmed up: the database does not answer (%s).", type(error).__name__)
    finally:
        # This thread's own.
        connections.close_all()
