"""The certificates of a person with two accounts: all of them stay, and of two that hold only the newer goes on."""

from django.db import transaction
from django.utils.translation import gettext as _

from certificates.models import Certificate, CertificateBatch, CertificateEvent

from .history import record_event
from .issue import check_by_another


@transaction.atomic
def hand_over_certificates(old, learner, *, by, now):
    """Give `learner` the certificates of `old`, an account of the same person.

    Of two that are live in one edition the older is replaced by the newer. Raises `ValidationError` for one's own.
    """
    both = Certificate.objects.filter(learner__in=[old, learner]).without_pdf().select_for_update()
    certificates = list(both.order_by("issued_at", "pk"))
    for certificate in certificates:
        check_by_another(certificate, by)
    for older, newer in pairs_that_hold(certificates):
        _replace(older, newer, by=by, now=now)
    Certificate.objects.filter(learner=old).update(learner=learner)
    CertificateEvent.objects.filter(by=old).update(by=learner)


def forget_in_batches(learner):
    """Take the name of a person whose account goes out of the lists of who was left out of a batch."""
    for batch in CertificateBatch.objects.without_bytes().exclude(left_out=[]):
        kept = [line for line in batch.left_out if line["learner"] != learner.pk]
        if len(kept) < len(batch.left_out):
            CertificateBatch.objects.filter(pk=batch.pk).update(left_out=kept)


def pairs_that_hold(certificates):
    """Return (older, newer) of every edition of which two of these certificates, the first first, are live."""
    live = {}
    for certificate in certificates:
        if not (certificate.replaced_at or certificate.annulled_at):
            live.setdefault((certificate.course_key, certificate.edition), []).append(certificate)
    return [(pair[0], pair[1]) for pair in live.values() if len(pair) == 2]


def _replace(older, newer, *, by, now):
    Certificate.objects.filter(pk=older.pk).update(replaced_at=now)
    if newer.replaces_id is None:
        # Whoever verifies the older one is led to it. What is printed on either stays as it was.
        Certificate.objects.filter(pk=newer.pk).update(replaces=older)
    words = _("It goes on as %(code)s.") % {"code": newer.grouped_serial}
    record_event(older, CertificateEvent.Kind.MERGED, by=by, now=now, note=words)
