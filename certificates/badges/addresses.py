"""The addresses of this site: the present one and those of before, which stand in what was signed there.

An address is `https://` and a host, perhaps with a port, and nothing after it: `settings.SITE_URL`, and those before it
in `settings.FORMER_SITE_URLS`. Both are in one form (`spelling`); what was signed may spell it as the site did then.
"""

from collections import Counter
from urllib.parse import urlsplit

from django.conf import settings

from certificates.models import Certificate, StatusList

from .spelling import in_one_form

_USUAL_PORT = {"https": 443, "http": 80}


def known_sites():
    """Return the addresses at which this site answers, the present one first."""
    return list(dict.fromkeys([settings.SITE_URL, *settings.FORMER_SITE_URLS]))


def is_known(address):
    """Say whether the site answers at an address, however it is spelled."""
    return in_one_form(address) in known_sites()


def site_asked(host):
    """Return which of the addresses is asked under a host, such as `trato.example:8443`; for any other the present."""
    asked = [site for site in known_sites() if _is_under(site, host)]
    # A host that had no HTTPS at first is known by two.
    return min(asked, key=lambda site: (site != settings.SITE_URL, not site.startswith("https")), default="") or (
        settings.SITE_URL
    )


def is_former(host):
    """Say whether a host is one of before, and not the present one."""
    return site_asked(host) != settings.SITE_URL


def had_no_https(host):
    """Say whether a host is one of before at which the site was without HTTPS: what was issued there names it so."""
    return any(_is_under(site, host) for site in settings.FORMER_SITE_URLS if site.startswith("http://"))


def is_address(text):
    """Say whether a text is the address of a site in its one form: http or https, a host, perhaps a port, no more."""
    try:
        parts = urlsplit(text)
        bare = parts.hostname and parts.port != 0 and text == f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        return False
    return bool(bare) and parts.scheme in _USUAL_PORT and "@" not in parts.netloc and text == in_one_form(text)


def unknown_addresses():
    """Return {address: how many certificates and lists of the revoked name it} of those that are not known any more.

    However it was spelled then, it is given in one form. Every certificate is looked at: not for each page.
    """
    printed = Certificate.objects.order_by()
    for site in known_sites():
        printed = printed.exclude(printed__verify_url__startswith=f"{site}/v/")
    found = Counter(
        in_one_form(address.partition("/v/")[0])
        for address in printed.values_list("printed__verify_url", flat=True).iterator()
        if address
    )
    begun = StatusList.objects.exclude(site__in=["", *known_sites()]).order_by()
    found.update(map(in_one_form, begun.values_list("site", flat=True)))
    return {address: times for address, times in sorted(found.items()) if not is_known(address)}


def _is_under(site, host):
    if not is_address(site):
        return False
    parts = urlsplit(site)
    port = parts.port or _USUAL_PORT[parts.scheme]
    names = {f"{parts.hostname}:{port}"} | ({parts.hostname} if port == _USUAL_PORT[parts.scheme] else set())
    return host.lower() in names
