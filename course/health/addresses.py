"""The addresses that stand in what was issued: whether the site still answers at each."""

from django.utils.translation import gettext_lazy as _

from certificates.badges.addresses import unknown_addresses

from .facts import filled, good, warning


def addresses_are_known():
    """Whether every certificate and list of the revoked names an address of this site, of today or of before."""
    unknown = unknown_addresses()
    if not unknown:
        return good("addresses", _("Every certificate names an address of this site."))
    said = _(
        "Certificates or lists of the revoked name %(addresses)s, which is neither SITE_URL nor in FORMER_SITE_URLS: "
        "what was issued there cannot be verified."
    )
    return warning("addresses", filled(said, addresses=", ".join(unknown)))
