"""Which credentials were revoked: published lists of bits, one a credential (W3C Bitstring Status List 1.0).

Where the bit of a credential is says nothing of the person or of the order of issue: it is drawn by lot. A list is
signed for ever as who began it, at the address where it was begun: both stand in the credentials.
"""

import json
import secrets
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from certificates.models import Certificate, StatusList

from .issuer import key_of, method_of

# How long others may go on with a copy, and how long a copy can be passed off as the present one.
FRESH = timedelta(minutes=5)
VALID = timedelta(days=1)
_PURPOSE = "revocation"
# Three quarters: a place is still drawn quickly, and the bits of many people lie in every list.
_FULL = StatusList.LENGTH * 3 // 4
_DRAWN = 16


def take_place(issuer, *, randbelow=secrets.randbelow):
    """Return (a status list of this issuer at the present address, a free place in it).

    Only saving the certificate takes the place: another may come first.
    """
    of_today = {"site": settings.SITE_URL, "issuer": issuer}
    newest = StatusList.objects.filter(**of_today).order_by("-pk").first() or StatusList.objects.create(**of_today)
    held = newest.certificates
    drawn = [randbelow(StatusList.LENGTH) for _ in range(_DRAWN)]
    taken = set(held.filter(status_index__in=drawn).values_list("status_index", flat=True))
    free = [index for index in drawn if index not in taken]
    # Counted only when the lot says that it may be full: counting takes longer than all the rest.
    if not free or (len(free) <= _DRAWN // 2 and held.count() >= _FULL):
        return StatusList.objects.create(**of_today), drawn[0]
    return newest, free[0]


def place_is_taken(certificate):
    """Say whether another certificate holds the place that was drawn for this unsaved one."""
    return (
        certificate.status_list_id is not None
        and Certificate.objects.filter(
            status_list=certificate.status_list_id, status_index=certificate.status_index
        ).exists()
    )


def list_address(status_list):
    """Return the public address of a status list, which stands in every credential that has its place there."""
    return (status_list.site or settings.SITE_URL) + reverse("status_list", args=[status_list.pk])


def entry_of(certificate):
    """Return what the credential of a certificate says of where its bit is."""
    from openbadgeslib.ob3 import status_entry  # noqa: PLC0415 - slow to import

    return status_entry(list_address(certificate.status_list), _PURPOSE, certificate.status_index)


def signed_list(status_list, *, now):
    """Return the list as it stands now, as the text of a signed credential, or "" while no key can sign it.

    It is signed as who began it, once an hour, and again as soon as a bit changes, in each process.
    """
    issuer = status_list.issuer
    key = key_of(issuer)
    if key is None:
        return ""
    revoked = tuple(sorted(_revoked_in(status_list)))
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return _sign(list_address(status_list), revoked, hour, key, issuer, method_of(issuer, key))


def _revoked_in(status_list):
    """Return the places of annulled and replaced certificates; an expired credential says so itself."""
    gone = Q(replaced_at__isnull=False) | Q(annulled_at__isnull=False)
    return list(status_list.certificates.filter(gone).values_list("status_index", flat=True))


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
        valid_until=hour + VALID,
        ttl=int(FRESH.total_seconds() * 1000),
    )
    return json.dumps(add_data_integrity_proof(document, key.secret, method, created=hour), ensure_ascii=False)
