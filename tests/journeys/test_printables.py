import re

import pytest
from playwright.sync_api import expect

from .browser import LIGHT_AND_DARK, PHONE, sign_in
from .conftest import axe_violations, sideways

pytestmark = pytest.mark.nightly


SHEETS = ["lista-del-centro", "codigo-de-conducta", "plan-de-accion", "guia-de-la-reunion", "si-piden-datos"]


def answer(page, point, word):
    page.locator(f"[data-number='{point}']").get_by_label(word, exact=True).click()


def expect_counts(page, *counts):
    expect(page.locator(".answer-count .count").filter(has_text=re.compile("."))).to_have_text(counts)


def test_the_checklist_counts_each_group_and_lists_what_to_talk_about(site, open_browser):
    page = open_browser(PHONE)
    sign_in(page, "ANA234", "482913")
    page.goto("/es/hojas/lista-del-centro/")
    expect_counts(page)
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    for point, word in [(1, "Sí"), (2, "Sí"), (3, "En parte"), (7, "No sabemos"), (19, "No")]:
        answer(page, point, word)
    expect_counts(page, "Sí: 2 de 5", "Sí: 0 de 6", "Sí: 0 de 4")
    expect(page.locator(".talk")).to_have_text("Para conversar: 3 (en parte), 7 (no sabemos), 19 (no)")

    answer(page, 2, "No")  # another answer takes the place of the first
    answer(page, 7, "No sabemos")  # the same again takes it back
    expect_counts(page, "Sí: 1 de 5", "Sí: 0 de 4")
    expect(page.locator(".talk")).to_have_text("Para conversar: 2 (no), 3 (en parte), 19 (no)")
    expect(page.locator("[data-number='2'] :checked")).to_have_count(1)
    assert requests == []
    kept = "[...Object.keys(localStorage), ...Object.keys(sessionStorage)]"
    assert page.evaluate(f"{kept}.filter((key) => key !== 'person' && !key.startsWith('thought'))") == []

    page.reload()
    expect(page.locator(".answer-count :checked")).to_have_count(0)
    assert page.complaints == []


def test_without_javascript_the_boxes_can_still_be_ticked(site, open_browser):
    page = open_browser(PHONE, javascript=False)
    sign_in(page, "ANA234", "482913")
    page.goto("/es/hojas/lista-del-centro/")
    answer(page, 30, "Sí")
    expect(page.locator(".answer-count :checked")).to_have_count(1)
    page.goto("/es/hojas/")
    assert page.locator(".sheet-card").count() == 16


@pytest.mark.parametrize(("size", "dark"), LIGHT_AND_DARK, ids=["light phone", "dark desk"])
def test_every_sheet_is_accessible_and_fits_the_screen(site, open_browser, size, dark):
    page = open_browser(size, dark=dark)
    sign_in(page, "ANA234", "482913")
    for path in ["/es/hojas/", *(f"/es/hojas/{sheet}/" for sheet in SHEETS), "/en/hojas/guia-de-la-reunion/"]:
        assert page.goto(path).status == 200
        assert axe_violations(page) == [], path
        assert sideways(page) == 0, path
    assert page.complaints == []
