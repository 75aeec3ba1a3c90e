"""The course that people read: every lesson and quiz, and the survey, is «algo fácil» or easier, or says why not."""

import pytest
from django.conf import settings

from modules.content.loading.files import read_pieces
from modules.text.prose import passages_of_piece
from modules.text.readability import measure

PIECES = read_pieces(settings.BASE_DIR / "content", "es")


@pytest.mark.parametrize("name", PIECES)
def test_a_text_of_the_course_is_fairly_easy_or_says_why_not(name):
    piece = PIECES[name]
    text = measure(passages_of_piece(piece))
    hardest = "\n".join(f"{sentence.words} {sentence.text}" for sentence in text.longest())
    assert text.is_easy or piece.get("plain_language_reason"), f"{text.fernandez_huerta:.1f} ({text.label})\n{hardest}"
