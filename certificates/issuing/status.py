"""Status of a certificate on a day, and its history."""

from datetime import timedelta
from enum import Enum, nonmember

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from certificates.models import Certificate, CertificateEvent

EXPIRES_SOON = timedelta(days=60)


class CertificateStatus(Enum):
    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"
    EXPIRED = "expired"

    # Templates would instantiate the class.
    do_not_call_in_templates = nonmember(True)

    @property
    def label(self):
        return _LABELS[self]


_LABELS = {
    CertificateStatus.VALID: pgettext_lazy("certificate", "Valid"),
    CertificateStatus.REPLACED: pgettext_lazy("certificate", "Replaced"),
    CertificateStatus.REVOKED: pgettext_lazy("certificate", "Revoked"),
    CertificateStatus.EXPIRED: pgettext_lazy("certificate", "Expired"),
}


def get_status(certificate, *, today):
    if certificate.revoked_at:
        return CertificateStatus.REVOKED
    if certificate.replaced_at:
        return CertificateStatus.REPLACED
    return CertificateStatus.EXPIRED if has_expired(certificate, today=today) else CertificateStatus.VALID


def check_is_valid(certificate, *, today, otherwise):
    """Raise `ValidationError` unless it is valid; `otherwise` is {CertificateStatus: message}."""
    status = get_status(certificate, today=today)
    if status is not CertificateStatus.VALID:
        raise ValidationError(otherwise[status])


def has_expired(certificate, *, today):
    return bool(certificate.expires_on) and certificate.expires_on < today


def is_expiring_soon(certificate, *, today):
    ended = certificate.revoked_at or certificate.replaced_at or not certificate.expires_on
    return not ended and certificate.expires_on <= today + EXPIRES_SOON


def expired_since(certificate):
    """Return the day after the last valid one, or None."""
    return certificate.expires_on and certificate.expires_on + timedelta(days=1)


def count_certified(*, today):
    valid = Certificate.objects.live().filter(Q(expires_on=None) | Q(expires_on__gte=today))
    return valid.exclude(learner=None).values("learner").distinct().count()


# PDF readers request a file twice, and people reopen it: that counts as one print.
SAME_PRINT = timedelta(minutes=10)


def record_event(certificate, kind, *, by, now, note=""):
    event = _event(certificate, kind, by=by, now=now, note=note)
    event.save(force_insert=True)
    return event


def record_printing(certificates, *, by, now):
    """Add a PRINTED event per certificate, unless `by` had one within SAME_PRINT; two queries."""
    certificates = list(certificates)
    recent = CertificateEvent.objects.filter(
        certificate__in=certificates, kind=CertificateEvent.Kind.PRINTED, by=by, at__gt=now - SAME_PRINT
    )
    counted = set(recent.values_list("certificate_id", flat=True))
    CertificateEvent.objects.bulk_create(
        _event(certificate, CertificateEvent.Kind.PRINTED, by=by, now=now)
        for certificate in certificates
        if certificate.pk not in counted
    )


def get_events(*certificates):
    events = CertificateEvent.objects.filter(certificate__in=certificates).order_by("at", "pk")
    return events.select_related("certificate", "by").defer("certificate__pdf", "certificate__credential")


def _event(certificate, kind, *, by, now, note=""):
    return CertificateEvent(certificate=certificate, kind=kind, at=now, by=by, by_somebody=by is not None, note=note)
