"""Looking at the seal of a PDF that was issued: whether it is whole. Whom to trust is for whoever reads the file."""

import hashlib
from io import BytesIO
from typing import NamedTuple

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter, validate_sig_integrity
from pyhanko.sign.validation.status import SignatureCoverageLevel

from .time_stamps import check_stamp


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
