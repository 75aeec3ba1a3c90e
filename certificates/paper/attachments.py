"""What travels inside a certificate's PDF: its Open Badges credential, word for word as it was signed."""

from django.utils import translation
from django.utils.translation import gettext

from .rendering import Attachment

CREDENTIAL = "credential.json"
# The type that the W3C registered for credentials of its data model 2.0.
_TYPE = "application/vc"


def attachments_of(certificate):
    """Return the files to attach to the PDF of a certificate that has its credential; none where it has none."""
    if not certificate.credential:
        return []
    with translation.override(certificate.language):
        words = gettext("Open Badges 3.0 credential, signed by the issuer")
    return [Attachment(CREDENTIAL, certificate.credential.encode(), _TYPE, words)]
