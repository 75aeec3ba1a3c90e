"""WebM parser (RFC 9559); voids unknown elements in place."""

from math import inf, isfinite
from struct import unpack
from typing import NamedTuple

from .ogg import blank_comments
from .refusals import damaged, holds_more, no_film, other_picture, without_length

_EBML, _SEGMENT, _INFO, _TRACKS, _CLUSTER, _CUES = (
    0x1A45DFA3,
    0x18538067,
    0x1549A966,
    0x1654AE6B,
    0x1F43B675,
    0x1C53BB6B,
)
_TRACK, _VIDEO, _AUDIO, _GROUP, _BLOCK, _SIMPLE = 0xAE, 0xE0, 0xE1, 0xA0, 0xA1, 0xA3
_DOCTYPE, _SCALE, _DURATION, _CODEC, _KIND, _NUMBER = 0x4282, 0x2AD7B1, 0x4489, 0x86, 0x83, 0xD7
_WIDTH, _HEIGHT, _ENCODED, _VOID, _SEEK, _SEEK_HEAD, _COLOUR = 0xB0, 0xBA, 0x6D80, 0xEC, 0x4DBB, 0x114D9B74, 0x55B0
_PROGRAMS, _SETUP = (0x4D80, 0x5741), 0x63A2
# Maximum of numbers and codec names.
_LONGEST, _LONGEST_SETUP = 64, 65_536
# {element: elements that it may contain}
_HOLD = {
    0: {_EBML, _SEGMENT},
    _EBML: {0x4286, 0x42F7, 0x42F2, 0x42F3, _DOCTYPE, 0x4287, 0x4285},
    _SEGMENT: {_SEEK_HEAD, _INFO, _TRACKS, _CLUSTER, _CUES},
    _SEEK_HEAD: {_SEEK},
    _SEEK: {0x53AB, 0x53AC},
    _INFO: {_SCALE, _DURATION, *_PROGRAMS},
    _TRACKS: {_TRACK},
    _TRACK: {
        _NUMBER, _KIND, _CODEC, _VIDEO, _AUDIO, 0x73C5, 0xB9, 0x88, 0x55AA, 0x9C, 0x22B59C, _SETUP, 0x56AA, 0x56BB,
        0x23E383,
    },
    _VIDEO: {_WIDTH, _HEIGHT, 0x54B0, 0x54BA, 0x54B2, 0x54AA, 0x54BB, 0x54CC, 0x54DD, 0x9A, _COLOUR},
    _COLOUR: {0x55B1, 0x55B2, 0x55B3, 0x55B4, 0x55B7, 0x55B8, 0x55B9, 0x55BA, 0x55BB},
    _AUDIO: {0xB5, 0x78B5, 0x9F, 0x6264},
    _CUES: {0xBB},
    0xBB: {0xB3, 0xB7},
    0xB7: {0xF7, 0xF1, 0xF0, 0xB2, 0x5378},
    _CLUSTER: {0xE7, 0xA7, 0xAB, _SIMPLE, _GROUP},
    _GROUP: {_BLOCK, 0x9B, 0xFB, 0x75A2},
}  # fmt: skip
_PICTURE, _SOUND = 1, 2
_CODECS = {_PICTURE: ("V_VP9", "V_AV1", "V_VP8"), _SOUND: ("A_OPUS", "A_VORBIS")}


class _Element(NamedTuple):
    name: int
    start: int
    body: int
    end: int


def is_webm(content):
    return content.startswith(b"\x1a\x45\xdf\xa3")


def read_webm(content):
    """Return (seconds, width, height, cleaned content)."""
    content = bytearray(content)
    found = {name: [] for name in (_EBML, _SEGMENT, _INFO, _TRACK, _CLUSTER, _SIMPLE, _BLOCK)}
    values = {}
    _walk(content, 0, 0, len(content), found, values)
    if [len(found[name]) for name in (_EBML, _SEGMENT, _INFO)] != [1, 1, 1] or not found[_CLUSTER]:
        raise damaged()
    if _text(content, values.get((found[_EBML][0], _DOCTYPE))) != "webm":
        raise no_film()
    tracks = {}
    for track in found[_TRACK]:
        kind = _number(content, values.get((track, _KIND)))
        codec = _text(content, values.get((track, _CODEC)))
        if kind not in _CODECS or kind in (one for one, _track in tracks.values()):
            raise holds_more()
        if codec not in _CODECS[kind]:
            raise other_picture(codec if codec.isascii() and codec.isprintable() else "?")
        if codec == "A_VORBIS":
            _blank_comments(content, values.get((track, _SETUP)))
        tracks[_number(content, values.get((track, _NUMBER)))] = kind, track
    picture = next((track for kind, track in tracks.values() if kind == _PICTURE), None)
    if picture is None:
        raise no_film()
    if any(_vint(content, block.body)[0] not in tracks for block in (*found[_SIMPLE], *found[_BLOCK])):
        raise holds_more()
    video = values.get((picture, _VIDEO))
    width, height = (_number(content, values.get((video, side))) for side in (_WIDTH, _HEIGHT))
    return _length_of(content, found[_INFO][0], values), width, height, bytes(content)


def _walk(content, parent, start, end, found, values, holder=None):
    place = start
    while place < end:
        element = _element_at(content, place, end)
        place = element.end
        if element.name == _ENCODED:
            raise other_picture("ContentEncodings")
        if element.name not in _HOLD[parent]:
            _blank(content, element)
            continue
        if element.name in found:
            found[element.name].append(element)
        values.setdefault((holder, element.name), element)
        if element.name in _HOLD:
            _walk(content, element.name, element.body, element.end, found, values, element)
        elif element.name in _PROGRAMS:
            content[element.body : element.end] = bytes(element.end - element.body)
        elif element.end - element.body > _most_of(element.name):
            raise damaged()
        if element.name == _SETUP and values[holder, _SETUP] is not element:
            raise damaged()


def _most_of(name):
    if name in (_SIMPLE, _BLOCK):
        return inf
    return _LONGEST_SETUP if name == _SETUP else _LONGEST


def _blank_comments(content, setup):
    if setup is None or setup.end - setup.body < 3 or content[setup.body] != 2:
        raise damaged()
    lengths, place = [], setup.body + 1
    for _packet in range(2):
        length, byte = 0, 255
        while byte == 255:
            if place >= setup.end:
                raise damaged()
            byte, place = content[place], place + 1
            length += byte
        lengths.append(length)
    start = place + lengths[0]
    stop = start + lengths[1]
    if stop > setup.end:
        raise damaged()
    content[start:stop] = blank_comments(content[place:start], content[start:stop])


def _element_at(content, place, end):
    name, behind = _vint(content, place, keeps_mark=True)
    size, body = _vint(content, behind)
    if size == (1 << 7 * (body - behind)) - 1:
        # A live recording has elements of unknown size.
        raise without_length()
    if body - place > 12 or body + size > end:
        raise damaged()
    return _Element(name, place, body, body + size)


def _vint(content, place, *, keeps_mark=False):
    if place >= len(content) or not content[place]:
        raise damaged()
    length = 9 - content[place].bit_length()
    number = int.from_bytes(content[place : place + length])
    if place + length > len(content):
        raise damaged()
    return number if keeps_mark else number & ~(1 << 7 * length), place + length


def _blank(content, element):
    room = element.end - element.start - 1
    length = min(8, room)
    if not length:
        raise damaged()
    size = (room - length) | 1 << 7 * length
    content[element.start : element.end] = bytes([_VOID]) + size.to_bytes(length) + bytes(room - length)


def _number(content, element):
    if element is None or element.end - element.body > 8:
        raise damaged()
    return int.from_bytes(content[element.body : element.end])


def _text(content, element):
    return "" if element is None else content[element.body : element.end].rstrip(b"\0").decode("ascii", "replace")


def _length_of(content, info, values):
    written = values.get((info, _DURATION))
    if written is None:
        raise without_length()
    scale = values.get((info, _SCALE))
    nanoseconds = _number(content, scale) if scale else 1_000_000
    bits = content[written.body : written.end]
    if len(bits) not in (4, 8):
        raise damaged()
    (ticks,) = unpack(">f" if len(bits) == 4 else ">d", bits)
    seconds = ticks * nanoseconds / 1e9
    if not isfinite(seconds) or seconds <= 0:
        raise damaged()
    return max(1, round(seconds))
