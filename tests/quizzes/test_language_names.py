"""Languages are called by the names that people give them, within a sentence."""

import pytest
from django.utils.translation import override

from quizzes.wording.languages import has_name, language_named, languages_to_choose


@pytest.mark.parametrize(
    ("code", "spanish", "english", "own"),
    [
        ("es", "español", "Spanish", "español"),
        ("en", "inglés", "English", "English"),
        ("cak", "kaqchikel", "Kaqchikel", "Kaqchikel"),
        ("kek", "q’eqchi’", "Q’eqchi’", "Q’eqchi’"),
        ("tzj", "tz’utujil", "Tz’utujil", "Tz’utujil"),
        ("cab", "garífuna", "Garifuna", "Garifuna"),
        ("fr", "francés", "French", "français"),
        ("xx", "xx", "xx", "xx"),
    ],
)
def test_a_language_has_its_name_in_spanish_in_english_and_its_own(code, spanish, english, own):
    with override("es"):
        assert language_named(code).name == spanish
    with override("en"):
        named = language_named(code)
        assert (named.code, named.name, named.own_name) == (code, english, own)
    assert has_name(code) is (code != "xx")


def test_those_of_the_site_come_first_then_those_of_guatemala():
    with override("es"):
        names = [name for _code, name in languages_to_choose()]
    assert names[:2] == ["español", "inglés"]
    assert {"kaqchikel", "k’iche’", "mam", "q’eqchi’", "xinka", "garífuna", "ixil"} <= set(names)
    assert len(set(names)) == len(names)
