"""The words of options and lessons, as whoever guesses looks at them. Spanish; pure."""

import re
import unicodedata
from functools import lru_cache

# Of a word of four letters or more this much is looked at: «atiende» and «atienden» are one.
LETTERS = 5
LEAST_LETTERS = 4
# Words that say how a sentence hangs together, and nothing of what it says.
STOP_WORDS = frozenset(
    """
    algo alguien antes aquel aunque cada como contra cual cuando desde despues donde durante ella ellas ellos entre esas
    esos esta estas este esto estos hasta luego mientras misma mismo mucho nada nadie otra otras otro otros para pero
    porque quien quienes segun sino sobre solo tambien tanto toda todas todo todos unas unos usted ustedes
    """.split()  # noqa: SIM905 - one reads a list of words as a text
)
_ABSOLUTE = re.compile(
    r"\b(?:solo|sólo|nunca|siempre|nadie|nada|ning[uú]n\w*|tod[oa]s?|cualquiera?|basta|jamás|únicamente)\b",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"\b(?:por favor|gracias|con gusto|a solas|le parece|si quiere|quizás?|puede\w*|según|igual)\b"
    r"|\b(?:respet|acept|explic|ofre[cz]|pregunt|acompañ)\w*|\?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")


def fold(text):
    """Return a text in small letters without accents; «ñ» loses its tilde too."""
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def words_of(text):
    """Return the words and figures of a text, folded, in order."""
    return _WORD.findall(fold(text))


@lru_cache(maxsize=8192)
def stems_of(text):
    """Return the first five letters of every word of four or more that is no stop word."""
    return frozenset(
        word[:LETTERS]
        for word in words_of(text)
        if len(word) >= LEAST_LETTERS and word.isalpha() and word not in STOP_WORDS
    )


def count_absolutes(text):
    """Return how many words allow no exception: siempre, nunca, nadie, todo…"""
    return len(_ABSOLUTE.findall(text))


def count_courtesies(text):
    """Return how often a text asks, thanks, offers or leaves it open: por favor, quizá, pregunta, «?»…"""
    return len(_COURTESY.findall(text))
