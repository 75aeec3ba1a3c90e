"""Everything that was issued, looked at anew and whole: facts, bytes, credentials, seal, images, address.

What takes long is done one after the other, in as little memory for a hundred thousand as for ten.
"""

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

from certificates.badges.credentials import salt_of
from certificates.badges.issuer import is_known
from certificates.badges.keys import did_key, issuer_key
from certificates.models import Certificate, PrintedImage
from certificates.pdf.rendering import CREDENTIAL
from certificates.pdf.signature import look_at_seal

from .integrity import Fidelity, has_its_bytes, is_as_issued

# So many are read with their bytes in one query.
_AT_ONCE = 25


class Fault(Enum):
    """What can be wrong with a certificate."""

    FACTS = "facts"
    KEY = "key"
    BYTES = "bytes"
    ATTACHED = "attached"
    SIGNATURE = "signature"
    CONTENT = "content"
    SEAL = "seal"
    STAMP = "stamp"
    IMAGE = "image"
    CODE = "code"

    @property
    def sentence(self):
        """Return it in words that name nobody, lazy."""
        return _SENTENCES[self]


_SENTENCES = {
    Fault.FACTS: _("its facts are not those that were issued"),
    Fault.KEY: _("its digest is not signed with the key of this site"),
    Fault.BYTES: _("its PDF is not the one that was issued"),
    Fault.ATTACHED: _("the credential inside its PDF is not the one that is kept beside it"),
    Fault.SIGNATURE: _("its credential was changed, or not signed with the key of this site"),
    Fault.CONTENT: _("its credential does not say what was printed"),
    Fault.SEAL: _("its seal is broken"),
    Fault.STAMP: _("the time stamp of its seal is broken"),
    Fault.IMAGE: _("an image that it shows is gone or is another"),
    Fault.CODE: _("the address in its QR does not lead to it"),
}


@dataclass
class Tally:
    """What was found in all of them so far."""

    checked: int = 0
    faulty: int = 0
    unsigned: int = 0
    credentials: int = 0
    sealed: int = 0
    unstamped: int = 0
    # {address in the QR: how many} of those at which this site answers no more. A name can be lost: that is no fault.
    at_lost: Counter = field(default_factory=Counter)


def recheck_all(*, using="default"):
    """Look at every certificate; yield (`Tally` so far, certificate, its faults) for each, in the order of issue.

    `using` is the alias of the database.
    """
    tally = Tally()
    image_is_whole = lru_cache(maxsize=256)(partial(_image_is_whole, using))
    for certificate in _each(using):
        faults = _faults_in(certificate, tally, image_is_whole)
        tally.checked += 1
        tally.faulty += bool(faults)
        yield tally, certificate, faults


def _each(using):
    last = 0
    while chunk := list(Certificate.objects.using(using).filter(pk__gt=last).order_by("pk")[:_AT_ONCE]):
        yield from chunk
        last = chunk[-1].pk


def _faults_in(certificate, tally, image_is_whole):
    return [
        *_faults_of_digest(certificate, tally),
        *_faults_of_paper(certificate, tally),
        *_faults_of_credential(certificate, tally),
        *([Fault.IMAGE] if not all(map(image_is_whole, _images_of(certificate.printed))) else []),
        *_faults_of_address(certificate, tally),
    ]


def _faults_of_digest(certificate, tally):
    found = is_as_issued(certificate)
    tally.unsigned += found is Fidelity.AS_ISSUED and not certificate.digest_key
    if found is Fidelity.ALTERED:
        yield Fault.FACTS
    elif found is Fidelity.UNCONFIRMED and not _is_over(certificate):
        yield Fault.KEY


def _is_over(certificate):
    """Whether nobody takes it for valid, so that nothing has to be done after the key was replaced."""
    return bool(certificate.annulled_at or certificate.replaced_at)


def _faults_of_paper(certificate, tally):
    pdf = bytes(certificate.pdf)
    if not has_its_bytes(certificate):
        # Nothing in other bytes says anything of what was issued.
        yield Fault.BYTES
        return
    if _attached_to(pdf) != certificate.credential:
        yield Fault.ATTACHED
    try:
        seal = look_at_seal(pdf)
    except (PdfError, ValueError, TypeError, KeyError):
        yield Fault.SEAL
        return
    if seal:
        tally.sealed += 1
        tally.unstamped += not seal.stamps
        if not seal.is_whole:
            yield Fault.SEAL
        if not seal.stamps_are_whole:
            yield Fault.STAMP


def _attached_to(pdf):
    """Return the text of the credential inside a PDF, "" where there is none, None where it is not to be read."""
    try:
        with pikepdf.open(BytesIO(pdf)) as paper:
            if CREDENTIAL not in paper.attachments:
                return ""
            return paper.attachments[CREDENTIAL].get_file().read_bytes().decode()
    except (pikepdf.PdfError, UnicodeDecodeError):
        return None


def _faults_of_credential(certificate, tally):
    if not certificate.credential:
        return
    tally.credentials += 1
    try:
        document = json.loads(certificate.credential)
        if not _is_over(certificate) and not _is_signed_here(document):
            yield Fault.SIGNATURE
        if not _says_what_was_printed(document, certificate):
            yield Fault.CONTENT
    except (ValueError, LookupError, TypeError, AttributeError):
        yield Fault.CONTENT


def _is_signed_here(document):
    [proof] = document["proof"]
    named, key = proof["verificationMethod"].rpartition("#")[2], issuer_key()
    if not key or named != key.multibase:
        return False
    try:
        verify_data_integrity_proof(document, resolve_did(did_key(named)))
    except OB3VerificationError:
        return False
    return True


def _says_what_was_printed(document, certificate):
    printed, subject = certificate.printed, document["credentialSubject"]
    [identity] = subject["identifier"]
    if certificate.names_holder:
        name = printed["name"]
    else:
        name = IdentityObject.create(
            printed["name"], salt=salt_of(certificate.serial), identity_type="name"
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


def _image_is_whole(using, digest):
    content = PrintedImage.objects.using(using).filter(pk=digest).values_list("content", flat=True).first()
    return content is not None and hashlib.sha256(content).hexdigest() == digest


def _faults_of_address(certificate, tally):
    address, _separator, rest = certificate.printed["verify_url"].partition("/v/")
    if not is_known(address):
        tally.at_lost[address] += 1
    if not rest.strip("/") == certificate.serial == certificate.printed["serial"]:
        yield Fault.CODE
