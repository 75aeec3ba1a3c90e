"""Certificates of a deleted account: reassigned or anonymised."""

import re
import unicodedata
import uuid
from itertools import pairwise

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from certificates.models import Certificate, CertificateEvent, CorrectionRequest

from .issue import check_not_own
from .status import record_event

ERASED_TEXTS = {"note": "", "requested": {}, "previous": {}}
_WORD = re.compile(r"\w+")


@transaction.atomic
def reassign_certificates(old, learner, *, by, now):
    """Give `learner` the certificates of `old`, another account of the same person. Raises `ValidationError`."""
    both = Certificate.objects.filter(learner__in=[old, learner]).without_pdf().select_for_update()
    certificates = list(both.order_by("issued_at", "pk"))
    for certificate in certificates:
        check_not_own(certificate, by)
    for older, newer in live_pairs(certificates):
        _replace(older, newer, by=by, now=now)
    Certificate.objects.filter(learner=old).update(learner=learner)
    CertificateEvent.objects.filter(by=old).update(by=learner)


def erase_in_requests(mentions):
    for request in CorrectionRequest.objects.exclude(note="", answer=""):
        named = {field: "" for field in ("note", "answer") if mentions(getattr(request, field))}
        if named:
            CorrectionRequest.objects.filter(pk=request.pk).update(**named)


def expired_requests(*, now):
    oldest = now - settings.KEPT_TRACES
    is_old = Q(decided_at__lt=oldest) | Q(decided_at=None, requested_at__lt=oldest)
    return CorrectionRequest.objects.filter(is_old, learner=None)


def expired_holder_texts(*, now):
    """Return the anonymous requests about people with an account, declined long ago: their text is erased."""
    declined = CorrectionRequest.objects.filter(
        origin=CorrectionRequest.Origin.HOLDER,
        decision=CorrectionRequest.Decision.DECLINED,
        decided_at__lt=now - settings.KEPT_TRACES,
    )
    return declined.exclude(**ERASED_TEXTS).exclude(learner=None)


def update_record_keys(instead):
    """Update certificates of merged training records: {old record key: new record key}."""
    for old, new in instead.items():
        Certificate.objects.filter(record_key=old).update(record_key=new)


def anonymise_certificates(learner, mentions):
    """Erase the person except in printed fields; `mentions(text)` says whether a text names them."""
    for certificate in Certificate.objects.filter(learner=learner).without_pdf():
        # The key of the anonymised training record would link it to the printed name.
        changes = {"sort_key": _printed_sort_key(certificate), "record_key": uuid.uuid4()}
        if mentions(certificate.revocation_reason):
            with translation.override(settings.LANGUAGE_CODE):
                changes["revocation_reason"] = _("The reason named the person, and was erased with the account.")
        Certificate.objects.filter(pk=certificate.pk).update(**changes)
    for event in CertificateEvent.objects.filter(certificate__learner=learner).exclude(note=""):
        if mentions(event.note):
            CertificateEvent.objects.filter(pk=event.pk).update(note="")


def _printed_sort_key(certificate):
    printed = set(_WORD.findall(_fold(certificate.printed["name"])))
    return " ".join(word for word in certificate.sort_key.split() if set(_WORD.findall(_fold(word))) <= printed)


def _fold(text):
    # Sort keys write «ñ» as «n~».
    parts = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).replace("~", "")


def live_pairs(certificates):
    """Return the (older, newer) live pairs of each course, from certificates in the order of issue."""
    live = {}
    for certificate in certificates:
        if not (certificate.replaced_at or certificate.revoked_at):
            live.setdefault(certificate.course_key, []).append(certificate)
    return [pair for group in live.values() for pair in pairwise(group)]


def _replace(older, newer, *, by, now):
    Certificate.objects.filter(pk=older.pk).update(replaced_at=now)
    if newer.replaces_id is None:
        Certificate.objects.filter(pk=newer.pk).update(replaces=older)
    note = _("Replaced by %(code)s.") % {"code": newer.grouped_serial}
    record_event(older, CertificateEvent.Kind.MERGED, by=by, now=now, note=note)
