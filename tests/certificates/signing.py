"""An independent verifier for credentials."""

import json
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from openbadgeslib.ob3 import OB3LdpVerifier, decode_encoded_list, set_indices

from certificates.badges.issuer import is_site_address

SITE = "https://trato.example"
# In the past, so that verifiers accept it on any day.
ISSUED = datetime(2025, 3, 14, 18, 30, 5, 123456, tzinfo=UTC)


def fetch(address):
    parts = urlsplit(address)
    site = f"{parts.scheme}://{parts.netloc}"
    assert site == SITE or is_site_address(site), f"the verifier asked {address}"
    response = Client(headers={"Host": urlsplit(settings.SITE_URL).netloc}).get(address.removeprefix(site))
    assert response.status_code == 200, f"{address}: {response.status_code}"
    return response.content


def verify(credential, *, download=fetch):
    return OB3LdpVerifier().verify(credential, download=download)


def subject_of(certificate):
    return json.loads(certificate.credential)["credentialSubject"]


def is_not_revoked(credential):
    (entry,) = verify(credential).credential_status
    return int(entry["statusListIndex"]) not in revoked_in(json.loads(fetch(entry["statusListCredential"])))


def revoked_in(status_list):
    document = json.loads(status_list) if isinstance(status_list, str) else status_list
    return set(set_indices(decode_encoded_list(document["credentialSubject"]["encodedList"])))
