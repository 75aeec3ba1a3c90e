"""Django merges the catalogues of all apps into one, where the last one loaded would win without a word."""

from collections import defaultdict

import polib
from django.conf import settings


def test_no_sentence_has_two_translations():
    said = defaultdict(lambda: defaultdict(set))
    for path in settings.BASE_DIR.glob("*/locale*/es/LC_MESSAGES/*.po"):
        for entry in polib.pofile(str(path)):
            words = entry.msgstr or tuple(entry.msgstr_plural.values())
            said[entry.msgctxt, entry.msgid][words].add(path.relative_to(settings.BASE_DIR).parts[0])
    assert len(said) > 1000
    assert {message: dict(words) for message, words in said.items() if len(words) > 1} == {}
