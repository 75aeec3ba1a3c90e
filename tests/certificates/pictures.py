"""Sample images for logos and signatures."""

import struct
import zlib
from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw
from wagtail.images import get_image_model

from certificates.images import make_printed_copy
from certificates.models import PrintedImage


def drawn(*, size=(400, 160), mode="RGB", ground="white", ink="navy"):
    picture = Image.new(mode, size, ground)
    ImageDraw.Draw(picture).line([size[0] // 8, size[1] // 2, size[0] * 7 // 8, size[1] // 3], fill=ink, width=9)
    return picture


def as_file(picture, kind="PNG", **options):
    written = BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def upload(content, name="firma.png", title="Firma"):
    image = get_image_model()(title=title)
    image.file.save(name, ContentFile(content), save=False)
    image.width, image.height = 400, 160
    image.save()
    return image


def store(content, use):
    copy = make_printed_copy(content, use)
    PrintedImage.objects.get_or_create(digest=copy["digest"], defaults=copy)
    return copy["digest"]


def png_of(width, height, *, rows):
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = zlib.compress(bytes((width * 3 + 1) * rows), 9)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
