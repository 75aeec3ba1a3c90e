"""Issuing: once a person who finished the course confirms what is printed, it is frozen with the PDF's bytes."""

import hashlib
import secrets

from django.db import IntegrityError, transaction
from django.utils import translation

from .composing import current_course, what_is_printed
from .designs import design_in_use, language_of_certificate
from .eligibility import check_eligible
from .models import Certificate
from .naming import check_printed_name
from .rendering import render_pdf
from .serials import new_serial


def issue_certificate(learner, *, printed_name, role, clinic, now, language=None, randbits=secrets.randbits):
    """Return the learner's certificate of the current edition, issuing it on the first call.

    `role` is a role such as `recepcion` or the words to print, `clinic` the words to print; either may be empty. Raises
    `NotEligible` or `ValidationError`, each with a sentence for the person. Call it outside a transaction: rendering
    takes a while, and a database must not wait for it.
    """
    if issued := certificate_of(learner):
        return issued
    check_eligible(learner)
    language = language_of_certificate(language or translation.get_language())
    course = current_course()
    serial = new_serial(randbits)
    printed = what_is_printed(
        design_in_use(language),
        name=check_printed_name(printed_name, given_names=learner.first_name, surnames=learner.last_name),
        role=role,
        clinic=clinic,
        serial=serial,
        now=now,
        language=language,
    )
    pdf = render_pdf(printed)
    try:
        # Whoever comes second, from another tab or after a double tap, gets what the first one made.
        with transaction.atomic():
            return Certificate.objects.create(
                serial=serial,
                learner=learner,
                course_key=course.translation_key,
                edition=course.edition,
                issued_at=now,
                language=language,
                printed=printed,
                sort_key=learner.sort_key,
                pdf=pdf,
                sha256=hashlib.sha256(pdf).hexdigest(),
            )
    except IntegrityError:
        if issued := certificate_of(learner):
            return issued
        raise


def certificate_of(learner):
    """Return the learner's certificate of the current edition, without the bytes of its PDF, or None."""
    return certificates_of([learner]).first()


def certificates_of(learners):
    """Return the certificates of the current edition that these people have, by surname, without their bytes."""
    course = current_course()
    if course is None:
        return Certificate.objects.none()
    return (
        Certificate.objects.of_edition(course.translation_key, course.edition)
        .filter(learner__in=learners)
        .without_pdf()
        .by_surname()
    )
