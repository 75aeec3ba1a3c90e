"""Correcting the name on a certificate: another one with the right name takes its place, all else as it was printed."""

import secrets

from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from certificates.badges.in_force import credential_in_force
from certificates.models import Certificate, CertificateEvent
from certificates.wording.naming import check_new_name, tidy
from certificates.wording.serials import new_serial
from certificates.wording.words import date_in_words

from .composing import verification_address
from .issue import Overtaken, check_by_another, freeze, keep
from .standing import Standing, standing_of


def correct_certificate(certificate, *, printed_name, by, reason, now, then=None, randbits=secrets.randbits):
    """Return the certificate with the corrected name that takes the place of this one; twice is once.

    What was printed before stays frozen and verifies as replaced. `then(certificate)` is called in the transaction.
    Raises `ValidationError` or `Overtaken`, each with a sentence for the trainer. Call it outside a transaction:
    rendering takes a while.
    """
    check_by_another(certificate, by)
    if corrected := _corrected_already(certificate, printed_name):
        return corrected
    check_can_be_corrected(certificate, today=timezone.localdate(now))
    name = check_new_name(printed_name, printed=certificate.printed["name"], person=certificate.learner)
    successor = freeze(
        corrected_print(certificate.printed, name=name, serial=new_serial(randbits), day=timezone.localdate(now)),
        learner=certificate.learner,
        course_key=certificate.course_key,
        edition=certificate.edition,
        record_key=certificate.record_key,
        awarded_at=certificate.awarded_at,
        expires_on=certificate.expires_on,
        # As the holder wants it today.
        names_holder=getattr(credential_in_force(certificate), "names_holder", False),
        sort_key=certificate.sort_key,
        replaces=certificate,
        now=now,
    )
    try:
        return keep(successor, by=by, now=now, why=(CertificateEvent.Kind.CORRECTED, tidy(reason)), then=then)
    except Overtaken:
        certificate.refresh_from_db(fields=["replaced_at"])
        if corrected := _corrected_already(certificate, printed_name):
            return corrected
        raise


def check_can_be_corrected(certificate, *, today):
    """Raise `ValidationError`, with a sentence for the trainer, unless the certificate is valid."""
    standing = standing_of(certificate, today=today)
    if standing is not Standing.VALID:
        raise ValidationError(
            {
                Standing.REPLACED: _("This certificate was replaced: correct the one that took its place."),
                Standing.ANNULLED: _("This certificate was annulled: issue another."),
                Standing.EXPIRED: _("This certificate has expired: issue another."),
            }[standing]
        )


def corrected_print(printed, *, name, serial, day):
    """Return the printed fields with another name, a code of their own and the day of the correction."""
    with translation.override(printed["language"]):
        in_words = date_in_words(day)
    return renamed(printed, name) | {
        "serial": serial,
        "verify_url": verification_address(serial),
        "corrected_in_words": in_words,
        "corrected": day.isoformat(),
    }


def renamed(printed, name):
    """Return the printed fields with the name changed wherever the words of the design hold it."""
    old = printed["name"]
    words = {field: printed[field].replace(old, name) for field in ("statement", "subject")}
    lines = {"text": [line.replace(old, name) for line in printed["text"]]} if "text" in printed else {}
    return printed | words | lines | {"name": name}


def _corrected_already(certificate, printed_name):
    """Return what took its place if that has the name asked for, as after a second press of the button, or None."""
    if not certificate.replaced_at:
        return None
    # Asked for anew: `freeze` left one that was never saved as the successor.
    successor = Certificate.objects.without_pdf().get(replaces=certificate)
    return successor if successor.printed["name"] == tidy(printed_name) else None
