"""Checks on demand: mail server, TLS certificate."""

import smtplib
import socket
import ssl
from datetime import timedelta
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings
from django.core.mail import mailers
from django.utils.translation import gettext_lazy as _

from .facts import bad, end_of, filled, good, warning

_PATIENCE = 5
# Certificates this short are renewed automatically.
_RENEWED_BY_ITSELF = timedelta(days=8)


def mail_goes_out():
    if not settings.MAIL_GOES_OUT:
        return good("mail", _("No mail server is set: no reminders are sent."))
    mailer = mailers["at_once"]
    try:
        mailer.open()
        mailer.close()
    except (OSError, smtplib.SMTPException) as error:
        said = _("The mail server does not take mail from this site (%(what)s).")
        return bad("mail", filled(said, what=type(error).__name__))
    return good("mail", _("The mail server takes mail from this site."))


def certificate_lasts():
    address = urlsplit(settings.SITE_URL)
    if address.scheme != "https":
        return good("certificate", _("The address of the site is not HTTPS: it has no certificate."))
    try:
        shown = _certificate_of(address.hostname, address.port or 443)
    except (OSError, ValueError) as error:
        said = _("The certificate of %(address)s cannot be looked at (%(what)s).")
        return warning("certificate", filled(said, address=settings.SITE_URL, what=type(error).__name__))
    said = _("The certificate of the address ends on %(day)s.")
    if shown.not_valid_after_utc - shown.not_valid_before_utc < _RENEWED_BY_ITSELF:
        said = _("The certificate of the address ends on %(day)s; the proxy makes the next one by itself.")
    return end_of("certificate", said, shown.not_valid_before_utc, shown.not_valid_after_utc)


def _certificate_of(host, port):
    # The end is checked for untrusted certificates too, such as a clinic's own authority's.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection((host, port), _PATIENCE) as line,
        context.wrap_socket(line, server_hostname=host) as asked,
    ):
        return x509.load_der_x509_certificate(asked.getpeercert(binary_form=True))
