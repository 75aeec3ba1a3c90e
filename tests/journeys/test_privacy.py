import pytest
from playwright.sync_api import expect

from .browser import DESK, PHONE, sign_in

KEPT = """() => JSON.stringify([location.href, history.length, history.state, document.cookie, document.title,
  {...localStorage}, {...sessionStorage}, window.name, [...new FormData(document.forms[0] || undefined)]])"""
# What browsers keep besides, which only a page with scripts can be asked for.
KEPT_BESIDES = "async () => JSON.stringify([await indexedDB.databases(), await caches?.keys()])"
ROWS = """
import hashlib
from django.db import connection
with connection.cursor() as cursor:
    for table in connection.introspection.table_names(cursor):
        cursor.execute(f'SELECT * FROM "{table}"')
        print(table, hashlib.sha256(repr(sorted(map(repr, cursor.fetchall()))).encode()).hexdigest())
"""


@pytest.mark.parametrize("javascript", [True, False])
def test_nothing_tells_which_choices_of_a_scene_were_made(site, open_browser, javascript):
    page = open_browser(PHONE, javascript=javascript)
    sign_in(page, "ANA234", "482913")
    page.goto("/es/m1/5/")
    page.wait_for_load_state("networkidle")
    scene = page.locator(".scene").first
    scene.evaluate("(scene) => scene.scrollIntoView()")
    page.wait_for_timeout(600)

    def kept():
        besides = page.evaluate(KEPT_BESIDES) if javascript else ""
        return page.evaluate(KEPT), besides, page.context.cookies()

    before, rows, asked = kept(), site.shell(ROWS), []
    page.on("request", lambda request: asked.append(request.url))
    played = play_all(page, scene, kept)
    page.wait_for_timeout(600)
    # Three choices, three after the one that leads on, and leaving there.
    assert len(played) == 7
    assert {str(found) for found in played} == {str(before)}
    assert kept() == before
    assert asked == []
    assert site.shell(ROWS) == rows
    assert page.complaints == []


def play_all(page, around, kept):
    found = []
    for way in around.locator(".choices").first.locator("xpath=./details").all():
        way.locator("xpath=./summary").click()
        found.append(kept())
        if way.locator(".choices").count():
            found += play_all(page, way, kept)
        else:
            expect(way.locator(".path-end")).to_be_visible()
        way.locator("xpath=./summary").click()
        expect(around.locator(".path-end:visible")).to_have_count(0)
    return found


def test_the_scene_of_the_own_role_comes_first(site, open_browser):
    page = open_browser(DESK, javascript=False)
    sign_in(page, "ANA234", "482913")
    page.goto("/es/m1/5/")
    assert "El número catorce" in page.locator("main h2").first.inner_text()


def test_the_titles_and_addresses_of_pages_say_nothing_of_the_subject(site, open_browser):
    page = open_browser(DESK)
    sign_in(page, "ANA234", "482913")
    for path in ("/es/", "/es/m1/", "/es/m1/1/", "/es/m2/4/", "/es/cuestionario/m2/", "/es/directorio/"):
        page.goto(path)
        title = page.title().casefold()
        assert "trato digno" in title
        assert not [word for word in ("sexual", "estigma", "vih", "explotación") if word in title]
