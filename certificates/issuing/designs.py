"""Which words and signatures the next certificate carries: an editor's design, or the ones built in."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from certificates.models import CertificateDesign, Signatory

LANGUAGES = tuple(code for code, _name in settings.INTERFACE_LANGUAGES)


def language_of_certificate(language):
    """Return the language in which a certificate is printed for someone who uses the site in `language`."""
    short = (language or "").partition("-")[0]
    return short if short in LANGUAGES else LANGUAGES[0]


def design_in_use(language):
    """Return the design that an editor put in use for this language, else the one built in (not saved)."""
    return CertificateDesign.objects.in_use(language).first() or built_in_design(language)


def built_in_design(language):
    """Return an unsaved design with our own words. The posts of the signatories stand under empty lines."""
    with translation.override(language):
        return CertificateDesign(
            name=_("Built in"),
            heading=_("Certificate of completion"),
            statement=_("completed the course"),
            subject=_("on respectful and confidential care at the health centre"),
            issuer=_("Trato digno · Course for the staff of health centres"),
            signatories=[Signatory(post=_("Area health directorate")), Signatory(post=_("Trainer of the course"))],
        )
