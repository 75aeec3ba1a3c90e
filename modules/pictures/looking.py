"""The bytes of a photograph: what is wrong with them, and the picture alone, without where and with what it was taken.

These functions decode what strangers bring, so they are called in a process of its own (quizzes.base.sandbox.parent).
"""

import contextlib
import warnings
from io import BytesIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import AvifImagePlugin, Image, ImageCms, ImageOps

from .alone import is_alone

# Stands wherever one brings a picture.
NOBODY_RECOGNISED = gettext_lazy(
    "Never a patient or a sex worker whom one could recognise; nor a file of a patient, nor a list with names."
)
# Of a telephone: about 12 million dots and 5 MB.
LARGEST_BYTES = 10 * 1024 * 1024
LARGEST_PIXELS = 25_000_000
# What is kept of one: nobody needs more, and it is as much as a page of paper shows.
LONGEST_SIDE = 2400
WIDTHS = (480, 800, 1200)
# In a lesson a picture of fewer dots is a smear.
NARROWEST = 320
# {name of a file's ending: how it is written}; the first that a browser knows is taken, so the lightest stands first.
WRITTEN = {
    "avif": ("AVIF", {"quality": 55, "speed": 8, "max_threads": 1}),
    "webp": ("WEBP", {"quality": 74, "method": 4}),
    "jpg": ("JPEG", {"quality": 78, "optimize": True, "progressive": True}),
}
_FORMATS = ["JPEG", "PNG", "WEBP", "AVIF"]
# How HEIC begins: reading it takes threads, and the process that reads may begin none.
_HEIC = (b"ftyphei", b"ftyphev", b"ftypmif1", b"ftypmsf1")
# What programs write beside a picture: camera, place, time, names, and the words of whoever edited it.
_BESIDE = {"exif", "xmp", "XML:com.adobe.xmp", "photoshop", "comment", "mp", "metadata", "Raw profile type exif"}
AvifImagePlugin.DEFAULT_MAX_THREADS = 1


class UnusablePhoto(ValueError):
    """The bytes are no photograph that can be shown; `str(error)` says why and what to do."""


def look_at_photo(content, *, name):
    """Raise UnusablePhoto for what can't be shown, or tells more than its picture and is to be kept byte for byte."""
    with _opened(content, name) as picture:
        beside = _BESIDE & picture.info.keys() or getattr(picture, "text", None) or dict(picture.getexif())
        if beside or not is_alone(content, picture.format):
            raise UnusablePhoto(
                _(
                    "“%(name)s” still holds what the camera wrote into it, such as the place and the day. Take that"
                    " out, such as with: exiftool -all= %(name)s"
                )
                % {"name": name}
            )
        _loaded(picture, name, LONGEST_SIDE)


def bring_photo(content, *, name):
    """Return {"content", "suffix"} of a photograph to keep: upright, in the colours of screens, and nothing but that.

    Raises UnusablePhoto.
    """
    with _opened(content, name) as picture:
        is_drawn = picture.format == "PNG"
        kept = _clean(_loaded(picture, name, LONGEST_SIDE))
    kind, options = ("PNG", {"optimize": True}) if is_drawn else ("JPEG", {"quality": 90, "optimize": True})
    return {"content": _written(kept, kind, options), "suffix": ".png" if is_drawn else ".jpg"}


def make_copies(content, *, name):
    """Return the copies of a photograph, the narrowest first: [{"width", "height", "files": {"avif": bytes, …}}].

    None is wider than the picture. Raises UnusablePhoto.
    """
    with _opened(content, name) as picture:
        whole = _clean(_loaded(picture, name, WIDTHS[-1] * 2))
    widths = [width for width in WIDTHS if width < whole.width]
    if len(widths) < len(WIDTHS):
        widths.append(whole.width)
    copies = []
    for width in widths:
        height = max(1, round(whole.height * width / whole.width))
        copy = whole if width == whole.width else whole.resize((width, height), Image.Resampling.LANCZOS)
        files = {ending: _written(copy, kind, options) for ending, (kind, options) in WRITTEN.items()}
        copies.append({"width": width, "height": height, "files": files})
    return copies


@contextlib.contextmanager
def _opened(content, name):
    if len(content) > LARGEST_BYTES:
        raise UnusablePhoto(
            _("“%(name)s” has more than %(limit)d MB. Save it smaller.")
            % {"name": name, "limit": LARGEST_BYTES // 1024**2}
        )
    if content[:4] == b"GIF8":
        raise UnusablePhoto(
            _("“%(name)s” is a GIF. Save the photograph as JPEG, and one that does not move.") % {"name": name}
        )
    if content[4:12].startswith(_HEIC) and b"avif" not in content[:64]:
        raise UnusablePhoto(
            _(
                "“%(name)s” is HEIC, which few devices can show. Save it as JPEG; on an iPhone: Settings → Camera →"
                " Formats → Most compatible."
            )
            % {"name": name}
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(content), formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise _too_many_dots(name) from error
    except MemoryError:
        raise
    except Exception as error:
        raise _no_photo(name) from error
    with picture:
        if picture.width * picture.height > LARGEST_PIXELS:
            raise _too_many_dots(name)
        # Some telephones put a second picture behind the first, which is no film.
        if getattr(picture, "n_frames", 1) > 1 and picture.format != "MPO":
            raise UnusablePhoto(_("“%(name)s” moves. Choose a photograph that stands still.") % {"name": name})
        if picture.width < NARROWEST:
            raise UnusablePhoto(
                _("“%(name)s” is only %(width)d dots wide. A photograph needs at least %(least)d.")
                % {"name": name, "width": picture.width, "least": NARROWEST}
            )
        yield picture


def _loaded(picture, name, longest):
    try:
        picture.draft(None, (longest, longest))
        picture.load()
    except MemoryError:
        raise
    except Exception as error:
        raise _no_photo(name) from error
    return picture


def _clean(picture):
    profile = picture.info.get("icc_profile")
    # A turn that cannot be read is none.
    with contextlib.suppress(ValueError, TypeError, KeyError, SyntaxError, OSError):
        picture = ImageOps.exif_transpose(picture)
    longest = max(picture.size)
    if longest > LONGEST_SIDE:
        size = [max(1, round(side * LONGEST_SIDE / longest)) for side in picture.size]
        if picture.mode in ("P", "1"):
            picture = picture.convert("RGBA")
        picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2)
    picture = _in_screen_colours(picture, profile)
    if picture.mode == "RGBA":
        white = Image.new("RGB", picture.size, "white")
        white.paste(picture, mask=picture.getchannel("A"))
        picture = white
    picture = picture.convert("RGB")
    picture.info = {}
    return picture


def _in_screen_colours(picture, profile):
    if picture.mode.startswith("I"):
        # Sixteen bits a dot.
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.mode in ("P", "PA", "LA", "La", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
    if not profile:
        return picture
    # One that is broken, or of other colours than the picture has: as if there were none.
    with contextlib.suppress(ImageCms.PyCMSError, ValueError, TypeError, OSError):
        own, screen = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        picture = ImageCms.profileToProfile(picture, own, screen, outputMode=mode)
    return picture


def _written(picture, kind, options):
    stream = BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def _no_photo(name):
    return UnusablePhoto(
        _("“%(name)s” is no JPEG, PNG, WebP or AVIF photograph that can be read. Save it as JPEG.") % {"name": name}
    )


def _too_many_dots(name):
    return UnusablePhoto(
        _("“%(name)s” has more than %(limit)d million dots. Save it smaller.")
        % {"name": name, "limit": LARGEST_PIXELS // 1_000_000}
    )
