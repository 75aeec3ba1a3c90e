"""content/es/sources.yaml: every source is used somewhere, and no address is of a copy of somebody else's work."""

import re

import pytest
import yaml
from django.conf import settings

COURSE = settings.BASE_DIR / "content" / "es"
SOURCES = yaml.safe_load((COURSE / "sources.yaml").read_text(encoding="utf-8"))
ARTICLE = (settings.BASE_DIR / "docs" / "reference" / "source-article.md").read_text(encoding="utf-8")
MARK = re.compile(r"\[(S\d+[a-z]?)\]")
# Where others put works up, where nobody in particular writes, or where a site is tried out before it is published:
# what is cited is the work where its author published it.
COPIES = (
    "scribd",
    "slideshare",
    "joomag",
    "studylib",
    "rssing",
    "go-vip",
    "tesis.edu.red",
    "psicolog.org",
    "hepmag",
    "scite.ai",
    "blogspot",
    "wikipedia",
    "uatweb",
)


def _cited_in(value):
    """The ids in the marks of its texts and in its lists of sources."""
    if isinstance(value, str):
        return set(MARK.findall(value))
    if isinstance(value, list):
        return set().union(*map(_cited_in, value))
    if isinstance(value, dict):
        return set(value.get("sources", [])) | set().union(*map(_cited_in, value.values()))
    return set()


@pytest.fixture(scope="module")
def cited():
    files = (path for path in COURSE.rglob("*.yaml") if path.name != "sources.yaml")
    of_the_course = (_cited_in(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in files)
    return set(re.findall(r"\bS\d+[a-z]?\b", ARTICLE)).union(*of_the_course)


@pytest.mark.parametrize("identifier", [source["id"] for source in SOURCES])
def test_every_source_is_cited_in_the_course_or_in_the_page_on_its_article(identifier, cited):
    assert identifier in cited


@pytest.mark.parametrize(
    "source", [source for source in SOURCES if "address" in source], ids=lambda source: source["id"]
)
def test_no_address_is_of_a_copy(source):
    assert [copy for copy in COPIES if copy in source["address"].lower()] == []
