"""Whether the bytes of a picture are its picture alone: nothing beside it, nothing behind it, in each format."""

from struct import error as too_short
from struct import unpack_from

# JFIF, profiles of colours, and how Adobe numbers colours.
_JPEG = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_PNG = set(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT pHYs bKGD cICP mDCV cLLI".split())
_WEBP = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"}
_AVIF = {b"ftyp", b"meta", b"mdat"}
_END, _SCAN, _COMMENT = 0xD9, 0xDA, 0xFE


def is_alone(content, kind):
    """Say whether a file of Pillow's `kind` holds a picture and nothing else."""
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
