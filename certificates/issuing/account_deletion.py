"""The certificates of a person whose account goes: handed to another account of the same person, or left alone.

Of two accounts all of them stay, and of two that hold only the newer goes on; of a deleted one what was printed stays.
"""

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

from .issue import check_by_another
from .status import record_event

# What is left of a request without its words.
NO_WORDS = {"note": "", "asked": {}, "was": {}}
_WORD = re.compile(r"\w+")


@transaction.atomic
def hand_over_certificates(old, learner, *, by, now):
    """Give `learner` the certificates of `old`, an account of the same person.

    Of two that are live the older is replaced by the newer, whatever edition they are of. Raises `ValidationError` for
    one's own.
    """
    both = Certificate.objects.filter(learner__in=[old, learner]).without_pdf().select_for_update()
    certificates = list(both.order_by("issued_at", "pk"))
    for certificate in certificates:
        check_by_another(certificate, by)
    for older, newer in pairs_that_hold(certificates):
        _replace(older, newer, by=by, now=now)
    Certificate.objects.filter(learner=old).update(learner=learner)
    CertificateEvent.objects.filter(by=old).update(by=learner)


def forget_in_requests(mentions):
    """Leave the person out of the notes and answers of what others ask; what the person asked goes with the account."""
    for request in CorrectionRequest.objects.exclude(note="", answer=""):
        named = {field: "" for field in ("note", "answer") if mentions(getattr(request, field))}
        if named:
            CorrectionRequest.objects.filter(pk=request.pk).update(**named)


def old_requests(*, now):
    """Return the requests to forget: of long ago, decided or not, about certificates whose account is gone.

    Of whoever has an account they are the history of how the person is registered, and go with the account.
    """
    last_day = now - settings.KEPT_TRACES
    is_old = Q(decided_at__lt=last_day) | Q(decided_at=None, asked_at__lt=last_day)
    return CorrectionRequest.objects.filter(is_old, learner=None)


def old_words_of_holders(*, now):
    """Return the requests of which the words go: declined long ago, of people whom nobody knows, about somebody."""
    declined = CorrectionRequest.objects.filter(
        origin=CorrectionRequest.Origin.HOLDER,
        decision=CorrectionRequest.Decision.DECLINED,
        decided_at__lt=now - settings.KEPT_TRACES,
    )
    return declined.exclude(**NO_WORDS).exclude(learner=None)


def follow_records(instead):
    """Let certificates of a training that is on record once instead of twice be of that, {key of the record: key}."""
    for given_up, standing in instead.items():
        Certificate.objects.filter(record_key=given_up).update(record_key=standing)


def forget_on_certificates(learner, mentions):
    """Leave of a person whose account goes what was printed, and nothing else that names them.

    `mentions(text)` says whether some words name the person.
    """
    for certificate in Certificate.objects.filter(learner=learner).without_pdf():
        # The record of training names nobody any more: its key beside the printed name would. This is of no record.
        left = {"sort_key": _as_printed(certificate), "record_key": uuid.uuid4()}
        if mentions(certificate.annulled_reason):
            with translation.override(settings.LANGUAGE_CODE):
                left["annulled_reason"] = _("The reason named the person, and was erased with the account.")
        Certificate.objects.filter(pk=certificate.pk).update(**left)
    for event in CertificateEvent.objects.filter(certificate__learner=learner).exclude(note=""):
        if mentions(event.note):
            CertificateEvent.objects.filter(pk=event.pk).update(note="")


def _as_printed(certificate):
    """Return the key by which the certificate is found, without a word that is not on it."""
    printed = set(_WORD.findall(_plain(certificate.printed["name"])))
    return " ".join(word for word in certificate.sort_key.split() if set(_WORD.findall(_plain(word))) <= printed)


def _plain(text):
    """Return a text without accents and capitals; the key of a name writes «ñ» as «n~»."""
    parts = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).replace("~", "")


def pairs_that_hold(certificates):
    """Return (older, newer) of every course of which two of these certificates, the first first, are live."""
    live = {}
    for certificate in certificates:
        if not (certificate.replaced_at or certificate.annulled_at):
            live.setdefault(certificate.course_key, []).append(certificate)
    return [pair for of_course in live.values() for pair in pairwise(of_course)]


def _replace(older, newer, *, by, now):
    Certificate.objects.filter(pk=older.pk).update(replaced_at=now)
    if newer.replaces_id is None:
        # Whoever verifies the older one is led to it. What is printed on either stays as it was.
        Certificate.objects.filter(pk=newer.pk).update(replaces=older)
    words = _("It goes on as %(code)s.") % {"code": newer.grouped_serial}
    record_event(older, CertificateEvent.Kind.MERGED, by=by, now=now, note=words)
