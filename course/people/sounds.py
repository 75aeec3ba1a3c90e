"""Words that sound alike in Spanish or in Spanish spellings of Mayan names: «velasques» and «velazquez»."""

import re
from functools import lru_cache

# One after the other; each side of a word that sounds alike comes out as the same letters.
_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ll", "y"),
        ("ph", "f"),
        # Christian and Cristian; any other «ch» is a sound of its own.
        ("ch(?=[lr])", "k"),
        ("ch", "C"),
        # «x» is a «sh» in Mayan names, and was a «j» in Spanish ones.
        ("sh|x|g(?=[ei])", "j"),
        ("gu(?=[ei])", "g"),
        # Huitz and Witz; Guaman, Huaman and Waman.
        ("hu(?=[aeio])|gu(?=[ao])", "w"),
        ("qu(?=[ei])|q|c(?![ei])", "k"),
        ("[cz]", "s"),
        ("v", "b"),
        ("h", ""),
        ("y", "i"),
        ("n(?=[bp])", "m"),
        (r"(.)\1+", r"\1"),
    )
]


@lru_cache(maxsize=10_000)
def sounding(word):
    """Return what all words in plain small letters that sound the same have in common; a silent letter alone stays."""
    sound = word
    for pattern, replacement in _SOUNDS:
        sound = pattern.sub(replacement, sound)
    return sound or word
