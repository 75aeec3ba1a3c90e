"""The course that people read: every lesson and quiz, and the survey, is easy enough, or says why not."""

import pytest

from modules.text.readability import measure
from tools.prose import passages_of_piece
from tools.readability import MEASURED

from .the_course import LANGUAGES, names_of_pieces, piece_in


@pytest.mark.parametrize("language, name", [(code, name) for code in LANGUAGES for name in names_of_pieces(code)])
def test_a_text_of_the_course_is_easy_enough_or_says_why_not(language, name):
    """«Algo fácil» in Spanish, plain in English."""
    piece = piece_in(language, name)
    text = measure(passages_of_piece(piece), MEASURED[language])
    hardest = "\n".join(f"{sentence.words} {sentence.text}" for sentence in text.longest())
    assert text.is_easy or piece.get("plain_language_reason"), f"{text.index:.1f} ({text.label})\n{hardest}"
