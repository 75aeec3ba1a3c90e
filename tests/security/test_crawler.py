"""A sample of what `script/crawl` walks whole: every link, every form, as people and as attackers do."""

import os

import pytest

from tests.everyone import make_world

from .crawl import Page, Walk, crawl

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def world(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return make_world(tmp_path / "keys", settings)


@pytest.mark.parametrize(("who", "pages"), [("N", 12), ("L", 14), ("T", 16), ("M", 10)])
def test_no_page_breaks_or_lets_out_what_was_put_in(world, who, pages):
    [walk] = crawl(world, who, seed=len(who) + pages, most_pages=pages)
    assert walk.findings == []
    assert (walk.pages, walk.sent > 20) == (pages, True)


@pytest.mark.skipif("CRAWL_PAGES" not in os.environ, reason="takes minutes: script/crawl")
@pytest.mark.parametrize("who", "NLGTAEPMS")
def test_the_whole_site(world, who):
    [walk] = crawl(world, who, most_pages=int(os.environ["CRAWL_PAGES"]))
    print(f"{walk.who}: {walk.pages} pages, {walk.sent} forms sent", *walk.findings, *walk.of_wagtail, sep="\n  ")
    assert walk.findings == []


def test_the_crawler_sees_what_it_looks_for(rf, world):
    page = Page()
    page.feed(
        '<body onload="x()"><style>a{}</style><script>1</script><form method="post" action="/a/"><input name="b">'
    )
    assert page.inline == ["body onload", "style", "script"]
    assert [(form.action, form.has_token) for form in page.forms] == [("/a/", False)]
    assert Walk(None, chance=None, most_pages=0).run("/es/").pages == 0
