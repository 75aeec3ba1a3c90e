import re
from collections import defaultdict

import polib
from django.conf import settings


def spanish_entries():
    for path in settings.BASE_DIR.glob("*/locale*/es/LC_MESSAGES/*.po"):
        for entry in polib.pofile(str(path)):
            words = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
            yield path.relative_to(settings.BASE_DIR).parts[0], entry, list(words)


def test_no_sentence_has_two_translations():
    said = defaultdict(lambda: defaultdict(set))
    for app, entry, words in spanish_entries():
        said[entry.msgctxt, entry.msgid][tuple(words)].add(app)
    assert len(said) > 1000
    assert {message: dict(words) for message, words in said.items() if len(words) > 1} == {}


def test_a_percentage_has_a_space_that_does_not_break_in_spanish_and_none_in_english():
    spanish = [text for _app, _entry, words in spanish_entries() for text in words]
    english = [entry.msgid for _app, entry, _words in spanish_entries()]
    assert [text for text in spanish if re.search(r"(\d|\)[sd]) ?%(?!\()", text)] == []
    assert [text for text in english if re.search(r"(\d|\)[sd])\s%(?!\()", text)] == []
    assert "%(number)s\xa0%%" in spanish


def test_the_course_itself_writes_percentages_so_too():
    bare = re.compile(r"\d ?%")
    texts = [path for path in (settings.BASE_DIR / "content" / "es").rglob("*.yaml") if path.name != "sources.yaml"]
    assert len(texts) > 50
    assert [path.name for path in texts if bare.search(path.read_text(encoding="utf-8"))] == []


def test_no_template_writes_the_sign_itself():
    written = re.compile(r"\}\}(\s|&nbsp;)?%(?!\})")
    templates = settings.BASE_DIR.glob("*/templates/**/*.html")
    assert [path.name for path in templates if written.search(path.read_text(encoding="utf-8"))] == []
