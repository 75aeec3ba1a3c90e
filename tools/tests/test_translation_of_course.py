"""Every translation of the course says what the original says: ids, answers, marks, sources, addresses, telephones.

So what other tests hold of the original's ids, sources and minutes holds of the translations too.
"""

import pytest

from tools.translation.files import compare_language

from .the_course import FOLDER, LANGUAGES, ORIGINAL


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != ORIGINAL])
def test_a_translation_is_whole_and_like_the_original(language):
    """`python -m tools.check translation --language en` says the same, and what is only worth a look."""
    files = compare_language(FOLDER, language)
    assert [file.name for file in files if file.is_missing] == []
    assert [f"{file.name}: {fault}" for file in files for fault in file.faults] == []
