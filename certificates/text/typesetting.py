"""Line breaking and font sizes, by the advance widths of the print font."""

from functools import cache
from typing import NamedTuple

from fontTools.ttLib import TTFont

from modules.pdf.renderer import BOLD_FONT, FONT_FILES, REGULAR_FONT

# Pango rounds advances and may kern a little wider than the table of widths says.
_SLACK = 1.02


class TypesetLines(NamedTuple):
    # Size in points.
    lines: tuple[str, ...]
    size: int


@cache
def _advances(font):
    # ({code point: advance in thousandths of an em}, advance of an unknown character)
    with TTFont(FONT_FILES / font, lazy=True) as face:
        metrics, unit = face["hmtx"].metrics, face["head"].unitsPerEm
        widths = {code: metrics[glyph][0] * 1000 / unit for code, glyph in face.getBestCmap().items()}
    return widths, max(widths.values())


def can_print(character):
    return all(ord(character) in _advances(font)[0] for font in (REGULAR_FONT, BOLD_FONT))


def without_unprintable(text):
    return " ".join("".join(c for c in text if c.isspace() or can_print(c)).split())


def width_of(text, *, size, font):
    widths, unknown = _advances(font)
    return sum(widths.get(ord(c), unknown) for c in text) * size * _SLACK / 1000


def fit_line(text, *, width, sizes, font=REGULAR_FONT):
    """Return the first of `sizes` (largest first) at which `text` fits in one line, else a smaller one."""
    for size in sizes:
        if width_of(text, size=size, font=font) <= width:
            return size
    return max(1, int(width / width_of(text, size=1, font=font)))


def set_text(text, *, width, largest, smallest, most_lines=2, font=REGULAR_FONT, spacing=0.0):
    """Return `TypesetLines` in as few lines as sizes from `largest` to `smallest` points allow.
    `spacing` between letters is in ems. Text that does not fit is set smaller still, in `most_lines`.
    """
    # Another line is better than letters much smaller than their neighbours'.
    comfortable = max(smallest, round(0.8 * largest))
    for count in range(1, most_lines + 1):
        lines = break_lines(text, count, font=font)
        widest = max(width_of(line, size=1, font=font) + spacing * len(line) for line in lines)
        size = min(largest, int(width / widest)) if widest else largest
        if size >= (comfortable if count < most_lines else smallest):
            break
    return TypesetLines(lines, max(1, size))


def break_lines(text, count, *, font=REGULAR_FONT):
    words = text.split(" ")
    if count == 1 or len(words) == 1:
        return (text,)
    low = max(width_of(word, size=1, font=font) for word in words)
    high = width_of(text, size=1, font=font)
    while high - low > 0.05:
        middle = (low + high) / 2
        low, high = (low, middle) if len(wrap(text, width=middle, size=1, font=font)) <= count else (middle, high)
    return wrap(text, width=high, size=1, font=font)


def wrap(text, *, width, size, font=REGULAR_FONT):
    space, lines, room = width_of(" ", size=size, font=font), [], 0.0
    for word in text.split(" "):
        needed = width_of(word, size=size, font=font)
        if lines and needed + space <= room:
            lines[-1] += f" {word}"
            room -= needed + space
        else:
            lines.append(word)
            room = width - needed
    return tuple(lines)


def break_wide_words(text, *, width, size, font=REGULAR_FONT):
    pieces = []
    for word in text.split(" "):
        pieces.append("")
        for character in word:
            if pieces[-1] and width_of(pieces[-1] + character, size=size, font=font) > width:
                pieces.append("")
            pieces[-1] += character
    return " ".join(pieces)


def fit_name(name, *, width, one_line=(44, 40, 36, 33, 30), two_lines=(32, 30, 28, 26, 24, 22)):
    """Return `TypesetLines`: one line while it stays large, else two of similar width."""
    if width_of(name, size=one_line[-1], font=BOLD_FONT) <= width or " " not in name:
        return TypesetLines((name,), fit_line(name, width=width, sizes=one_line, font=BOLD_FONT))
    lines = _halves(name)
    widest = max(lines, key=lambda line: width_of(line, size=1, font=BOLD_FONT))
    return TypesetLines(lines, fit_line(widest, width=width, sizes=two_lines, font=BOLD_FONT))


def _halves(name):
    # Never breaks after «de» or «la».
    words = name.split(" ")
    breaks = [i for i in range(1, len(words)) if not words[i - 1].islower()] or range(1, len(words))
    halves = [(" ".join(words[:i]), " ".join(words[i:])) for i in breaks]
    return min(halves, key=lambda pair: max(width_of(half, size=1, font=BOLD_FONT) for half in pair))
