"""How pyHanko writes a seal: dated when the certificate was issued, and leaving the metadata as they were."""

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

from .seal_key import SealUnusable
from .time_stamps import NoStamp, StampTooLong, authority_at, check_stamp, try_out, waiting_once

FIELD = "Seal"


def write_stamped(pdf, found, now, address):
    """Return the PDF sealed with a `Seal` and stamped with the time by the authority at an address.

    Raises `SealUnusable` when that gives no stamp.
    """
    authority = authority_at(address)
    try:
        with waiting_once():
            try:
                return write_seal(pdf, found, now, authority)
            except StampTooLong:
                return write_seal(pdf, found, now, authority)
    except (NoStamp, StampTooLong) as problem:
        # Its words wait for the language in which they are read.
        raise SealUnusable(*problem.args) from problem


def try_out_stamps(address):
    """Ask the authority at an address for a stamp. Raises `SealUnusable` when it gives none."""
    try:
        try_out(address)
    except NoStamp as problem:
        raise SealUnusable(*problem.args) from problem


def write_seal(pdf, found, now, authority=None):
    """Return the PDF sealed with a `Seal` and dated `now`. Raises `NoStamp` or `StampTooLong` of the authority."""
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        # Whatever is added afterwards breaks the seal.
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    writer = UnchangedMetadata(BytesIO(pdf))
    with translation.override(str(writer.root["/Lang"])):
        _add_field(writer, FIELD, words=gettext("Seal of the issuer"))
    signer = DatedSigner(metadata, signer=_signer(found), now=timezone.localtime(now), timestamper=authority)
    # pyHanko would seal once more to learn how much room the seal takes. In hexadecimal digits; what is left are zeros.
    room = 2 * (len(found.certificates) + 2048 + (authority.room if authority else 0))
    return signer.sign_pdf(writer, bytes_reserved=room).getvalue()


@lru_cache(maxsize=1)
def _signer(found):
    own, *others = load_certs_from_pemder_data(found.certificates)
    return SimpleSigner(
        signing_cert=own,
        signing_key=load_private_key_from_pemder_data(found.key, passphrase=None),
        cert_registry=SimpleCertificateStore.from_certs(others),
    )


class UnchangedMetadata(IncrementalPdfFileWriter):
    """Adds to a PDF without touching what it says of itself: neither norm nor date may change with the seal."""

    def _update_meta(self):
        pass


class DatedSigner(PdfSigner):
    """Says in the seal that it was made at `now`, not when the machine's clock says; the file stays a PDF 1.7."""

    def __init__(self, *args, now, **kwargs):
        super().__init__(*args, **kwargs)
        self._now = now

    def init_signing_session(self, *args, **kwargs):
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._now
        return session

    def register_extensions(self, pdf_out, *, md_algorithm):
        """Declare what PAdES adds to PDF 1.7, the version of PDF/A-3.

        For EC keys pyHanko would declare PDF 2.0, which names their curves; PAdES knows them without it.
        """
        pdf_out.register_extension(ESIC_EXTENSION_1)


def _add_field(writer, name, *, words):
    """Add the empty field of a seal to the first page: nothing to see, and `words` for whoever hears the page."""
    # PDF/A forbids hiding it; off the page it is not in the way either.
    settings = fields.InvisSigSettings(set_print_flag=True, box_out_of_bounds=True)
    spec = fields.SigFieldSpec(name, invis_sig_settings=settings, readable_field_name=words)
    fields.append_signature_field(writer, spec)
    [(_name, _value, reference)] = fields.enumerate_sig_fields(writer)
    _tag(writer, reference)


def _tag(writer, reference):
    """Put the field among the tags, at the end of the document, as PDF/UA asks of every field."""
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


class FoundSeal(NamedTuple):
    """The seal covers the whole file and is that of its certificate; how many time stamps it has, all of them whole."""

    is_whole: bool
    stamps: int
    stamps_are_whole: bool


def look_at_seal(pdf):
    """Return the `FoundSeal` of the bytes of a PDF, or None where it was issued without one."""
    seals = PdfFileReader(BytesIO(pdf)).embedded_signatures if b"/ByteRange" in pdf else []
    if not seals:
        return None
    seal = seals[-1]
    covers_all = seal.evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE
    signer = seal.signer_info
    intact, valid = validate_sig_integrity(signer, seal.signer_cert, "data", seal.compute_digest())
    stamps = list(extract_tst_data_iter(signer, signed=False))
    # What is stamped is the signature.
    digest = hashlib.sha256(signer["signature"].native).digest()
    return FoundSeal(covers_all and intact and valid, len(stamps), all(_is_whole(stamp, digest) for stamp in stamps))


def _is_whole(stamp, digest):
    try:
        check_stamp(stamp, digest)
    except ValueError:
        return False
    return True
