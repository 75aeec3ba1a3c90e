"""Annulling a certificate that should not have been issued: it verifies as annulled, with the reason, for ever."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from certificates.models import Certificate, CertificateEvent
from certificates.wording.naming import tidy

from .history import record_event
from .issue import Overtaken, check_by_another


def annul_certificate(certificate, *, reason, by, now):
    """Annul a certificate and return it; twice is once, and the first reason stays.

    Raises `ValidationError` without a reason, `Overtaken` when it was replaced: each has a sentence for the trainer.
    """
    check_by_another(certificate, by)
    reason = tidy(reason)
    if not reason:
        raise ValidationError(_("Write the reason: whoever verifies the certificate reads it."))
    with transaction.atomic():
        annulled = Certificate.objects.live().filter(pk=certificate.pk).update(annulled_at=now, annulled_reason=reason)
        if annulled:
            record_event(certificate, CertificateEvent.Kind.ANNULLED, by=by, now=now, note=reason)
    certificate.refresh_from_db(fields=["replaced_at", "annulled_at", "annulled_reason"])
    if not certificate.annulled_at:
        raise Overtaken(_("This certificate was replaced in the meantime: annul the one that took its place."))
    return certificate
