"""Images that come with questions: looked at before they are kept, each stored once."""

import hashlib
import re
import warnings
from io import BytesIO
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image as Picture
from wagtail.images import get_image_model

_SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "GIF": ".gif", "WEBP": ".webp"}
LARGEST_BYTES = 10 * 1024 * 1024
# A photo of a phone has 12; decoding one takes 4 bytes a pixel.
LARGEST_PIXELS = 25_000_000


def find_image_problem(image):
    """Return a sentence that says why an image can't be used, or nothing. Reads no pixel of one that is too large."""
    if len(image.content) > LARGEST_BYTES:
        return _("The image «%(name)s» has more than %(limit)d MB. Make it smaller.") % {
            "name": image_name(image),
            "limit": LARGEST_BYTES // 1024**2,
        }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Picture.DecompressionBombWarning)
            with Picture.open(BytesIO(image.content), formats=list(_SUFFIXES)) as picture:
                width, height = picture.size
                if width * height > LARGEST_PIXELS:
                    return _("The image «%(name)s» has %(width)d × %(height)d dots, too many. Make it smaller.") % {
                        "name": image_name(image),
                        "width": width,
                        "height": height,
                    }
                picture.load()
    except Picture.DecompressionBombError:
        return _("The image «%(name)s» has too many dots. Make it smaller.") % {"name": image_name(image)}
    except Exception:
        return _("«%(name)s» is not a PNG, JPEG, GIF or WebP image that can be read.") % {"name": image_name(image)}
    return ""


def image_name(image):
    """Return the name of a file without any folder, drive or control character in it."""
    name = PurePosixPath(re.sub(r"[\\:]", "/", image.name)).name
    return re.sub(r"[^\w .()-]", "", name).strip(" .")[:80] or "imagen"


def suffix_of(content):
    """Return the ending of a name that fits the bytes of an image, such as `.png`."""
    with Picture.open(BytesIO(content), formats=list(_SUFFIXES)) as picture:
        return _SUFFIXES[picture.format]


def store_image(image, *, text, by=None):
    """Return the image of the library with these bytes, and whether it was made now."""
    digest = hashlib.sha1(image.content, usedforsecurity=False).hexdigest()
    if present := get_image_model().objects.filter(file_hash=digest).first():
        return present, False
    return make_image(image, text=text, by=by), True


def make_image(image, *, text, by=None):
    """Return a new image of the library, called as its file is."""
    stem = PurePosixPath(image_name(image)).stem or "imagen"
    made = get_image_model()(title=stem[:255], description=text[:255], uploaded_by_user=by)
    made.file = ContentFile(image.content, name=f"{stem}{suffix_of(image.content)}")
    made.file_size = len(image.content)
    made.file_hash = hashlib.sha1(image.content, usedforsecurity=False).hexdigest()
    made.save()
    return made
