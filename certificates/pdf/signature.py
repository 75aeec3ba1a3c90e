"""PAdES signatures by pyHanko: write and check."""

import hashlib
from functools import lru_cache
from io import BytesIO
from typing import NamedTuple

from django.utils import timezone, translation
from django.utils.translation import gettext
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NameObject, NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter, validate_sig_integrity
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator.registry import SimpleCertificateStore

from . import time_stamps
from .signing_key import SigningKeyError
from .time_stamps import TimeStampError, TimeStampTooLongError, authority_at, check_stamp, shared_timeout

FIELD = "Seal"


def write_stamped_signature(pdf, key, now, address):
    """Return the signed and time-stamped PDF. Raises `SigningKeyError` without a stamp."""
    authority = authority_at(address)
    try:
        with shared_timeout():
            try:
                return write_signature(pdf, key, now, authority)
            except TimeStampTooLongError:
                return write_signature(pdf, key, now, authority)
    except (TimeStampError, TimeStampTooLongError) as problem:
        # The messages may be lazy translations.
        raise SigningKeyError(*problem.args) from problem


def check_time_stamp_authority(address):
    try:
        time_stamps.request_test_stamp(address)
    except TimeStampError as problem:
        raise SigningKeyError(*problem.args) from problem


def write_signature(pdf, key, now, authority=None):
    """Return the signed PDF, dated `now`. Raises `TimeStampError` or `TimeStampTooLongError`."""
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    writer = UnchangedMetadata(BytesIO(pdf))
    with translation.override(str(writer.root["/Lang"])):
        _add_field(writer, FIELD, label=gettext("Seal of the issuer"))
    signer = DatedSigner(metadata, signer=_signer(key), now=timezone.localtime(now), timestamper=authority)
    # In hexadecimal digits. Without it pyHanko would sign twice to measure the signature.
    room = 2 * (len(key.certificates) + 2048 + (authority.room if authority else 0))
    return signer.sign_pdf(writer, bytes_reserved=room).getvalue()


@lru_cache(maxsize=1)
def _signer(key):
    own, *others = load_certs_from_pemder_data(key.certificates)
    return SimpleSigner(
        signing_cert=own,
        signing_key=load_private_key_from_pemder_data(key.key, passphrase=None),
        cert_registry=SimpleCertificateStore.from_certs(others),
    )


class UnchangedMetadata(IncrementalPdfFileWriter):
    """Writer that leaves the metadata alone: neither PDF/A conformance nor date may change."""

    def _update_meta(self):
        pass


class DatedSigner(PdfSigner):
    def __init__(self, *args, now, **kwargs):
        super().__init__(*args, **kwargs)
        self._now = now

    def init_signing_session(self, *args, **kwargs):
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._now
        return session

    def register_extensions(self, pdf_out, *, md_algorithm):
        # For EC keys pyHanko would declare PDF 2.0; PAdES in PDF/A-3 (PDF 1.7) needs only this extension.
        pdf_out.register_extension(ESIC_EXTENSION_1)


def _add_field(writer, name, *, label):
    # PDF/A forbids hidden fields, so it is placed off the page; screen readers read the label.
    settings = fields.InvisSigSettings(set_print_flag=True, box_out_of_bounds=True)
    spec = fields.SigFieldSpec(name, invis_sig_settings=settings, readable_field_name=label)
    fields.append_signature_field(writer, spec)
    [(_name, _value, reference)] = fields.enumerate_sig_fields(writer)
    _tag(writer, reference)


def _tag(writer, reference):
    # PDF/UA requires a tag for every field; this one is the last in the document.
    tree = writer.root["/StructTreeRoot"]
    document, numbers = tree["/K"][0], tree["/ParentTree"]["/Nums"]
    page = writer.root["/Pages"]["/Kids"].raw_get(0)
    place = NumberObject(numbers[-2] + 1)
    pointer = DictionaryObject({NameObject("/Type"): NameObject("/OBJR"), NameObject("/Obj"): reference})
    tag = writer.add_object(
        DictionaryObject(
            {
                NameObject("/Type"): NameObject("/StructElem"),
                NameObject("/S"): NameObject("/Form"),
                NameObject("/P"): tree["/K"].raw_get(0),
                NameObject("/Pg"): page,
                NameObject("/K"): ArrayObject([pointer]),
            }
        )
    )
    document["/K"].append(tag)
    numbers.extend([place, tag])
    field = reference.get_object()
    field[NameObject("/StructParent")] = place
    for changed in (document, numbers, field):
        writer.update_container(changed)


class SignatureCheck(NamedTuple):
    # Covers the whole file and fits its certificate.
    is_valid: bool
    stamps: int
    stamps_are_valid: bool


def check_signature(pdf):
    """Return the `SignatureCheck` of a PDF, or None without a signature."""
    signatures = PdfFileReader(BytesIO(pdf)).embedded_signatures if b"/ByteRange" in pdf else []
    if not signatures:
        return None
    signature = signatures[-1]
    covers_all = signature.evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE
    signer = signature.signer_info
    intact, valid = validate_sig_integrity(signer, signature.signer_cert, "data", signature.compute_digest())
    stamps = list(extract_tst_data_iter(signer, signed=False))
    digest = hashlib.sha256(signer["signature"].native).digest()
    return SignatureCheck(
        covers_all and intact and valid, len(stamps), all(_is_valid_stamp(stamp, digest) for stamp in stamps)
    )


def _is_valid_stamp(stamp, digest):
    try:
        check_stamp(stamp, digest)
    except ValueError:
        return False
    return True
