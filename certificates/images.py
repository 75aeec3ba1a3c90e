"""Signatures and logos as certificates print them: looked at with care, and laid on white."""

import hashlib
import logging
import warnings
from contextlib import contextmanager
from enum import Enum
from functools import lru_cache
from io import BytesIO
from math import isqrt

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from quizzes.base.sandbox.parent import read_confined
from quizzes.importing.parts.images import LARGEST_BYTES, LARGEST_PIXELS

# No SVG: it can hold scripts and addresses, and these never parse it.
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_ENOUGH_PIXELS = 4_000_000
# A grey darker than this can be seen on white paper.
_VISIBLE = 245
# Ink of a signature, from 0 (black) to 255: scanned paper is lighter than that.
_INK = 190
_MOST_COLOURS_OF_DRAWING = 4096
_LEAST_INK = 0.0004
_MOST_INK = 0.6
logger = logging.getLogger(__name__)


class Use(Enum):
    """What an image is printed as, with the box in dots that it has at most: 300 dots an inch, nearly."""

    SIGNATURE = (590, 170)
    LOGO = (500, 180)


def check_image(image, use):
    """Raise `ValidationError` with a sentence when certificates can't print this image of the library.

    Here it is read in a process of its own; once it has passed, `copy_or_none` decodes it wherever one is printed.
    """
    with _said_when_gone(image):
        content = _content_of(image.file.storage, image.file.name)
        read_confined(look_at_print, content, refusal=ValidationError, use=use.name)


def look_at_print(content, *, use):
    """Raise `ValidationError` for bytes that can't be printed; `use` is the name of a Use."""
    make_printed_copy(content, Use[use])


def copy_or_none(image, use):
    """Return the fields of the `PrintedImage` of an image, or None for one that was deleted or spoiled."""
    try:
        return _printed_copy(image, use)
    except ValidationError as refusal:
        logger.error("The image %s is left out of a certificate: %s", image.pk, " ".join(refusal.messages))
        return None


def _printed_copy(image, use):
    # A new file of an image has a new name; a new image may have the name of one that was deleted.
    with _said_when_gone(image):
        return _copy_of_file(image.file.storage, image.file.name, image.pk, use)


@contextmanager
def _said_when_gone(image):
    try:
        yield
    except OSError as problem:
        raise ValidationError(
            _("The file of the image “%(title)s” is gone. Upload it again.") % {"title": image}
        ) from problem


@lru_cache(maxsize=32)
def _copy_of_file(storage, name, _image_pk, use):
    return make_printed_copy(_content_of(storage, name), use)


def _content_of(storage, name):
    with storage.open(name) as file:
        return file.read(LARGEST_BYTES + 1)


def make_printed_copy(content, use):
    """Return the fields of a `PrintedImage` for the bytes of an uploaded file, or raise `ValidationError`.

    Nothing is decoded before the header says that it is a raster image of a bearable size.
    """
    if len(content) > LARGEST_BYTES:
        raise ValidationError(
            _("The image has more than %(limit)d MB. Make it smaller.") % {"limit": LARGEST_BYTES // 1024**2}
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=_FORMATS) as picture:
                _check_size(picture)
                picture.draft("RGB", (2 * use.value[0], 2 * use.value[1]))
                flat = _on_white(ImageOps.exif_transpose(_reduced(picture)))
    except (ValidationError, MemoryError):
        raise
    except Image.DecompressionBombError:
        raise ValidationError(_("The image has too many dots. Make it smaller.")) from None
    except Exception as problem:
        # Pillow raises whatever a broken file leads it to.
        raise ValidationError(
            _("This is no PNG, JPEG, WebP or GIF that can be read; the file may be damaged. SVG is not printed.")
        ) from problem
    flat = _without_margins(flat, use)
    flat.thumbnail(use.value, Image.Resampling.LANCZOS)
    content_type, written = _written(flat)
    return {
        "digest": hashlib.sha256(written).hexdigest(),
        "content_type": content_type,
        "width": flat.width,
        "height": flat.height,
        "content": written,
    }


def _check_size(picture):
    width, height = picture.size
    if width * height > LARGEST_PIXELS:
        raise ValidationError(
            _("The image has %(width)d × %(height)d dots, too many to print. Make it smaller: 1200 wide is plenty.")
            % {"width": width, "height": height}
        )


def _reduced(picture):
    """Return a large picture at a half or less: every copy of it that follows takes four bytes a dot."""
    factor = isqrt(picture.width * picture.height // _ENOUGH_PIXELS)
    return picture.reduce(factor) if factor > 1 and picture.mode in ("L", "LA", "RGB", "RGBA", "CMYK") else picture


def _on_white(picture):
    """Return the picture in plain colours, as it looks on white paper."""
    if picture.mode.startswith("I;16"):
        # Sixteen bits a dot would all become white.
        picture = picture.convert("I").point(lambda level: level / 257).convert("L")
    # `pa`, `la` and a transparent colour of a palette are transparency too.
    if picture.mode in ("RGBA", "LA", "PA", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        return paper
    return picture.convert("RGB")


def _without_margins(flat, use):
    """Return the picture cut to what can be seen of it; refuse one that would be nothing on paper, or a dark patch."""
    threshold = _INK if use is Use.SIGNATURE else _VISIBLE
    visible = flat.convert("L").point(lambda level: 255 if level < threshold else 0)
    box = visible.getbbox()
    dots = visible.width * visible.height
    ink = visible.histogram()[255] / dots
    if box is None or (use is Use.SIGNATURE and ink < _LEAST_INK):
        raise ValidationError(_("On white paper nothing can be seen of this image. Choose one with dark lines."))
    if use is Use.SIGNATURE and ink > _MOST_INK:
        raise ValidationError(
            _("This image is dark nearly everywhere. Scan the signature on white paper, or photograph it in daylight.")
        )
    return flat.crop(box)


def _written(flat):
    """Return (type, bytes): a drawing has few colours and sharp edges, a photograph neither."""
    written = BytesIO()
    if flat.getcolors(_MOST_COLOURS_OF_DRAWING):
        flat.quantize(256, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
        return "image/png", written.getvalue()
    flat.save(written, "JPEG", quality=90, subsampling=0)
    return "image/jpeg", written.getvalue()
