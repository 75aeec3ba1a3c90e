"""Validation of captions (WebVTT), with line numbers."""

import re
from html import escape, unescape
from typing import NamedTuple

from django.utils.translation import gettext as _

from .refusals import UnusableRecording

LONGEST = 200_000
MOST_SIGNS_OF_CUE = 200
_MOMENT = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMES = re.compile(rf"{_MOMENT}[ \t]+-->[ \t]+{_MOMENT}(?:[ \t]+(.*))?")
# Cue settings: the position on the picture.
_SETTING = re.compile(r"(?:line|position|size):-?\d{1,3}(?:\.\d+)?%?|align:(?:start|center|end|left|right)")
# Allowed tags; timestamps and classes are removed.
_TAG = re.compile(r"<(/?(?:b|i|u|v|lang)\b[^<>]*|/?c[^<>]*|[\d:.]+)>")
_KEPT_TAG = re.compile(r"/?[biu]|v [^<>]+|/v")


class Cue(NamedTuple):
    """A caption from `start` to `end`, in milliseconds; `line` is its line number."""

    line: int
    start: int
    end: int
    settings: str
    text: str


def check_captions(text, *, seconds=None):
    """Return normalised captions without notes and cue names, or raise UnusableRecording."""
    cues = read_captions(text)
    if seconds and cues[-1].start >= 1000 * (seconds + 1):
        raise _refused(
            cues[-1].line, _("the film is over by then: it lasts %(seconds)d seconds.") % {"seconds": seconds}
        )
    return write_captions(cues)


def read_captions(text):
    if len(text) > LONGEST:
        raise UnusableRecording(_("The captions are longer than those of any film for a lesson."))
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd").split("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise _refused(1, _("captions begin with a line that says WEBVTT."))
    cues, blocks = [], _blocks_of(lines)
    # Lines directly after the first one are its header.
    for number, block in blocks:
        if number == 1 or block[0].startswith("NOTE"):
            continue
        if block[0].rstrip() in ("STYLE", "REGION"):
            raise _refused(number, _("the looks of captions are the site’s own. Take STYLE and REGION out."))
        cues.append(_cue_of(number, block, cues[-1] if cues else None))
    if not cues:
        raise UnusableRecording(
            _("The captions say nothing yet: below WEBVTT stand the moments, and what is said then.")
        )
    return cues


def write_captions(cues):
    written = [
        f"{_moment(cue.start)} --> {_moment(cue.end)}{' ' if cue.settings else ''}{cue.settings}\n{cue.text}\n"
        for cue in cues
    ]
    return "\n".join(["WEBVTT\n", *written])


def _blocks_of(lines):
    block = []
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _cue_of(number, block, before):
    at = 0 if "-->" in block[0] else 1
    if at == len(block) or "-->" not in block[at]:
        raise _refused(number, _("here moments are missing, such as “00:01.000 --> 00:03.500”."))
    line = number + at
    found = _TIMES.fullmatch(block[at].strip())
    if not found and "," in block[at]:
        raise _refused(
            line, _("this is written as in SRT. In WebVTT a dot stands before the thousandths, not a comma.")
        )
    if not found:
        raise _refused(line, _("moments are written as “00:01.000 --> 00:03.500”."))
    start, end = _thousandths(found.groups()[:4]), _thousandths(found.groups()[4:8])
    settings = (found[9] or "").split()
    if wrong := next((setting for setting in settings if not _SETTING.fullmatch(setting)), None):
        raise _refused(line, _("“%(setting)s” is not understood here.") % {"setting": wrong})
    if end <= start:
        raise _refused(line, _("it ends before it begins."))
    if before and start < before.end:
        raise _refused(line, _("it begins before the one above it has ended (line %(line)d).") % {"line": before.line})
    words = block[at + 1 :]
    text = "\n".join(map(_clean, words))
    if any("-->" in line_of_words for line_of_words in words):
        raise _refused(line, _("an empty line is missing between this one and the next."))
    if not re.sub(r"<[^>]*>", "", text).strip():
        raise _refused(line, _("nothing is said there."))
    if len(text) > MOST_SIGNS_OF_CUE:
        raise _refused(line, _("nobody reads so much at once. Divide it into two."))
    return Cue(line, start, end, " ".join(settings), text)


def _clean(words):
    parts = _TAG.split(words.strip())
    kept = [f"<{part}>" if at % 2 and _KEPT_TAG.fullmatch(part) else "" for at, part in enumerate(parts)]
    texts = [escape(unescape(part), quote=False) if at % 2 == 0 else "" for at, part in enumerate(parts)]
    return "".join(text + mark for text, mark in zip(texts, kept, strict=True))


def _thousandths(parts):
    hours, minutes, seconds, rest = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest


def _moment(thousandths):
    seconds, rest = divmod(thousandths, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{rest:03}"


def _refused(line, why):
    return UnusableRecording(_("Line %(line)d of the captions: %(why)s") % {"line": line, "why": why})
