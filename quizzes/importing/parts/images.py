"""Checks and thumbnails of imported images."""

import re
import warnings
from contextlib import contextmanager
from io import BytesIO
from pathlib import PurePosixPath

from django.utils.translation import gettext as _
from PIL import Image as Picture

from .reading import ReadImage, UnreadableFile

_SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "GIF": ".gif", "WEBP": ".webp"}
LARGEST_BYTES = 10 * 1024 * 1024
# A phone's photo has 12 million; decoding takes 4 bytes a pixel.
LARGEST_PIXELS = 25_000_000
MOST_FRAMES = 100
_WIDEST = 320


def look_at(image):
    try:
        problem = find_image_problem(image)
        small = b"" if problem else _small_copy(image)
    except MemoryError:
        problem, small = _say_too_many_dots(image), b""
    return ReadImage(image.name, b"" if problem else image.content, looked_at=True, problem=problem, small=small)


def bring_picture(content, *, name):
    """Return a WebP thumbnail; raises UnreadableFile. Call it in the sandbox, because it decodes the image."""
    image = look_at(ReadImage(name, content))
    if image.problem:
        raise UnreadableFile(image.problem)
    return image.small


def _small_copy(image):
    stream = BytesIO()
    with _open(image) as picture:
        picture.draft("RGB", (_WIDEST, _WIDEST))
        picture.thumbnail((_WIDEST, _WIDEST))
        picture.convert("RGBA").save(stream, "WEBP")
    return stream.getvalue()


@contextmanager
def _open(image):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Picture.DecompressionBombWarning)
        with Picture.open(BytesIO(image.content), formats=list(_SUFFIXES)) as picture:
            yield picture


def find_image_problem(image):
    """Return why an image cannot be used, or nothing; an image that is too large is not decoded."""
    if image.looked_at:
        return image.problem
    if len(image.content) > LARGEST_BYTES:
        return _("The image “%(name)s” has more than %(limit)d MB. Make it smaller.") % {
            "name": image_name(image),
            "limit": LARGEST_BYTES // 1024**2,
        }
    try:
        with _open(image) as picture:
            width, height = picture.size
            if width * height > LARGEST_PIXELS:
                return _("The image “%(name)s” has %(width)d × %(height)d dots, too many. Make it smaller.") % {
                    "name": image_name(image),
                    "width": width,
                    "height": height,
                }
            if getattr(picture, "n_frames", 1) > MOST_FRAMES:
                return _("The image “%(name)s” has more than %(limit)d pictures that move. Choose one.") % {
                    "name": image_name(image),
                    "limit": MOST_FRAMES,
                }
            picture.load()
    except Picture.DecompressionBombError:
        return _say_too_many_dots(image)
    except MemoryError:
        raise
    except Exception:
        return _("“%(name)s” is not a PNG, JPEG, GIF or WebP image that can be read.") % {"name": image_name(image)}
    return ""


def size_of(image):
    """Return (width, height) in pixels without decoding; raises OSError."""
    with _open(image) as picture:
        return picture.size


def _say_too_many_dots(image):
    return _("The image “%(name)s” has too many dots. Make it smaller.") % {"name": image_name(image)}


def image_name(image):
    name = PurePosixPath(re.sub(r"[\\:]", "/", image.name)).name
    return re.sub(r"[^\w .()-]", "", name).strip(" .")[:80] or "imagen"


def suffix_of(content):
    with Picture.open(BytesIO(content), formats=list(_SUFFIXES)) as picture:
        return _SUFFIXES[picture.format]
