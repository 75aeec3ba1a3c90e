"""A photograph that is kept byte for byte is its picture alone: nothing stands beside it, and nothing behind it."""

import struct
import zlib

import pytest
from PIL import ImageCms

from modules.pictures.alone import is_alone
from modules.pictures.keeping import find_photo_problem
from tests.modules.factories import picture

ZIP = b"PK\x03\x04" + b"Ana Coj, 14.6349" * 3
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
KINDS = ("JPEG", "PNG", "WEBP", "AVIF")


def with_segment(mark, content):
    """Return a JPEG with one more segment in front of its picture."""
    return (plain := picture())[:2] + bytes([0xFF, mark]) + struct.pack(">H", len(content) + 2) + content + plain[2:]


def with_chunk(name, content):
    """Return a PNG with one more chunk behind its head."""
    plain = picture(kind="PNG")
    chunk = struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    return plain[:33] + chunk + plain[33:]


def with_box(content):
    plain = picture(kind="WEBP", lossless=True)
    chunk = b"XYZ " + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
    return plain[:4] + struct.pack("<I", len(plain) - 8 + len(chunk)) + plain[8:] + chunk


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "options", [{}, {"icc_profile": PROFILE}, {"quality": 100, "progressive": True, "optimize": True}]
)
def test_a_picture_with_its_colours_is_alone(kind, options):
    assert is_alone(picture(640, 480, kind, **options), kind)


MORE = {
    "behind a JPEG": ("JPEG", picture() + ZIP),
    "behind a PNG": ("PNG", picture(kind="PNG") + ZIP),
    "behind a WebP": ("WEBP", picture(kind="WEBP") + ZIP),
    "behind an AVIF": ("AVIF", picture(kind="AVIF") + ZIP),
    "in a box behind an AVIF": ("AVIF", picture(kind="AVIF") + struct.pack(">I4s", 8 + len(ZIP), b"uuid") + ZIP),
    "who made it and when, signed (C2PA)": ("JPEG", with_segment(0xEB, b"JP\0\0" + ZIP)),
    "in the place of colours": ("JPEG", with_segment(0xE2, ZIP)),
    "in a comment": ("JPEG", with_segment(0xFE, ZIP)),
    "the day in a PNG": ("PNG", with_chunk(b"tIME", struct.pack(">HBBBBB", 2026, 3, 1, 10, 0, 0))),
    "in a chunk of a PNG": ("PNG", with_chunk(b"prVt", ZIP)),
    "in a chunk of a WebP": ("WEBP", with_box(ZIP)),
}


@pytest.mark.nightly
@pytest.mark.parametrize(("kind", "content"), MORE.values(), ids=MORE)
def test_what_stands_beside_or_behind_it_is_found(kind, content):
    assert not is_alone(content, kind)
    assert "exiftool -all= foto" in find_photo_problem(content, name="foto")


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_is_cut_off_anywhere_is_not_alone(kind):
    whole = picture(kind=kind)
    for stop in range(12, len(whole), 7):
        assert not is_alone(whole[:stop], kind), stop
