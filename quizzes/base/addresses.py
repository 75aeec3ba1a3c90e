"""Normal form of site addresses; no imports of the project, for settings."""


def normalize_address(text):
    """Return an address in lower case and IDNA without a final slash; other text unchanged."""
    scheme, separator, rest = text.strip().rstrip("/").partition("://")
    host, slash, path = rest.partition("/")
    try:
        # The codec treats a port as part of the last label and leaves it alone.
        host = host.encode("idna").decode().lower() if host else ""
    except UnicodeError:
        return text.strip()
    return f"{scheme.lower()}{separator}{host}{slash}{path}" if separator else text.strip()


def decode_host(host):
    try:
        return host.encode().decode("idna")
    except UnicodeError:
        return host
