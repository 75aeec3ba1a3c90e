"""MP3 parser (MPEG-1 and 2, Layer III); strips tags."""

from struct import unpack_from
from typing import NamedTuple

from .refusals import damaged, no_sound

_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_KILOBITS = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
# Magic bytes of trailing tags.
_TAGS_BEHIND = (b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"ID3", b"3DI")
_FEWEST_FRAMES = 3


class _Frame(NamedTuple):
    size: int
    samples: int
    rate: int
    # Header bits that stay the same in a file: version and rate.
    family: tuple


def is_mp3(content):
    return content.startswith(b"ID3") or _frame_at(content, 0) is not None


def read_mp3(content):
    start = place = _behind_tags(content)
    first = frame = _frame_at(content, place)
    if first is None:
        raise no_sound()
    count = 0
    while frame and frame.family == first.family and place + frame.size <= len(content):
        place, count = place + frame.size, count + 1
        frame = _frame_at(content, place)
    rest = content[place:].lstrip(b"\x00")
    # Many encoders cut off the last frame.
    if count < _FEWEST_FRAMES or (rest and not rest.startswith(_TAGS_BEHIND) and len(rest) > first.size):
        raise damaged()
    played = count - _tells_of_the_others(content, start, first)
    return max(1, round(played * first.samples / first.rate)), bytes(content[start:place])


def _behind_tags(content):
    place = 0
    while content[place : place + 3] == b"ID3":
        sizes = content[place + 6 : place + 10]
        if len(sizes) < 4 or max(sizes) > 127:
            raise damaged()
        has_foot = content[place + 5] & 0x10
        size = sizes[0] << 21 | sizes[1] << 14 | sizes[2] << 7 | sizes[3]
        place += 10 + size + (10 if has_foot else 0)
    while place < len(content) and content[place] == 0:
        place += 1
    return place


def _frame_at(content, place):
    if place + 4 > len(content):
        return None
    (head,) = unpack_from(">I", content, place)
    version, layer, bits, rate = head >> 19 & 3, head >> 17 & 3, head >> 12 & 15, head >> 10 & 3
    if head >> 21 != 0x7FF or version == 1 or layer != 1 or bits in (0, 15) or rate == 3:
        return None
    hertz, per_second = _RATES[version][rate], 1000 * _KILOBITS[3 if version == 3 else 2][bits]
    samples = 1152 if version == 3 else 576
    size = samples // 8 * per_second // hertz + (head >> 9 & 1)
    return _Frame(size, samples, hertz, (version, rate))


def _tells_of_the_others(content, start, frame):
    head = content[start : start + min(frame.size, 64)]
    return any(mark in head for mark in (b"Xing", b"Info", b"VBRI"))
