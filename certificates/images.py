"""Validation and conversion of signatures and logos for print."""

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

from quizzes.base.sandbox.parent import run_sandboxed
from quizzes.importing.parts.images import LARGEST_BYTES, LARGEST_PIXELS

# No SVG: it can contain scripts and links.
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_ENOUGH_PIXELS = 4_000_000
# Darker greys are visible on white paper.
_VISIBLE = 245
_INK = 190
_MOST_COLOURS_OF_DRAWING = 4096
_LEAST_INK = 0.0004
_MOST_INK = 0.6
logger = logging.getLogger(__name__)


class ImageUse(Enum):
    """Maximum printed size in pixels, at nearly 300 dpi."""

    SIGNATURE = (590, 170)
    LOGO = (500, 180)


def check_image(image, use):
    """Raise `ValidationError` when this library image cannot be printed; decodes it in a sandbox process."""
    with _explain_missing_file(image):
        content = _content_of(image.file.storage, image.file.name)
        run_sandboxed(validate_printable, content, refusal=ValidationError, use=use.name)


def validate_printable(content, *, use):
    make_printed_copy(content, ImageUse[use])


def printed_copy_or_none(image, use):
    """Return the fields of the image's `PrintedImage`, or None if its file is missing or damaged."""
    try:
        return _printed_copy(image, use)
    except ValidationError as refusal:
        logger.error("The image %s is left out of a certificate: %s", image.pk, " ".join(refusal.messages))
        return None


def _printed_copy(image, use):
    # The key is part of the cache key because a new image may reuse the file name of a deleted one.
    with _explain_missing_file(image):
        return _copy_of_file(image.file.storage, image.file.name, image.pk, use)


@contextmanager
def _explain_missing_file(image):
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
                flat = _on_white(ImageOps.exif_transpose(_downscale(picture)))
    except (ValidationError, MemoryError):
        raise
    except Image.DecompressionBombError:
        raise ValidationError(_("The image has too many pixels. Make it smaller.")) from None
    except Exception as problem:
        # Pillow raises many kinds of errors on broken files.
        raise ValidationError(
            _("This file is not a readable PNG, JPEG, WebP or GIF; it may be damaged. SVG is not printed.")
        ) from problem
    flat = _without_margins(flat, use)
    flat.thumbnail(use.value, Image.Resampling.LANCZOS)
    content_type, written = _encode(flat)
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
            _("The image has %(width)d × %(height)d pixels, too many to print. Make it smaller: 1200 wide is enough.")
            % {"width": width, "height": height}
        )


def _downscale(picture):
    factor = isqrt(picture.width * picture.height // _ENOUGH_PIXELS)
    return picture.reduce(factor) if factor > 1 and picture.mode in ("L", "LA", "RGB", "RGBA", "CMYK") else picture


def _on_white(picture):
    if picture.mode.startswith("I;16"):
        # Pillow's conversion would turn 16-bit greys white.
        picture = picture.convert("I").point(lambda level: level / 257).convert("L")
    # `pa`, `la` and a transparent colour of a palette are transparency too.
    if picture.mode in ("RGBA", "LA", "PA", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        return paper
    return picture.convert("RGB")


def _without_margins(flat, use):
    threshold = _INK if use is ImageUse.SIGNATURE else _VISIBLE
    visible = flat.convert("L").point(lambda level: 255 if level < threshold else 0)
    box = visible.getbbox()
    pixels = visible.width * visible.height
    ink = visible.histogram()[255] / pixels
    if box is None or (use is ImageUse.SIGNATURE and ink < _LEAST_INK):
        raise ValidationError(_("This image is invisible on white paper. Choose one with dark lines."))
    if use is ImageUse.SIGNATURE and ink > _MOST_INK:
        raise ValidationError(
            _("This image is dark nearly everywhere. Scan the signature on white paper, or photograph it in daylight.")
        )
    return flat.crop(box)


def _encode(flat):
    written = BytesIO()
    if flat.getcolors(_MOST_COLOURS_OF_DRAWING):
        flat.quantize(256, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
        return "image/png", written.getvalue()
    flat.save(written, "JPEG", quality=90, subsampling=0)
    return "image/jpeg", written.getvalue()
