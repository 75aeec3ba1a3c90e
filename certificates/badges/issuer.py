"""Who issues: the DID under which others find the key that signs our credentials.

`did:web` is the name of the host, whose document at `/.well-known/did.json` holds the key. It trusts HTTPS; a site
without it is a `did:key`, where the key is the name and needs no document. Which one it was on the day stands in what
was issued, and goes on being answered for.
"""

from urllib.parse import urlsplit

from django.conf import settings

from quizzes.base.addresses import as_written, in_one_form

from .keys import did_key, issuer_key

_CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]


def issuer_did(key, site=None):
    """Return the identifier of the issuer for what `key` signs at an address, the present one without `site`."""
    parts = urlsplit(site or settings.SITE_URL)
    if parts.scheme != "https":
        return did_key(key.multibase)
    host = parts.hostname if parts.port is None else f"{parts.hostname}%3A{parts.port}"
    return f"did:web:{host}"


def key_of(issuer):
    """Return the key of this site where it signs as an issuer, or None: for a `did:key` only that very key does."""
    key = issuer_key()
    signs = key and (issuer.startswith("did:web:") or did_key(key.multibase) == issuer)
    return key if signs else None


def method_of(issuer, key):
    """Return the address of a key: its name is the key itself, so that no other key ever has it."""
    return f"{issuer}#{key.multibase}"


def _names_of(did):
    host = did.removeprefix("did:web:")
    return [did] if host == did else list(dict.fromkeys([did, f"did:web:{as_written(host)}"]))


def did_document():
    """Return the DID document of the site with its key, or None while there is none.

    The key is named for former addresses too, from which a proxy leads here. Of a host with letters such as ñ it is
    named as people write it as well: so it was signed while sites were called as written.
    """
    key = issuer_key()
    if key is None:
        return None
    did = issuer_did(key)
    former = [issuer_did(key, site) for site in settings.FORMER_SITE_URLS if site.startswith("https://")]
    methods = [
        {"id": method_of(name, key), "type": "Multikey", "controller": name, "publicKeyMultibase": key.multibase}
        for issuer in dict.fromkeys([did, *former])
        for name in _names_of(issuer)
    ]
    return {
        "@context": _CONTEXTS,
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


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
