"""MP4 parser (H.264, AAC, ISO/IEC 14496-12); zeroes unknown boxes in place."""

from collections.abc import Iterator
from itertools import chain, repeat
from struct import error as too_short
from struct import pack_into, unpack_from
from typing import NamedTuple

from .refusals import damaged, holds_more, no_film, other_picture

# {container box: boxes that it may contain}
_HOLD = {
    b"": {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide"},
    b"moov": {b"mvhd", b"trak", b"iods"},
    b"trak": {b"tkhd", b"edts", b"mdia"},
    b"edts": {b"elst"},
    b"mdia": {b"mdhd", b"hdlr", b"minf"},
    b"minf": {b"vmhd", b"smhd", b"dinf", b"stbl"},
    b"dinf": {b"dref"},
    b"stbl": {*b"stsd stts ctts cslg stss stsc stsz stco co64 sgpd sbgp".split()},
    b"avc1": {b"avcC", b"colr", b"pasp", b"clap", b"btrt", b"fiel"},
    b"mp4a": {b"esds", b"btrt"},
}
# Bytes of a sample description before its boxes.
_BEFORE_BOXES = {b"avc1": 78, b"mp4a": 28}
# {leaf box: lengths by version}; bytes after them are zeroed.
_FIXED = {b"mvhd": (100, 112), b"tkhd": (84, 96), b"mdhd": (24, 36), b"cslg": (24, 44), b"vmhd": (12,), b"smhd": (8,)}
_FIXED |= {b"pasp": (8,), b"clap": (32,), b"btrt": (12,), b"fiel": (2,)}
# {table: row length by version}; its number of rows precedes them.
_ROWS = {b"stts": (8,), b"ctts": (8,), b"stss": (4,), b"stsc": (12,), b"stco": (4,), b"co64": (8,), b"elst": (12, 20)}
# Maximum of boxes with their own length, such as colour profiles.
_LONGEST = {b"ftyp": 128, b"iods": 256, b"sgpd": 4096, b"sbgp": 4096, b"avcC": 4096, b"colr": 4096, b"esds": 4096}
_ONCE = [b"mvhd", b"tkhd", b"mdhd", b"hdlr", b"stsd", b"stsc", b"stsz"]
_EMPTY = {b"free", b"skip", b"wide"}
_PICTURE, _SOUND = b"vide", b"soun"
_MOST_SAMPLES = 1_000_000


class _Box(NamedTuple):
    name: bytes
    start: int
    body: int
    end: int


class _Track(NamedTuple):
    handler: bytes
    boxes: dict


def is_mp4(content):
    return content[4:8] == b"ftyp"


def read_mp4(content):
    """Return (seconds, width, height, cleaned content)."""
    try:
        return _read(bytearray(content))
    except (too_short, KeyError, IndexError, ZeroDivisionError):
        raise damaged() from None


def _read(content):
    boxes = list(_boxes_in(content, b"", 0, len(content)))
    tops = {box.name for box in boxes}
    if boxes[0].name != b"ftyp" or content[8:12] == b"qt  ":
        raise no_film()
    if b"moof" in tops:
        # A fragmented film has no tables to seek with.
        raise other_picture("fragmented MP4")
    if b"mdat" not in tops or [box.name for box in boxes].count(b"moov") != 1:
        raise damaged()
    moov = next(box for box in boxes if box.name == b"moov")
    inside = list(_boxes_in(content, b"moov", moov.body, moov.end))
    tracks = [_track_of(content, box) for box in inside if box.name == b"trak"]
    if sorted(track.handler for track in tracks) not in ([_PICTURE], [_SOUND, _PICTURE]):
        raise holds_more()
    for track in tracks:
        _check_codec(content, track)
    seconds = _length_of(content, {box.name: box for box in inside}[b"mvhd"])
    width, height = _size_of(content, next(track for track in tracks if track.handler == _PICTURE).boxes[b"tkhd"])
    used = sorted(chain.from_iterable(_chunks_of(content, track.boxes) for track in tracks))
    _blank_unused(content, [box for box in boxes if box.name == b"mdat"], used)
    _blank_boxes(content, b"", 0, len(content))
    return seconds, width, height, bytes(content)


def _boxes_in(content, parent, place, end) -> Iterator[_Box]:
    while place < end:
        size, name = unpack_from(">I4s", content, place)
        head = 8
        if size == 1:
            (size,), head = unpack_from(">Q", content, place + 8), 16
        elif size == 0 and parent == b"":
            size = end - place
        if size < head or place + size > end:
            raise damaged()
        yield _Box(name, place, place + head, place + size)
        place += size


def _track_of(content, trak):
    boxes = {}

    def walk(parent, start, end):
        for box in _boxes_in(content, parent, start, end):
            if box.name in boxes and box.name in _ONCE:
                raise damaged()
            boxes[box.name] = box
            if box.name in _HOLD[parent] and box.name in _HOLD:
                walk(box.name, box.body, box.end)

    walk(b"trak", trak.body, trak.end)
    _check_that_it_is_here(content, boxes[b"dref"])
    handler = bytes(content[boxes[b"hdlr"].body + 8 : boxes[b"hdlr"].body + 12])
    return _Track(handler, boxes)


def _check_that_it_is_here(content, dref):
    for entry in _boxes_in(content, b"dref", dref.body + 8, dref.end):
        if entry.end - entry.body != 4 or not content[entry.body + 3] & 1:
            raise damaged()


def _check_codec(content, track):
    described = track.boxes[b"stsd"]
    entries = list(_boxes_in(content, b"stsd", described.body + 8, described.end))
    wanted = b"avc1" if track.handler == _PICTURE else b"mp4a"
    if [entry.name for entry in entries] != [wanted]:
        names = " ".join(entry.name.decode("ascii", "replace") for entry in entries if entry.name.isalnum())
        raise other_picture(names or "?")


def _length_of(content, mvhd):
    if content[mvhd.body]:
        scale, length = unpack_from(">IQ", content, mvhd.body + 20)
    else:
        scale, length = unpack_from(">II", content, mvhd.body + 12)
    if not length:
        raise damaged()
    return max(1, round(length / scale))


def _size_of(content, tkhd):
    place = tkhd.body + (52 if content[tkhd.body] else 40)
    a, _b, _u, _c, d = unpack_from(">5i", content, place)
    width, height = (side >> 16 for side in unpack_from(">II", content, place + 36))
    return (height, width) if a == d == 0 else (width, height)


def _chunks_of(content, boxes):
    fixed, count = unpack_from(">II", content, boxes[b"stsz"].body + 4)
    if count > _MOST_SAMPLES:
        raise damaged()
    sizes = repeat(fixed, count) if fixed else iter(unpack_from(f">{count}I", content, boxes[b"stsz"].body + 12))
    wide = b"co64" in boxes
    place = boxes[b"co64" if wide else b"stco"].body
    (chunks,) = unpack_from(">I", content, place + 4)
    if chunks > _MOST_SAMPLES:
        raise damaged()
    offsets = unpack_from(f">{chunks}{'Q' if wide else 'I'}", content, place + 8)
    (runs,) = unpack_from(">I", content, boxes[b"stsc"].body + 4)
    if not 0 < runs <= chunks:
        raise damaged()
    rows = [unpack_from(">II", content, boxes[b"stsc"].body + 8 + 12 * row) for row in range(runs)]
    following = [first for first, _samples in rows[1:]] + [chunks + 1]
    taken = 0
    for (first, samples), after in zip(rows, following, strict=True):
        for number in range(first, after):
            taken += samples
            if first < 1 or taken > count:
                raise damaged()
            start = offsets[number - 1]
            yield start, start + sum(next(sizes) for _ in range(samples))
    if taken != count:
        raise damaged()


def _blank_unused(content, data, used):
    within = [(box.body, box.end) for box in data]
    if any(not any(body <= start <= end <= stop for body, stop in within) for start, end in used):
        raise damaged()
    for body, stop in within:
        place = body
        for start, end in used:
            if body <= start < stop:
                if start > place:
                    content[place:start] = bytes(start - place)
                place = max(place, end)
        content[place:stop] = bytes(max(0, stop - place))


def _blank_boxes(content, parent, start, end):
    for box in list(_boxes_in(content, parent, start, end)):
        if box.end - box.body > _LONGEST.get(box.name, box.end):
            raise damaged()
        if box.name in _EMPTY or box.name not in _HOLD[parent]:
            content[box.start + 4 : box.start + 8] = b"free"
            content[box.body : box.end] = bytes(box.end - box.body)
            continue
        stop = min(_stop_of(content, box), box.end)
        content[stop : box.end] = bytes(box.end - stop)
        if box.name in (b"mvhd", b"tkhd", b"mdhd"):
            # Creation and modification time.
            pack_into("16x" if content[box.body] else "8x", content, box.body + 4)
        elif box.name == b"hdlr":
            content[box.body + 24 : box.end] = bytes(box.end - box.body - 24)
        elif box.name == b"stsd":
            for entry in _boxes_in(content, box.name, box.body + 8, box.end):
                if entry.name == b"avc1":
                    content[entry.body + 42 : entry.body + 74] = bytes(32)
                _blank_boxes(content, entry.name, entry.body + _BEFORE_BOXES[entry.name], entry.end)
        elif box.name in _HOLD:
            _blank_boxes(content, box.name, box.body, box.end)


def _stop_of(content, box):
    if box.name in _FIXED:
        return box.body + _by_version(content, box, _FIXED)
    if box.name in _ROWS:
        (rows,) = unpack_from(">I", content, box.body + 4)
        return box.body + 8 + rows * _by_version(content, box, _ROWS)
    if box.name == b"stsz":
        fixed, rows = unpack_from(">II", content, box.body + 4)
        return box.body + 12 + (0 if fixed else 4 * rows)
    return box.end


def _by_version(content, box, lengths):
    versions = lengths[box.name]
    return versions[min(content[box.body], len(versions) - 1)] if len(versions) > 1 else versions[0]
