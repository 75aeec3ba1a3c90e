"""Images that come with questions, looked at before they are kept."""

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
# A photo of a phone has 12; decoding one takes 4 bytes a pixel.
LARGEST_PIXELS = 25_000_000
# Of what moves.
MOST_FRAMES = 100
_WIDEST = 320


def look_at(image):
    """Return the ReadImage with its problem or its small copy: with them nobody has to decode it again."""
    try:
        problem = find_image_problem(image)
        small = b"" if problem else _small_copy(image)
    except MemoryError:
        problem, small = _say_too_many_dots(image), b""
    # Of one that can't be used nothing is kept but its name.
    return ReadImage(image.name, b"" if problem else image.content, looked_at=True, problem=problem, small=small)


def bring_picture(content, *, name):
    """Return a small copy, as WebP, of a picture that somebody uploads; raises UnreadableFile for one that is none.

    It decodes the picture, so it is called in a process of its own.
    """
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
    """Return a sentence that says why an image can't be used, or nothing. Reads no pixel of one that is too large."""
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
    """Return the (width, height) of an image in dots, without reading any; OSError where it is none."""
    with _open(image) as picture:
        return picture.size


def _say_too_many_dots(image):
    return _("The image “%(name)s” has too many dots. Make it smaller.") % {"name": image_name(image)}


def image_name(image):
    """Return the name of a file without any folder, drive or control character in it."""
    name = PurePosixPath(re.sub(r"[\\:]", "/", image.name)).name
    return re.sub(r"[^\w .()-]", "", name).strip(" .")[:80] or "imagen"


def suffix_of(content):
    """Return the ending of a name that fits the bytes of an image, such as `.png`."""
    with Picture.open(BytesIO(content), formats=list(_SUFFIXES)) as picture:
        return _SUFFIXES[picture.format]
