"""Normal form of site addresses: lower case and IDNA. Imported by settings, so it imports nothing of the project."""


def normalize_address(text):
    """Return an address with scheme and host in lower case and IDNA, without a final slash.

    `https://xn--ao-zja.gt` for `https://Año.gt/`. Text that is no address is returned as it is.
    """
    scheme, separator, rest = text.strip().rstrip("/").partition("://")
    host, slash, path = rest.partition("/")
    try:
        # The codec treats a port as part of the last label and leaves it alone.
        host = host.encode("idna").decode().lower() if host else ""
    except UnicodeError:
        return text.strip()
    return f"{scheme.lower()}{separator}{host}{slash}{path}" if separator else text.strip()


def decode_host(host):
    """Return an IDNA host in Unicode; any other host unchanged."""
    try:
        return host.encode().decode("idna")
    except UnicodeError:
        return host
