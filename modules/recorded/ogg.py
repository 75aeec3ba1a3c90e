"""Ogg parser (Opus or Vorbis, RFC 3533, RFC 7845)."""

import zlib
from itertools import pairwise
from struct import pack, pack_into, unpack_from
from typing import NamedTuple

from .refusals import damaged, no_sound

OPUS, VORBIS = b"OpusHead", b"\x01vorbis"
_HEAD = 27
_BEGINS, _CONTINUED = 2, 1
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
# Granule position of a page on which no packet ends.
_NO_MOMENT = 2**64 - 1


class _Page(NamedTuple):
    start: int
    body: int
    end: int
    kind: int
    moment: int
    serial: int
    sizes: bytes


def read_ogg(content):
    """Return (OPUS or VORBIS, seconds, the content without comments)."""
    pages = list(_pages_of(content))
    if any(page.kind & _BEGINS for page in pages[1:]) or len({page.serial for page in pages}) > 1:
        # A second stream beside the first or after it.
        raise no_sound()
    head, comments = _first_packets(pages, 2)
    if not head or not comments or not pages[0].kind & _BEGINS:
        raise damaged()
    written = _joined(content, head)
    blank = blank_comments(written, _joined(content, comments))
    content = bytearray(content)
    for start, stop in comments:
        content[start:stop], blank = blank[: stop - start], blank[stop - start :]
    for page in pages:
        if any(page.start <= start < page.end for start, _stop in comments):
            pack_into("<I", content, page.start + 22, 0)
            pack_into("<I", content, page.start + 22, _checksum(content[page.start : page.end]))
    kind, seconds = _length_of(written, pages)
    return kind, seconds, bytes(content)


def _pages_of(content):
    place, number = 0, 0
    while place < len(content):
        if len(content) - place < _HEAD or content[place : place + 5] != b"OggS\x00":
            raise damaged()
        kind, moment, serial, count, checksum, segments = unpack_from("<BQIIIB", content, place + 5)
        body = place + _HEAD + segments
        sizes = content[place + _HEAD : body]
        end = body + sum(sizes)
        if len(sizes) < segments or end > len(content) or count != number:
            raise damaged()
        whole = bytearray(content[place:end])
        pack_into("<I", whole, 22, 0)
        if _checksum(whole) != checksum:
            raise damaged()
        yield _Page(place, body, end, kind, moment, serial, sizes)
        place, number = end, number + 1


def _checksum(page):
    mirrored = zlib.crc32(bytes(page).translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)


def _first_packets(pages, wanted):
    packets, parts = [], []
    for page in pages:
        place = page.body
        for size in page.sizes:
            parts.append((place, place + size))
            place += size
            if size < 255:
                packets.append(parts)
                parts = []
                if len(packets) == wanted:
                    return packets
    return [*packets, *[[]] * (wanted - len(packets))]


def _joined(content, parts):
    return b"".join(content[start:stop] for start, stop in parts)


def blank_comments(head, comments):
    magic, end = (b"OpusTags", b"") if head.startswith(OPUS) else (b"\x03vorbis", b"\x01")
    room = len(comments) - len(magic) - 8 - len(end)
    if not comments.startswith(magic) or room < 0:
        raise damaged()
    return magic + pack("<I", room) + b" " * room + bytes(4) + end


def _length_of(head, pages):
    moments = [page.moment for page in pages if page.moment != _NO_MOMENT]
    if any(later < earlier for earlier, later in pairwise(moments)):
        raise damaged()
    if head.startswith(OPUS) and len(head) >= 19:
        _version, channels, skipped, _rate, _gain, family = unpack_from("<BBHIhB", head, 8)
        if channels not in (1, 2) or family != 0:
            raise no_sound()
        kind, rate = OPUS, 48_000
    elif head.startswith(VORBIS) and len(head) >= 30:
        _version, _channels, rate = unpack_from("<IBI", head, 7)
        kind, skipped = VORBIS, 0
    else:
        raise no_sound()
    if not rate or not moments or moments[-1] <= skipped:
        raise damaged()
    return kind, max(1, round((moments[-1] - skipped) / rate))
