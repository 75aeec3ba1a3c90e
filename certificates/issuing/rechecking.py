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

from certificates.badges.addresses import is_known
from certificates.badges.credentials import salt_of
from certificates.badges.keys import did_key, issuer_keys, known_keys
from certificates.models import Certificate, PrintedImage
from certificates.paper.attachments import CREDENTIAL
from certificates.paper.seal_checking import look_at_seal

from .checking import Fidelity, first_with_digest, has_its_bytes, is_as_issued
from .digesting import give_digest

# So many are read with their bytes in one query.
_AT_ONCE = 25


class Fault(Enum):
    """What can be wrong with a certificate."""

    FACTS = "facts"
    NO_DIGEST = "no-digest"
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
    Fault.NO_DIGEST: _("its digest is gone: one that was issued before it has one"),
    Fault.KEY: _("the key that signed its digest is not among those of this site"),
    Fault.BYTES: _("its PDF is not the one that was issued"),
    Fault.ATTACHED: _("the credential inside its PDF is not the one that is kept beside it"),
    Fault.SIGNATURE: _("its credential was changed, or signed by a key that is not among those of this site"),
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
    # Of a version before digests: checked by what they have.
    older: int = 0
    protected: int = 0
    # They would be protected if there were a key to sign with.
    without_key: int = 0
    unsigned: int = 0
    credentials: int = 0
    sealed: int = 0
    unstamped: int = 0
    # {address in the QR: how many} of those at which this site answers no more. A name can be lost: that is no fault.
    at_lost: Counter = field(default_factory=Counter)


def recheck_all(*, using="default", protect_at=None):
    """Look at every certificate; yield (`Tally` so far, certificate, its faults) for each, in the order of issue.

    With `protect_at`, a moment, those of a version before digests get one as of then, unless something is wrong with
    them. `using` is the alias of the database.
    """
    tally = Tally()
    image_is_whole, first_digested = (
        lru_cache(maxsize=256)(partial(_image_is_whole, using)),
        lru_cache(first_with_digest),
    )
    for certificate in _each(using):
        faults = _faults_in(certificate, tally, image_is_whole, first_digested)
        tally.checked += 1
        tally.faulty += bool(faults)
        if protect_at and not faults and not certificate.digest:
            _protect(certificate, tally, now=protect_at, using=using)
        yield tally, certificate, faults


def _protect(certificate, tally, *, now, using):
    # One with a credential is of a site with a key: a digest that nobody signed would speak against it.
    key = issuer_keys().signing
    if certificate.credential and not key:
        tally.without_key += 1
        return
    give_digest(certificate, key, now=now)
    certificate.save(using=using, update_fields=sorted(Certificate.WRITTEN_ONCE))
    tally.protected += 1


def _each(using):
    last = 0
    while chunk := list(
        Certificate.objects.using(using)
        .filter(pk__gt=last)
        .order_by("pk")
        .prefetch_related("later_credentials")[:_AT_ONCE]
    ):
        yield from chunk
        last = chunk[-1].pk


def _faults_in(certificate, tally, image_is_whole, first_digested):
    return [
        *_faults_of_digest(certificate, tally, first_digested),
        *_faults_of_paper(certificate, tally),
        *_faults_of_credentials(certificate, tally),
        *([Fault.IMAGE] if not all(map(image_is_whole, _images_of(certificate.printed))) else []),
        *_faults_of_address(certificate, tally),
    ]


def _faults_of_digest(certificate, tally, first_digested):
    found = is_as_issued(certificate, first_digested=first_digested)
    tally.unsigned += found is Fidelity.AS_ISSUED and not certificate.digest_key
    if not certificate.digest:
        tally.older += 1
        if found is Fidelity.ALTERED:
            yield Fault.NO_DIGEST
    elif found is not Fidelity.AS_ISSUED:
        yield Fault.FACTS if found is Fidelity.ALTERED else Fault.KEY


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


def _faults_of_credentials(certificate, tally):
    """Yield each fault once, whether it is of the credential inside the PDF or of one made later."""
    faults = {}
    if certificate.credential:
        tally.credentials += 1
        faults |= dict.fromkeys(_faults_of_credential(certificate.credential, certificate, certificate))
    for later in certificate.later_credentials.all():
        tally.credentials += 1
        faults |= dict.fromkeys(_faults_of_credential(later.text, later, certificate))
    yield from faults


def _faults_of_credential(text, placed, certificate):
    try:
        document = json.loads(text)
        if not _is_signed_here(document):
            yield Fault.SIGNATURE
        if not _says_what_was_printed(document, placed, certificate):
            yield Fault.CONTENT
    except (ValueError, LookupError, TypeError, AttributeError):
        yield Fault.CONTENT


def _is_signed_here(document):
    proof = document["proof"][0] if isinstance(document["proof"], list) else document["proof"]
    named = proof["verificationMethod"].rpartition("#")[2]
    if named not in known_keys():
        return False
    try:
        verify_data_integrity_proof(document, resolve_did(did_key(named)))
    except OB3VerificationError:
        return False
    return True


def _says_what_was_printed(document, placed, certificate):
    printed, subject = certificate.printed, document["credentialSubject"]
    [identity] = subject["identifier"]
    if placed.names_holder:
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
    # One of a version that kept no issuer beside it says it alone.
    issuer = placed.issuer or document["issuer"]["id"]
    return (
        document["id"] == printed["verify_url"]
        and (document["issuer"]["id"], document["issuer"]["name"]) == (issuer, printed["issuer"])
        and (document["name"], subject["achievement"]["name"]) == (printed["course"], printed["course"])
        and identity["identityHash"] == name
        and int(place["statusListIndex"]) == placed.status_index
        and place["statusListCredential"].endswith(reverse("status_list", args=[placed.status_list_id]))
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
