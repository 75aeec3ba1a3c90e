"""The issuer's DID (`did:web` with HTTPS, else `did:key`) and DID document."""

from urllib.parse import urlsplit

from django.conf import settings

from quizzes.base.addresses import decode_host, normalize_address

from .keys import did_key, issuer_key

_CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]


def issuer_did(key, site=None):
    parts = urlsplit(site or settings.SITE_URL)
    if parts.scheme != "https":
        return did_key(key.multibase)
    host = parts.hostname if parts.port is None else f"{parts.hostname}%3A{parts.port}"
    return f"did:web:{host}"


def signing_key_of(issuer):
    key = issuer_key()
    signs = key and (issuer.startswith("did:web:") or did_key(key.multibase) == issuer)
    return key if signs else None


def verification_method(issuer, key):
    """Return the id of a verification method; its fragment is the key itself, so it is unique."""
    return f"{issuer}#{key.multibase}"


def _names_of(did):
    host = did.removeprefix("did:web:")
    return [did] if host == did else list(dict.fromkeys([did, f"did:web:{decode_host(host)}"]))


def did_document():
    """Return the DID document, or None without a key; it also lists the key for former addresses."""
    key = issuer_key()
    if key is None:
        return None
    did = issuer_did(key)
    former = [issuer_did(key, site) for site in settings.FORMER_SITE_URLS if site.startswith("https://")]
    methods = [
        {
            "id": verification_method(name, key),
            "type": "Multikey",
            "controller": name,
            "publicKeyMultibase": key.multibase,
        }
        for issuer in dict.fromkeys([did, *former])
        for name in _names_of(issuer)
    ]
    return {
        "@context": _CONTEXTS,
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def is_site_address(address):
    return normalize_address(address) in (settings.SITE_URL, *settings.FORMER_SITE_URLS)


def is_address(text):
    try:
        parts = urlsplit(text)
        bare = parts.hostname and parts.port != 0 and text == f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        return False
    return (
        bool(bare) and parts.scheme in ("http", "https") and "@" not in parts.netloc and text == normalize_address(text)
    )
