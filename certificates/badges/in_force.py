"""Which credential of a certificate is in force: the one inside its PDF, or the newest made after the paper."""

from certificates.models import LaterCredential


def credential_in_force(certificate):
    """Return a `LaterCredential`, the certificate itself for the one inside its PDF, or None where there is none.

    Either says `issuer`, `names_holder`, `status_list` and `status_index`; its text is that of `text_of`.
    """
    later = LaterCredential.objects.filter(certificate=certificate).defer("text").order_by("pk").last()
    return later or (certificate if certificate.has_credential else None)


def text_of(credential):
    """Return the signed JSON of what `credential_in_force` gave, byte for byte, "" for None."""
    if credential is None:
        return ""
    return credential.text if isinstance(credential, LaterCredential) else credential.credential
