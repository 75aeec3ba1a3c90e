"""Where a certificate is shared: addresses that hold what a person would type there, opened only if they press them."""

from urllib.parse import urlencode

from django.utils import translation
from django.utils.translation import gettext as _

from .serials import grouped

# Its form for a certificate in one's profile; every field can be changed there before it is kept.
_LINKEDIN = "https://www.linkedin.com/profile/add"
_WHATSAPP = "https://wa.me/"


def linkedin_address(certificate):
    """Return the address that opens LinkedIn's form for a certificate, filled in with what is printed."""
    printed, issued, ends = certificate.printed, certificate.issue_day, certificate.expires_on
    fields = {
        "startTask": "CERTIFICATION_NAME",
        "name": printed["course"],
        "organizationName": printed["issuer"],
        "issueYear": issued.year,
        "issueMonth": issued.month,
        "certUrl": printed["verify_url"],
        "certId": grouped(printed["serial"]),
    }
    if ends:
        fields |= {"expirationYear": ends.year, "expirationMonth": ends.month}
    return f"{_LINKEDIN}?{urlencode(fields)}"


def whatsapp_address(certificate):
    """Return the address that opens WhatsApp with a message to send: no name in it, only the course and the link."""
    printed = certificate.printed
    with translation.override(printed["language"]):
        words = _("My certificate of the course “%(course)s”. Here it can be verified: %(address)s") % {
            "course": printed["course"],
            "address": printed["verify_url"],
        }
    return f"{_WHATSAPP}?{urlencode({'text': words})}"
