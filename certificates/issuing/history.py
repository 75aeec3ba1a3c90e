"""What happened to certificates: who did what, when and why. Rows are only added, and outlive the accounts."""

from datetime import timedelta

from certificates.models import CertificateEvent

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
