"""Who issues: the DID under which others find the keys that sign our credentials.

`did:web` is the name of the host, whose document at `/.well-known/did.json` lists every key, so that a key can be
rotated. It trusts HTTPS; a site without it is a `did:key`, where the key is the name and needs no document.
"""

from urllib.parse import urlsplit

from django.conf import settings

from .keys import issuer_keys

_CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]


def issuer_did(key):
    """Return the identifier of the issuer for what `key` signs."""
    site = urlsplit(settings.SITE_URL)
    if site.scheme != "https":
        return f"did:key:{key.multibase}"
    host = site.hostname if site.port is None else f"{site.hostname}%3A{site.port}"
    return f"did:web:{host}"


def method_of(key):
    """Return the address of a key: its name is the key itself, so that no other key ever has it."""
    return f"{issuer_did(key)}#{key.multibase}"


def did_document():
    """Return the DID document of this site with every key that signed or signs, or None while it has no key."""
    keys = issuer_keys().keys
    if not keys:
        return None
    did = issuer_did(keys[0])
    methods = [
        {"id": method_of(key), "type": "Multikey", "controller": did, "publicKeyMultibase": key.multibase}
        for key in keys
        # Every did:key is an issuer of its own.
        if issuer_did(key) == did
    ]
    return {
        "@context": _CONTEXTS,
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }
