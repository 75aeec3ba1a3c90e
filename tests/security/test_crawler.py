import pytest

from tests.everyone import make_world

from .crawl import Page, Walk, crawl

pytestmark = [pytest.mark.django_db, pytest.mark.nightly]


@pytest.fixture
def world(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return make_world(tmp_path / "keys", settings)


@pytest.mark.parametrize("who", "NLGTAEPMS")
def test_no_page_breaks_or_returns_what_was_put_in(world, who):
    [walk] = crawl(world, who, most_pages=100_000)
    assert walk.findings == []
    assert walk.pages > 10
    assert walk.sent > 20


def test_the_crawler_sees_what_it_looks_for(rf, world):
    page = Page()
    page.feed(
        '<body onload="x()"><style>a{}</style><script>1</script><form method="post" action="/a/"><input name="b">'
    )
    assert page.inline == ["body onload", "style", "script"]
    assert [(form.action, form.has_token) for form in page.forms] == [("/a/", False)]
    assert Walk(None, chance=None, most_pages=0).run("/es/").pages == 0
