"""How large type can be so that a line fits: measured with the advance widths of the font that prints it."""

from functools import cache
from typing import NamedTuple

from fontTools.ttLib import TTFont

from modules.press import BOLD, FONT_FILES, REGULAR

# Pango rounds advances and may kern a little wider than the table of widths says.
_SLACK = 1.02


class SetLines(NamedTuple):
    """Lines of text and the size, in points, at which the widest of them fits."""

    lines: tuple[str, ...]
    size: int


@cache
def _advances(font):
    """Return ({code point: advance in thousandths of an em}, advance of an unknown character)."""
    with TTFont(FONT_FILES / font, lazy=True) as face:
        metrics, unit = face["hmtx"].metrics, face["head"].unitsPerEm
        widths = {code: metrics[glyph][0] * 1000 / unit for code, glyph in face.getBestCmap().items()}
    return widths, max(widths.values())


def can_print(character):
    """Say whether both weights of the print font have this character."""
    return all(ord(character) in _advances(font)[0] for font in (REGULAR, BOLD))


def width_of(text, *, size, font):
    """Return the width of `text` in points."""
    widths, unknown = _advances(font)
    return sum(widths.get(ord(c), unknown) for c in text) * size * _SLACK / 1000


def fit_line(text, *, width, sizes, font=REGULAR):
    """Return the first of `sizes` (largest first) at which `text` fits in one line, else a smaller one that does."""
    for size in sizes:
        if width_of(text, size=size, font=font) <= width:
            return size
    return max(1, int(width / width_of(text, size=1, font=font)))


def fit_text(text, *, width, one_line, two_lines, font=REGULAR):
    """Return the size at which `text` fits in one line while that is one of `one_line`, else in two."""
    size = fit_line(text, width=width, sizes=one_line, font=font)
    # A line that breaks at a space leaves some of its width empty.
    return size if size >= one_line[-1] else fit_line(text, width=1.7 * width, sizes=two_lines, font=font)


def fit_name(name, *, width, one_line=(44, 40, 36, 33, 30), two_lines=(32, 30, 28, 26, 24, 22)):
    """Return the name as `SetLines`: in one line while that stays large, else in two of similar width."""
    if width_of(name, size=one_line[-1], font=BOLD) <= width or " " not in name:
        return SetLines((name,), fit_line(name, width=width, sizes=one_line, font=BOLD))
    lines = _halves(name)
    widest = max(lines, key=lambda line: width_of(line, size=1, font=BOLD))
    return SetLines(lines, fit_line(widest, width=width, sizes=two_lines, font=BOLD))


def _halves(name):
    """Return the name broken at the space that leaves two lines of the most similar width, never after «de» or «la»."""
    words = name.split(" ")
    breaks = [i for i in range(1, len(words)) if not words[i - 1].islower()] or range(1, len(words))
    halves = [(" ".join(words[:i]), " ".join(words[i:])) for i in breaks]
    return min(halves, key=lambda pair: max(width_of(half, size=1, font=BOLD) for half in pair))
