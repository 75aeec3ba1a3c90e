"""Whether a certificate is still what was issued: asked whenever one is shown, so it reads no PDF."""

import hashlib
import logging
from enum import Enum, nonmember
from functools import lru_cache
from itertools import batched

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from certificates.badges.keys import known_keys
from certificates.models import Certificate

from .digesting import digest_of, is_signed

logger = logging.getLogger(__name__)
# So many are read with their bytes in one query.
_AT_ONCE = 25


class Fidelity(Enum):
    """Whether the facts of a certificate are those that were issued; the value is also the name of its style."""

    AS_ISSUED = "as-issued"
    # The digest does not fit the facts, or its signature is none of this site's.
    ALTERED = "altered"
    # Issued by a version without digests, and given none since: nothing says that it was altered.
    OLDER = "older"
    # The digest fits, and the key that signed it is not among those of the site now: they may be unreadable.
    UNCONFIRMED = "unconfirmed"

    # Templates would call the class to make an instance of it.
    do_not_call_in_templates = nonmember(True)


class Altered(Exception):
    """A certificate is not the one that was issued; the message says so to the person."""


def first_with_digest(using):
    """Return the key of the first certificate that had its digest from the start, None where none has; one query.

    `using` is the alias of the database. Whoever looks at several hands on one `lru_cache(first_with_digest)`.
    """
    digested = Certificate.objects.using(using).filter(digested_at=F("issued_at")).order_by("pk")
    return digested.values_list("pk", flat=True).first()


def is_as_issued(certificate, *, first_digested=first_with_digest):
    """Return the `Fidelity` of a certificate. Its PDF is not read: see `pdf_as_issued`.

    For one without a digest `first_digested` is asked, as `first_with_digest` is; for others there is no query.

    Whether it holds is another question: an annulment and a replacement are no part of what was issued. The credential
    is read where it was left in the database.
    """
    if not certificate.digested_at and not certificate.digest:
        found = Fidelity.ALTERED if _came_after_digests(certificate, first_digested) else Fidelity.OLDER
    else:
        found = _fidelity(certificate)
    if found is Fidelity.ALTERED:
        logger.error("The facts of the certificate %s are not those that were issued", certificate.serial)
    return found


def _fidelity(certificate):
    if not certificate.digested_at or certificate.digest != digest_of(certificate):
        return Fidelity.ALTERED
    if not certificate.digest_key:
        # Whoever could issue a credential had a key, and would have signed.
        return Fidelity.ALTERED if certificate.credential or certificate.digest_signature else Fidelity.AS_ISSUED
    if not is_signed(certificate):
        return Fidelity.ALTERED
    return Fidelity.AS_ISSUED if certificate.digest_key in known_keys() else Fidelity.UNCONFIRMED


def _came_after_digests(certificate, first_digested):
    """Whether it was issued after the first that had its digest from the start: then it had one too."""
    first = first_digested(certificate._state.db)
    return first is not None and certificate.pk > first


def check_as_issued(certificate):
    """Raise `ValidationError` for one that was altered: nothing new is made and signed of what nobody vouches for."""
    if is_as_issued(certificate) is Fidelity.ALTERED:
        raise ValidationError(_("This certificate is not as it was issued. Tell whoever looks after the site."))


def pdf_as_issued(certificate, *, first_digested=first_with_digest):
    """Return the bytes of the PDF to give out; `first_digested` as in `is_as_issued`.

    Raises `Altered`, and says so in the log, when they or the facts beside them are others than were issued.
    """
    is_altered = is_as_issued(certificate, first_digested=first_digested) is Fidelity.ALTERED
    if not has_its_bytes(certificate):
        logger.error("The PDF of the certificate %s is not the one that was issued", certificate.serial)
        is_altered = True
    if is_altered:
        raise Altered(
            _("This certificate is not as it was issued: its PDF is not given out. Tell whoever looks after the site.")
        )
    return bytes(certificate.pdf)


def has_its_bytes(certificate):
    """Say whether the PDF has the SHA-256 that was kept when it was issued."""
    return hashlib.sha256(certificate.pdf).hexdigest() == certificate.sha256


def why_not_given_out(certificates):
    """Return {key: why, a sentence} of those that are not as they were issued; reads them, a few at a time."""
    refused, first_digested = {}, lru_cache(first_with_digest)
    for chunk in batched(certificates, _AT_ONCE):
        for certificate in Certificate.objects.filter(pk__in=[certificate.pk for certificate in chunk]):
            try:
                pdf_as_issued(certificate, first_digested=first_digested)
            except Altered as problem:
                refused[certificate.pk] = str(problem)
    return refused
