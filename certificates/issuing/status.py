"""How a certificate stands: valid, replaced, annulled or expired. It follows from what happened and from the day."""

from datetime import timedelta
from enum import Enum, nonmember

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from certificates.models import Certificate, CertificateEvent

# For so long before its last day it is said that a certificate ends: time to take the course again.
ENDS_SOON = timedelta(days=60)


class Standing(Enum):
    """How a certificate stands; the value is also the name of its style."""

    VALID = "valid"
    REPLACED = "replaced"
    ANNULLED = "annulled"
    EXPIRED = "expired"

    # Templates would call the class to make an instance of it.
    do_not_call_in_templates = nonmember(True)

    @property
    def label(self):
        return _LABELS[self]


_LABELS = {
    Standing.VALID: pgettext_lazy("certificate", "Valid"),
    Standing.REPLACED: pgettext_lazy("certificate", "Replaced"),
    Standing.ANNULLED: pgettext_lazy("certificate", "Annulled"),
    Standing.EXPIRED: pgettext_lazy("certificate", "Expired"),
}


def standing_of(certificate, *, today):
    """Return how a certificate stands on the day `today`, in local time."""
    if certificate.annulled_at:
        return Standing.ANNULLED
    if certificate.replaced_at:
        return Standing.REPLACED
    return Standing.EXPIRED if has_expired(certificate, today=today) else Standing.VALID


def check_is_valid(certificate, *, today, otherwise):
    """Raise `ValidationError` unless it is valid on that day; `otherwise` is {Standing: the sentence to say}."""
    standing = standing_of(certificate, today=today)
    if standing is not Standing.VALID:
        raise ValidationError(otherwise[standing])


def has_expired(certificate, *, today):
    """Say whether the last day on which the certificate holds is over."""
    return bool(certificate.expires_on) and certificate.expires_on < today


def is_ending(certificate, *, today):
    """Say whether the last day of a certificate that nothing took the place of is over, or comes within ENDS_SOON."""
    over = certificate.annulled_at or certificate.replaced_at or not certificate.expires_on
    return not over and certificate.expires_on <= today + ENDS_SOON


def expired_since(certificate):
    """Return the first day on which the certificate holds no more, or None."""
    return certificate.expires_on and certificate.expires_on + timedelta(days=1)


def how_many_are_certified(*, today):
    """Return how many people hold a certificate on the day `today`: one that expired is not held."""
    held = Certificate.objects.live().filter(Q(expires_on=None) | Q(expires_on__gte=today))
    return held.exclude(learner=None).values("learner").distinct().count()


# A reader of PDFs asks twice, and people open a file again to look at it: that is one print.
ONE_PRINT = timedelta(minutes=10)


def record_event(certificate, kind, *, by, now, note=""):
    """Keep one thing that `by`, a person or None for the software itself, did with a certificate."""
    return CertificateEvent.objects.create(**_event(certificate, kind, by=by, now=now, note=note))


def record_printing(certificates, *, by, now):
    """Keep that `by` printed these certificates, in two queries; what one opens again soon after counts once."""
    certificates = list(certificates)
    just_now = CertificateEvent.objects.filter(
        certificate__in=certificates, kind=CertificateEvent.Kind.PRINTED, by=by, at__gt=now - ONE_PRINT
    )
    counted = set(just_now.values_list("certificate_id", flat=True))
    CertificateEvent.objects.bulk_create(
        CertificateEvent(**_event(certificate, CertificateEvent.Kind.PRINTED, by=by, now=now))
        for certificate in certificates
        if certificate.pk not in counted
    )


def history_of(*certificates):
    """Return the events of one certificate or of several, the first of all first, each with its certificate."""
    events = CertificateEvent.objects.filter(certificate__in=certificates).order_by("at", "pk")
    return events.select_related("certificate", "by").defer("certificate__pdf", "certificate__credential")


def _event(certificate, kind, *, by, now, note=""):
    return {
        "certificate": certificate,
        "kind": kind,
        "at": now,
        "by": by,
        "by_somebody": by is not None,
        "note": note,
    }
