"""How the address of a site is spelled wherever two are compared: small letters and ASCII, as browsers ask for it.

Settings read it before there is Django, so nothing of ours is imported.
"""


def in_one_form(text):
    """Return an address with scheme and host in small letters and IDNA, `https://xn--ao-zja.gt` for `https://Año.gt/`.

    Without a slash at the end. What has no such form stays as it was written: it is no address.
    """
    scheme, separator, rest = text.strip().rstrip("/").partition("://")
    host, slash, path = rest.partition("/")
    try:
        # The codec takes a port for a part of the last label, and leaves it alone.
        host = host.encode("idna").decode().lower() if host else ""
    except UnicodeError:
        return text.strip()
    return f"{scheme.lower()}{separator}{host}{slash}{path}" if separator else text.strip()


def as_written(host):
    """Return a host in IDNA with its letters such as ñ, as people write it; any other as it is."""
    try:
        return host.encode().decode("idna")
    except UnicodeError:
        return host
