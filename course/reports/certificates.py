"""Register of certificates, as printed and as they stand today."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import batched

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from certificates.issuing.status import EXPIRES_SOON, CertificateStatus, get_status, is_expiring_soon
from certificates.models import Certificate
from course.people.permissions import certificates_looked_after_by
from modules.models import TrainingRecord

from .periods import Period

AT_ONCE = 2000


class State(StrEnum):
    VALID = "valido"
    ENDING = "vence-pronto"
    EXPIRED = "vencido"
    REVOKED = "anulado"
    REPLACED = "reemplazado"


STATES = {
    State.VALID: CertificateStatus.VALID.label,
    State.ENDING: pgettext_lazy("certificate", "Ends soon"),
    State.EXPIRED: CertificateStatus.EXPIRED.label,
    State.REVOKED: CertificateStatus.REVOKED.label,
    State.REPLACED: CertificateStatus.REPLACED.label,
}


@dataclass(frozen=True)
class CertificateLine:
    certificate: Certificate
    standing: CertificateStatus
    state: str
    cohort: str
    area: str

    @property
    def printed(self):
        return self.certificate.printed

    @property
    def hours(self):
        """Return the hours of study as a number; None for the first certificates, which have words."""
        minutes = self.printed.get("minutes")
        return round(minutes / 60, 2) if minutes else None

    @property
    def edition(self):
        return self.printed.get("edition") or str(self.certificate.edition)


def registered_certificates(scope, *, year, state, today):
    """Return the Certificates (a QuerySet) of a Scope first issued in `year` (None: any), latest first.

    They are of people who finished in its groups and areas or are in its groups now; area leaders also see those
    printed with their clinics. `state` is a `State`, or "" for all.
    """
    certificates = Certificate.objects.without_pdf()
    if scope.is_narrowed or not scope.user.administers:
        own = Q(record_key__in=scope.certified().values("key")) | Q(learner__in=scope.members_now().values("learner"))
        if not scope.is_narrowed:
            own |= Q(pk__in=certificates_looked_after_by(scope.user).values("pk"))
        certificates = certificates.filter(own)
    if year:
        certificates = certificates.filter(**Period.of_year(year).holds("awarded_at"))
    return _of_state(certificates, state, today).order_by("-awarded_at", "-pk")


def _of_state(certificates, state, today):
    live = Q(revoked_at=None, replaced_at=None)
    ending = Q(expires_on__gte=today, expires_on__lte=today + EXPIRES_SOON)
    asked = {
        State.VALID: live & (Q(expires_on=None) | Q(expires_on__gte=today)),
        State.ENDING: live & ending,
        State.EXPIRED: live & Q(expires_on__lt=today),
        State.REVOKED: Q(revoked_at__isnull=False),
        State.REPLACED: Q(revoked_at=None, replaced_at__isnull=False),
    }
    return certificates.filter(asked[state]) if state else certificates


def certificate_lines(certificates, *, today):
    certificates = list(certificates)
    keys = {one.record_key for one in certificates}
    records = TrainingRecord.objects.filter(key__in=keys).values_list("key", "cohort", "area")
    places = {key: (cohort, area) for key, cohort, area in records}
    return [
        CertificateLine(one, get_status(one, today=today), _state(one, today), *places.get(one.record_key, ("", "")))
        for one in certificates
    ]


def _state(certificate, today):
    standing = get_status(certificate, today=today)
    ends = standing is CertificateStatus.VALID and is_expiring_soon(certificate, today=today)
    return str(STATES[State.ENDING] if ends else standing.label)


def certificates_table(certificates, *, today):
    """Return (headings, rows); the rows are a generator that reads some at a time."""
    headings = [
        pgettext("certificate", "Code"),
        _("Name"),
        _("Post"),
        _("Hours"),
        _("Issued on"),
        _("Holds until"),
        _("State"),
        _("Clinic"),
        _("Group"),
        _("Health area"),
        _("Edition"),
    ]
    return headings, _rows(certificates, today)


def _rows(certificates, today):
    pks = list(certificates.values_list("pk", flat=True))
    for some in batched(pks, AT_ONCE):
        found = Certificate.objects.without_pdf().in_bulk(some)
        for line in certificate_lines((found[pk] for pk in some if pk in found), today=today):
            certificate, printed = line.certificate, line.printed
            yield [
                certificate.grouped_serial,
                printed.get("name", ""),
                printed.get("role", ""),
                line.hours,
                certificate.issue_day,
                certificate.expires_on,
                line.state,
                printed.get("clinic", ""),
                line.cohort,
                line.area,
                line.edition,
            ]
