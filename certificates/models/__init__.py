from .certificates import DELETED_ACCOUNT, Certificate, CertificateEvent, PrintedImage, StatusList
from .corrections import CorrectionRequest
from .designs import PRINTED_TEXT_FIELDS, BorderMotif, CertificateDesign, DesignLogo, Palette, PaperSize, Signatory

__all__ = [
    "DELETED_ACCOUNT",
    "PRINTED_TEXT_FIELDS",
    "BorderMotif",
    "Certificate",
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
