import re

import pytest
from playwright.sync_api import expect

from .browser import DESK, PHONE, sign_in
from .conftest import axe_violations, sideways
from .learner import make_ready, press, read_opening
from .trainer import PASSWORD

NARROW = {**PHONE, "viewport": {"width": 320, "height": 640}}
THANKS = "Gracias. Ya pasó por esta página."
KEPT = """
from course.models import SurveyEnvelope, SurveyPaperBatch, SurveyPassed
batch = SurveyPaperBatch.objects.order_by("pk").last()
print(batch.sheets, len({len(bytes(one.sealed)) for one in SurveyEnvelope.objects.all()}))
"""


def in_sight(page, button):
    box = button.bounding_box()
    return box["y"] >= 0 and box["y"] + box["height"] <= page.viewport_size["height"]


@pytest.mark.parametrize(
    "javascript",
    [pytest.param(True, id="with JavaScript", marks=pytest.mark.nightly), pytest.param(False, id="without")],
)
def test_the_page_is_declined_without_scrolling_and_the_course_goes_on(site, open_browser, javascript):
    code, pin = make_ready(site, "ENC222" if javascript else "ENC333")
    page = open_browser(PHONE, javascript=javascript)
    sign_in(page, code, pin)
    read_opening(page)
    assert page.url.endswith("/es/encuesta/")
    assert sideways(page) == 0
    if javascript:
        assert axe_violations(page) == []
    ways = [page.get_by_role("button", name=name).first for name in ("Enviar mis respuestas", "No contestar y seguir")]
    assert all(in_sight(page, way) for way in ways)
    looks = [way.evaluate("way => [getComputedStyle(way).cssText, way.offsetWidth, way.offsetHeight]") for way in ways]
    assert looks[0] == looks[1]
    # What is marked goes nowhere.
    page.locator(".survey [type=radio]").first.check()
    with page.expect_request(lambda request: request.method == "POST") as posted:
        press(page, "No contestar y seguir")
    assert "f-" not in posted.value.post_data.replace("csrf-", "")
    assert THANKS in page.inner_text("main")
    press(page, "Seguir con el curso")
    assert re.search(r"/es/m1/\d/$", page.url)
    assert page.complaints == []


def test_every_question_is_answered_with_a_finger_and_going_back_shows_nothing(site, open_browser):
    code, pin = make_ready(site, "ENC444")
    page = open_browser(PHONE, javascript=False)
    sign_in(page, code, pin)
    read_opening(page)
    questions = page.locator(".survey fieldset")
    assert questions.count() > 20
    for question in questions.all():
        option = question.locator("label").nth(1)
        assert option.bounding_box()["height"] >= 44
        option.click()
    assert page.locator(".survey input:checked").count() == questions.count()
    page.get_by_role("button", name="Enviar mis respuestas").last.click()
    expect(page.locator("main")).to_contain_text(THANKS)
    page.go_back()
    assert page.locator(".survey input:checked").count() == 0
    assert page.complaints == []


@pytest.mark.nightly
def test_enter_in_a_question_passes_nothing_and_loses_nothing(site, open_browser):
    code, pin = make_ready(site, "ENC555")
    page = open_browser(DESK)
    sign_in(page, code, pin)
    read_opening(page)
    page.locator(".survey [type=radio]").first.focus()
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".survey input:checked").count() == 1
    assert THANKS not in page.inner_text("main")


@pytest.mark.nightly
def test_ten_sheets_are_keyed_in_without_javascript(site, open_browser):
    for size in (NARROW, PHONE):
        page = open_browser(size, javascript=False)
        key_in_with_a_mistake(page)
    page.locator(".sheet-box input").first.fill("1")
    press(page, "Cerrar con llave 10 hojas")
    said = page.inner_text("main")
    assert "10 hojas quedaron cerradas con llave. Ya no se pueden ver ni corregir. Destruya las hojas." in said
    assert site.shell(KEPT).split() == ["10", "1"]
    assert [words for words in page.complaints if "422" not in words] == []


def key_in_with_a_mistake(page):
    sign_in(page, "facilitadora", PASSWORD)
    page.goto("/es/grupos/encuesta/")
    press(page, "En papel")
    assert sideways(page) == 0
    press(page, "Digitar hojas")
    page.locator("input[name=hojas]").fill("10")
    press(page, "Seguir")
    assert sideways(page) == 0
    page.locator("select[name=collected_by]").select_option(index=2)
    page.locator("input[name=everybody]").check()
    boxes = page.locator(".sheet-box")
    lines = [int(re.search(r"(\d+) número", box.locator("label").inner_text())[1]) for box in boxes.all()]
    for box, count in zip(boxes.all(), lines, strict=True):
        assert box.locator("input").bounding_box()["height"] >= 44
        box.locator("input").fill("2" * count)
    boxes.first.locator("input").fill("7")
    press(page, "Cerrar con llave 10 hojas")
    assert "Hoja 1, A: «7» no es un número de la línea A1" in page.inner_text(".error-summary")
    assert [box.input_value() for box in page.locator(".sheet-box input").all()][1:] == ["2" * n for n in lines[1:]]
    assert page.locator("input[name=everybody]").is_checked()


@pytest.mark.nightly
def test_a_line_that_drops_loses_nothing_that_was_marked(site, open_browser):
    code, pin = make_ready(site, "ENC666")
    page = open_browser(PHONE)
    sign_in(page, code, pin)
    read_opening(page)
    for question in page.locator(".survey fieldset").all()[:5]:
        question.locator("label").nth(1).click()
    no_line = page.get_by_role("alert")
    for button in ("Enviar mis respuestas", "No contestar y seguir"):
        page.context.set_offline(True)
        page.get_by_role("button", name=button).last.click()
        expect(no_line).to_be_focused()
        expect(no_line).to_be_in_viewport(ratio=1)
        assert page.locator(".survey input:checked").count() == 5
    assert axe_violations(page) == []
    page.complaints.clear()
    page.context.set_offline(False)
    with page.expect_request(lambda request: request.method == "POST") as posted:
        page.get_by_role("button", name="Enviar mis respuestas").first.click()
    assert posted.value.post_data.count("f-") == 5
    expect(page.locator("main")).to_contain_text(THANKS)
    assert page.complaints == []
