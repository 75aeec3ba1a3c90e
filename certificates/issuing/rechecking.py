"""Recheck all issued certificates: facts, PDF, credential, images, address."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache, partial
from io import BytesIO

import pikepdf
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from openbadgeslib.ob3 import IdentityObject, OB3VerificationError, resolve_did, verify_data_integrity_proof
from pyhanko.pdf_utils.misc import PdfError

from certificates.badges.credentials import name_salt
from certificates.badges.issuer import is_site_address
from certificates.badges.keys import did_key, issuer_key
from certificates.models import Certificate, PrintedImage
from certificates.pdf.rendering import CREDENTIAL
from certificates.pdf.signature import check_signature

from .integrity import Integrity, get_integrity, is_pdf_intact

_BATCH_SIZE = 25


class Fault(Enum):
    FACTS = "facts"
    DIGEST = "digest"
    PDF = "pdf"
    ATTACHMENT = "attachment"
    CREDENTIAL_PROOF = "credential_proof"
    CREDENTIAL_CONTENT = "credential_content"
    PDF_SIGNATURE = "pdf_signature"
    PDF_TIMESTAMP = "pdf_timestamp"
    IMAGE = "image"
    ADDRESS = "address"

    @property
    def sentence(self):
        return _SENTENCES[self]


_SENTENCES = {
    Fault.FACTS: _("its facts are not those that were issued"),
    Fault.DIGEST: _("its digest is not signed with the key of this site"),
    Fault.PDF: _("its PDF is not the one that was issued"),
    Fault.ATTACHMENT: _("the credential inside its PDF is not the stored one"),
    Fault.CREDENTIAL_PROOF: _("its credential was changed, or not signed with the key of this site"),
    Fault.CREDENTIAL_CONTENT: _("its credential does not say what was printed"),
    Fault.PDF_SIGNATURE: _("its PDF signature is broken"),
    Fault.PDF_TIMESTAMP: _("the time stamp of its PDF signature is broken"),
    Fault.IMAGE: _("an image that it shows is gone or is another"),
    Fault.ADDRESS: _("the address in its QR does not lead to it"),
}


@dataclass
class Totals:
    checked: int = 0
    faulty: int = 0
    without_digest_key: int = 0
    credentials: int = 0
    with_signature: int = 0
    unstamped: int = 0
    # {address in the QR: count} of former addresses; not a fault of the certificate.
    at_other_address: Counter = field(default_factory=Counter)


def recheck_all(*, using="default"):
    """Yield (`Totals` so far, certificate, its faults) in the order of issue, in constant memory."""
    totals = Totals()
    is_image_intact = lru_cache(maxsize=256)(partial(_is_image_intact, using))
    for certificate in _each(using):
        faults = _faults_in(certificate, totals, is_image_intact)
        totals.checked += 1
        totals.faulty += bool(faults)
        yield totals, certificate, faults


def _each(using):
    last = 0
    while chunk := list(Certificate.objects.using(using).filter(pk__gt=last).order_by("pk")[:_BATCH_SIZE]):
        yield from chunk
        last = chunk[-1].pk


def _faults_in(certificate, totals, is_image_intact):
    return [
        *_digest_faults(certificate, totals),
        *_pdf_faults(certificate, totals),
        *_credential_faults(certificate, totals),
        *([Fault.IMAGE] if not all(map(is_image_intact, _images_of(certificate.printed))) else []),
        *_address_faults(certificate, totals),
    ]


def _digest_faults(certificate, totals):
    found = get_integrity(certificate)
    totals.without_digest_key += found is Integrity.AS_ISSUED and not certificate.digest_key
    if found is Integrity.ALTERED:
        yield Fault.FACTS
    elif found is Integrity.UNCONFIRMED and not _has_ended(certificate):
        yield Fault.DIGEST


def _has_ended(certificate):
    # A replaced key does not matter where nothing is valid anyway.
    return bool(certificate.revoked_at or certificate.replaced_at)


def _pdf_faults(certificate, totals):
    pdf = bytes(certificate.pdf)
    if not is_pdf_intact(certificate):
        yield Fault.PDF
        return
    if _attached_credential(pdf) != certificate.credential:
        yield Fault.ATTACHMENT
    try:
        signature = check_signature(pdf)
    except (PdfError, ValueError, TypeError, KeyError):
        yield Fault.PDF_SIGNATURE
        return
    if signature:
        totals.with_signature += 1
        totals.unstamped += not signature.stamps
        if not signature.is_valid:
            yield Fault.PDF_SIGNATURE
        if not signature.stamps_are_valid:
            yield Fault.PDF_TIMESTAMP


def _attached_credential(pdf):
    # "" without a credential, None if it cannot be read.
    try:
        with pikepdf.open(BytesIO(pdf)) as document:
            if CREDENTIAL not in document.attachments:
                return ""
            return document.attachments[CREDENTIAL].get_file().read_bytes().decode()
    except (pikepdf.PdfError, UnicodeDecodeError):
        return None


def _credential_faults(certificate, totals):
    if not certificate.credential:
        return
    totals.credentials += 1
    try:
        document = json.loads(certificate.credential)
        if not _has_ended(certificate) and not _is_signed_by_site(document):
            yield Fault.CREDENTIAL_PROOF
        if not _matches_printed_fields(document, certificate):
            yield Fault.CREDENTIAL_CONTENT
    except (ValueError, LookupError, TypeError, AttributeError):
        yield Fault.CREDENTIAL_CONTENT


def _is_signed_by_site(document):
    [proof] = document["proof"]
    named, key = proof["verificationMethod"].rpartition("#")[2], issuer_key()
    if not key or named != key.multibase:
        return False
    try:
        verify_data_integrity_proof(document, resolve_did(did_key(named)))
    except OB3VerificationError:
        return False
    return True


def _matches_printed_fields(document, certificate):
    printed, subject = certificate.printed, document["credentialSubject"]
    [identity] = subject["identifier"]
    if certificate.names_holder:
        name = printed["name"]
    else:
        name = IdentityObject.create(
            printed["name"], salt=name_salt(certificate.serial), identity_type="name"
        ).identity_hash
    [place] = (
        document["credentialStatus"]
        if isinstance(document["credentialStatus"], list)
        else [document["credentialStatus"]]
    )
    return (
        document["id"] == printed["verify_url"]
        and (document["issuer"]["id"], document["issuer"]["name"]) == (certificate.issuer, printed["issuer"])
        and (document["name"], subject["achievement"]["name"]) == (printed["course"], printed["course"])
        and identity["identityHash"] == name
        and int(place["statusListIndex"]) == certificate.status_index
        and place["statusListCredential"].endswith(reverse("status_list", args=[certificate.status_list_id]))
        and ("validUntil" in document) == bool(certificate.expires_on)
    )


def _images_of(printed):
    return {line.get("image") for line in (*printed["signatories"], *printed.get("logos", []))} - {"", None}


def _is_image_intact(using, digest):
    content = PrintedImage.objects.using(using).filter(pk=digest).values_list("content", flat=True).first()
    return content is not None and hashlib.sha256(content).hexdigest() == digest


def _address_faults(certificate, totals):
    address, _separator, rest = certificate.printed["verify_url"].partition("/v/")
    if not is_site_address(address):
        totals.at_other_address[address] += 1
    if not rest.strip("/") == certificate.serial == certificate.printed["serial"]:
        yield Fault.ADDRESS
