"""Signatures and logos that were printed: stored once by their digest, and kept as long as something shows them."""

from functools import lru_cache

from certificates.images import Use, copy_or_none
from certificates.models import Certificate, DesignLogo, PrintedImage, Signatory


def freeze_images(wanted):
    """Store what is printed of the images, and return a digest for each of [(image or None, Use)], "" without one.

    An image that was deleted or spoiled since the design was saved has none: the paper is printed without it.
    """
    copies = [copy_or_none(image, use) if image else None for image, use in wanted]
    PrintedImage.objects.keep(PrintedImage(**copy) for copy in copies if copy)
    return [copy["digest"] if copy else "" for copy in copies]


def unused_images(*, now=None):
    """Return the stored images that no certificate shows and no design would print next; previews leave such.

    An image of a design stays, so that a certificate that is being issued finds it. `now` is of no matter here.
    """
    digests = set(PrintedImage.objects.values_list("pk", flat=True)) - _digests_of_designs()
    if digests:
        digests -= _digests_of_certificates()
    return PrintedImage.objects.filter(pk__in=digests)


def _digests_of_designs():
    lines = [
        (line.image, use)
        for model, use in ((Signatory, Use.SIGNATURE), (DesignLogo, Use.LOGO))
        for line in model.objects.exclude(image=None).select_related("image")
    ]
    copies = [copy_or_none(image, use) for image, use in lines]
    return {copy["digest"] for copy in copies if copy}


def _digests_of_certificates():
    shown = set()
    printed = Certificate.objects.order_by().values_list("printed__signatories", "printed__logos")
    for lines in printed.iterator(chunk_size=2000):
        shown.update(line.get("image") for some in lines for line in some or [])
    return shown


@lru_cache(maxsize=32)
def printed_image(digest):
    """Return (type, bytes, width, height) of a stored image. A digest stands for the same bytes for ever."""
    content_type, content, width, height = PrintedImage.objects.values_list(
        "content_type", "content", "width", "height"
    ).get(pk=digest)
    return content_type, bytes(content), width, height
