"""docs/reference/source-article.md: what became of the article that the course began with."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
COURSE = ROOT / "content" / "es"
TEXT = (ROOT / "docs" / "reference" / "source-article.md").read_text(encoding="utf-8")


def test_every_checked_claim_of_the_article_has_its_row():
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE)] == list(range(1, 36))


def test_it_names_only_lessons_scenarios_and_questions_that_exist():
    files = "\n".join(path.read_text(encoding="utf-8") for path in COURSE.glob("m*/*.yaml"))
    there = set(re.findall(r"\bid: (M\d-\w+)$", files, re.MULTILINE))
    assert set(re.findall(r"\bM\d-[LEQ]\d+\b", TEXT)) - there == set()


def test_it_names_only_sources_of_the_course():
    sources = yaml.safe_load((COURSE / "sources.yaml").read_text(encoding="utf-8"))
    assert set(re.findall(r"\bS\d+b?\b", TEXT)) - {source["id"] for source in sources} == set()
