from decimal import Decimal

import pytest
from django.utils import translation

from quizzes.wording.percentages import write_percentage


@pytest.mark.parametrize(("language", "words"), [("es", "87.5\xa0%"), ("en", "87.5%")])
def test_spanish_has_a_space_that_does_not_break_and_english_none(language, words):
    with translation.override(language):
        assert write_percentage(Decimal("87.5")) == words
