"""Validation and re-encoding of photographs, in a sandbox process."""

import contextlib
import warnings
from io import BytesIO
from struct import error as too_short
from struct import unpack_from

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import AvifImagePlugin, Image, ImageCms, ImageOps

# Allowed JPEG segments: JFIF, colour profiles, Adobe's colour transform.
_JPEG = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_PNG = set(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT pHYs bKGD cICP mDCV cLLI".split())
_WEBP = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"}
_AVIF = {b"ftyp", b"meta", b"mdat"}
_END, _SCAN, _COMMENT = 0xD9, 0xDA, 0xFE


def is_alone(content, kind):
    walk = {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp, "AVIF": _avif}.get(kind)
    try:
        return walk is not None and walk(content)
    except (too_short, IndexError):
        return False


def _jpeg(content):
    place = 2
    while True:
        if content[place] != 0xFF:
            return False
        mark = content[place + 1]
        if mark == _END:
            return place + 2 == len(content)
        (length,) = unpack_from(">H", content, place + 2)
        is_beside = 0xE0 <= mark <= 0xEF or mark == _COMMENT
        if is_beside and not (mark in _JPEG and content.startswith(_JPEG[mark], place + 4)):
            return False
        place += 2 + length
        if mark == _SCAN:
            place = _behind_scan(content, place)


def _behind_scan(content, place):
    while True:
        place = content.find(b"\xff", place)
        if place < 0:
            raise IndexError
        if content[place + 1] != 0 and not 0xD0 <= content[place + 1] <= 0xD7:
            return place
        place += 2


def _png(content):
    place, name = 8, b""
    while name != b"IEND":
        length, name = unpack_from(">I4s", content, place)
        if name not in _PNG:
            return False
        place += 12 + length
    return place == len(content)


def _webp(content):
    place, end = 12, 8 + unpack_from("<I", content, 4)[0]
    while place < end:
        name, length = unpack_from("<4sI", content, place)
        if name not in _WEBP:
            return False
        place += 8 + length + length % 2
    return place == end == len(content)


def _avif(content):
    place = 0
    while place < len(content):
        length, name = unpack_from(">I4s", content, place)
        if name not in _AVIF or length < 8:
            return False
        place += length
    return place == len(content)


NOBODY_RECOGNISED = gettext_lazy(
    "Never a patient or a sex worker whom one could recognise; nor a file of a patient, nor a list with names."
)
LARGEST_BYTES = 10 * 1024 * 1024
LARGEST_PIXELS = 25_000_000
LONGEST_SIDE = 2400
WIDTHS = (480, 800, 1200)
NARROWEST = 320
# {extension: options of Pillow}, the smallest files first: a browser takes the first that it supports.
WRITTEN = {
    "avif": ("AVIF", {"quality": 55, "speed": 8, "max_threads": 1}),
    "webp": ("WEBP", {"quality": 74, "method": 4}),
    "jpg": ("JPEG", {"quality": 78, "optimize": True, "progressive": True}),
}
_FORMATS = ["JPEG", "PNG", "WEBP", "AVIF"]
# HEIC decoders need threads, which the sandbox forbids.
_HEIC = (b"ftyphei", b"ftyphev", b"ftypmif1", b"ftypmsf1")
# Metadata in Pillow's `info`.
_BESIDE = {"exif", "xmp", "XML:com.adobe.xmp", "photoshop", "comment", "mp", "metadata", "Raw profile type exif"}
AvifImagePlugin.DEFAULT_MAX_THREADS = 1


class UnusablePhoto(ValueError):
    """The message says why and what to do."""


def look_at_photo(content, *, name):
    """Raise UnusablePhoto for a picture that cannot be shown, or that contains metadata."""
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
    """Return {"content", "suffix"}: upright, in sRGB, without metadata. Raises UnusablePhoto."""
    with _opened(content, name) as picture:
        is_drawn = picture.format == "PNG"
        kept = _clean(_loaded(picture, name, LONGEST_SIDE))
    kind, options = ("PNG", {"optimize": True}) if is_drawn else ("JPEG", {"quality": 90, "optimize": True})
    return {"content": _written(kept, kind, options), "suffix": ".png" if is_drawn else ".jpg"}


def make_copies(content, *, name):
    """Return [{"width", "height", "files": {"avif": bytes}}], narrowest first, none wider than the picture."""
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
        # MPO: some phones append a second picture, which is no animation.
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
    # An unreadable orientation counts as none.
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
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.mode in ("P", "PA", "LA", "La", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
    if not profile:
        return picture
    # A broken or unsuitable profile counts as none.
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
