"""The addresses of this site: the present one, and former ones that stand in what was signed there.

An address is `https://` and a host, perhaps with a port, and nothing after it.
"""

from urllib.parse import urlsplit

from django.conf import settings

from .spelling import in_one_form


def is_known(address):
    """Return whether an address is the site's, present or former, however it is spelled."""
    return in_one_form(address) in (settings.SITE_URL, *settings.FORMER_SITE_URLS)


def is_address(text):
    """Return whether a text is the address of a site in its one form."""
    try:
        parts = urlsplit(text)
        bare = parts.hostname and parts.port != 0 and text == f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        return False
    return bool(bare) and parts.scheme in ("http", "https") and "@" not in parts.netloc and text == in_one_form(text)
