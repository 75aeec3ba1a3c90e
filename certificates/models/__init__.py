"""What a certificate looks like, the certificates that were issued, and what is printed of a group at once."""

from .batches import CertificateBatch
from .certificates import GONE, Certificate, CertificateEvent, PrintedImage, StatusList
from .corrections import CorrectionRequest
from .designs import PRINTED_WORDS, BorderMotif, CertificateDesign, DesignLogo, Palette, PaperSize, Signatory

__all__ = [
    "GONE",
    "PRINTED_WORDS",
    "BorderMotif",
    "Certificate",
    "CertificateBatch",
    "CertificateDesign",
    "CertificateEvent",
    "CorrectionRequest",
    "DesignLogo",
    "Palette",
    "PaperSize",
    "PrintedImage",
    "Signatory",
    "StatusList",
]
