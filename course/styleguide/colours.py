"""The colours of the style sheet as it is served, with the contrast of each on its ground."""

import re
from pathlib import Path
from typing import NamedTuple

from django.contrib.staticfiles import finders

_TOKEN = re.compile(r"--([a-z-]+): ?(#[0-9A-Fa-f]{6})\b")
_LIGHT_RULE = re.compile(r":root \{([^}]*)\}")
_DARK_RULE = re.compile(r"prefers-color-scheme: dark\) \{\s*[^{}]+\{([^}]*)\}")


class Colour(NamedTuple):
    """A token in light and dark, each with its contrast on the paper of the same name."""

    name: str
    light: str
    light_contrast: float
    dark: str
    dark_contrast: float


def colours_of_site():
    """Return the `Colour`s of site.css in the order of its tokens."""
    light, dark = _read_tokens(Path(finders.find("site.css")).read_text(encoding="utf-8"))
    return [
        Colour(
            name,
            value,
            contrast(value, light["paper"]),
            dark.get(name, value),
            contrast(dark.get(name, value), dark["paper"]),
        )
        for name, value in light.items()
    ]


def contrast(one, other):
    """Return the contrast of two colours `#rrggbb` by the formula of WCAG 2.2, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _read_tokens(css):
    """Return ({token: colour in light}, {token: colour in dark}): the first rule, and the first of dark mode."""
    light, dark = _LIGHT_RULE.search(css)[1], _DARK_RULE.search(css)[1]
    return dict(_TOKEN.findall(light)), dict(_TOKEN.findall(dark))
