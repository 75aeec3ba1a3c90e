"""Images of a file as the previews need them: never saved."""

from base64 import b64encode


def thumbnail_of(image):
    """Return the small copy of a ReadImage as an address that holds it, or nothing when it can't be used."""
    return f"data:image/webp;base64,{b64encode(image.small).decode()}" if image and image.small else ""
