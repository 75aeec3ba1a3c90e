"""Published lists of revoked credentials (W3C Bitstring Status List 1.0)."""

import json
import secrets
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from certificates.models import Certificate, StatusList

from .issuer import signing_key_of, verification_method

# How long verifiers may cache a list, and how long a signed copy is valid.
CACHE_TIME = timedelta(minutes=5)
VALIDITY = timedelta(days=1)
_PURPOSE = "revocation"
# At three quarters a free index is still found quickly.
_FULL = StatusList.LENGTH * 3 // 4
_DRAWN = 16


def allocate_index(issuer, *, randbelow=secrets.randbelow):
    """Return (status list at the present address, free random index); saving the certificate reserves it."""
    present = {"site": settings.SITE_URL, "issuer": issuer}
    newest = StatusList.objects.filter(**present).order_by("-pk").first() or StatusList.objects.create(**present)
    drawn = [randbelow(StatusList.LENGTH) for _ in range(_DRAWN)]
    taken = set(newest.certificates.filter(status_index__in=drawn).values_list("status_index", flat=True))
    free = [index for index in drawn if index not in taken]
    # Counting is slow: only when the sample suggests that the list may be full.
    if not free or (len(free) <= _DRAWN // 2 and newest.certificates.count() >= _FULL):
        return StatusList.objects.create(**present), drawn[0]
    return newest, free[0]


def is_index_taken(certificate):
    return (
        certificate.status_list_id is not None
        and Certificate.objects.filter(
            status_list=certificate.status_list_id, status_index=certificate.status_index
        ).exists()
    )


def status_list_url(status_list):
    return (status_list.site or settings.SITE_URL) + reverse("status_list", args=[status_list.pk])


def credential_status(certificate):
    from openbadgeslib.ob3 import status_entry  # noqa: PLC0415 - slow to import

    return status_entry(status_list_url(certificate.status_list), _PURPOSE, certificate.status_index)


def signed_list(status_list, *, now):
    """Return the signed status list credential as JSON, or "" without a key; signed hourly and when a bit changes."""
    issuer = status_list.issuer
    key = signing_key_of(issuer)
    if key is None:
        return ""
    revoked = tuple(sorted(_revoked_indexes(status_list)))
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return _sign(status_list_url(status_list), revoked, hour, key, issuer, verification_method(issuer, key))


def _revoked_indexes(status_list):
    # An expired credential says so itself.
    ended = Q(replaced_at__isnull=False) | Q(revoked_at__isnull=False)
    return list(status_list.certificates.filter(ended).values_list("status_index", flat=True))


@lru_cache(maxsize=32)
def _sign(address, revoked, hour: datetime, key, issuer, method):
    from openbadgeslib.ob3 import add_data_integrity_proof, build_status_list_credential  # noqa: PLC0415 - slow to import

    document = build_status_list_credential(
        issuer,
        address,
        _PURPOSE,
        revoked,
        size_bits=StatusList.LENGTH,
        issued=hour,
        valid_until=hour + VALIDITY,
        ttl=int(CACHE_TIME.total_seconds() * 1000),
    )
    return json.dumps(add_data_integrity_proof(document, key.secret, method, created=hour), ensure_ascii=False)
