"""Accepted media types."""

from .mp3 import is_mp3, read_mp3
from .mp4 import is_mp4, read_mp4
from .ogg import OPUS, read_ogg
from .refusals import no_film, no_sound, too_long, too_wide
from .webm import is_webm, read_webm

OPUS_TYPE, OGG_TYPE, MP3_TYPE = "audio/ogg; codecs=opus", "audio/ogg", "audio/mpeg"
MP4_TYPE, WEBM_TYPE = "video/mp4", "video/webm"
ENDINGS = {OPUS_TYPE: "opus", OGG_TYPE: "ogg", MP3_TYPE: "mp3", MP4_TYPE: "mp4", WEBM_TYPE: "webm"}


LONGEST_SECONDS = 60 * 60
# In pixels: larger films stutter on phones.
LONGEST_SIDE = 1920


def look_at_sound(content):
    """Return {"type", "seconds", "content"} of a recording; raises UnusableRecording."""
    if content.startswith(b"OggS"):
        kind, seconds, clean = read_ogg(content)
        found = {"type": OPUS_TYPE if kind == OPUS else OGG_TYPE, "seconds": seconds, "content": clean}
    elif is_mp3(content):
        seconds, clean = read_mp3(content)
        found = {"type": MP3_TYPE, "seconds": seconds, "content": clean}
    else:
        raise no_sound()
    if found["seconds"] > LONGEST_SECONDS:
        raise too_long()
    return found


def look_at_film(content):
    """Return {"type", "seconds", "width", "height", "content"} of a film; raises UnusableRecording."""
    if is_mp4(content):
        seconds, width, height, clean = read_mp4(content)
        kind = MP4_TYPE
    elif is_webm(content):
        seconds, width, height, clean = read_webm(content)
        kind = WEBM_TYPE
    else:
        raise no_film()
    if seconds > LONGEST_SECONDS:
        raise too_long()
    if not 0 < max(width, height) <= LONGEST_SIDE or not min(width, height):
        raise too_wide(LONGEST_SIDE)
    return {"type": kind, "seconds": seconds, "width": width, "height": height, "content": clean}
