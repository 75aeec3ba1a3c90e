"""Who issues: the DID under which others find the keys that sign our credentials.

`did:web` is the name of the host, whose document at `/.well-known/did.json` lists every key, so that a key can be
rotated. It trusts HTTPS; a site without it is a `did:key`, where the key is the name and needs no document. Which one
it was on the day stands in what was issued, and goes on being answered for.
"""

from urllib.parse import urlsplit

from django.conf import settings

from .keys import did_key, issuer_keys
from .spelling import as_written

_CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]


def issuer_did(key, site=None):
    """Return the identifier of the issuer for what `key` signs at an address, the present one without `site`."""
    parts = urlsplit(site or settings.SITE_URL)
    if parts.scheme != "https":
        return did_key(key.multibase)
    host = parts.hostname if parts.port is None else f"{parts.hostname}%3A{parts.port}"
    return f"did:web:{host}"


def key_of(issuer):
    """Return the key that signs as an issuer today, or None: any for a `did:web`, for a `did:key` that very one."""
    keys = issuer_keys()
    if issuer.startswith("did:web:"):
        return keys.signing
    return next((key for key in keys.keys if key.secret and did_key(key.multibase) == issuer), None)


def method_of(issuer, key):
    """Return the address of a key: its name is the key itself, so that no other key ever has it."""
    return f"{issuer}#{key.multibase}"


def _names_of(did):
    host = did.removeprefix("did:web:")
    return [did] if host == did else list(dict.fromkeys([did, f"did:web:{as_written(host)}"]))


def did_document(site=None):
    """Return the DID document of an address with every key that signed or signs, or None while there is no key.

    Of a host with letters such as ñ the keys are named as people write it too: so it was signed while sites were called
    as written.
    """
    keys = issuer_keys().keys
    if not keys:
        return None
    did = issuer_did(keys[0], site)
    methods = [
        {"id": method_of(name, key), "type": "Multikey", "controller": name, "publicKeyMultibase": key.multibase}
        for name in _names_of(did)
        for key in keys
        # Every did:key is an issuer of its own.
        if issuer_did(key, site) == did
    ]
    return {
        "@context": _CONTEXTS,
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }
