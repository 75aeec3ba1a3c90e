import shutil

import pytest
from playwright.sync_api import expect

from .browser import CHROMIUM, DESK, FLAGS, PASSWORD, PATIENCE, PHONE, sign_in
from .conftest import axe_violations
from .learner import answer, press
from .test_bad_moments import END_SESSIONS, begin_quiz, facts

TRAINER = ("facilitadora", PASSWORD)
ANA = ("ANA234", "482913")
GROUP = "/es/grupos/1/"
SOMEBODY = "Ixcot"  # stands in the grid of that group
KEPT = "Object.keys({...sessionStorage, ...localStorage}).filter((key) => key !== 'person')"
LEFT_BEHIND = """
sessionStorage.setItem("thought:1:0", "un secreto");
localStorage.setItem("wagtail:side-panel-width", "320");
sessionStorage.setItem("wagtail:spa", "x")
"""


@pytest.fixture
def open_remembering(chromium, site):
    browser = chromium.browser_type.launch(
        executable_path=shutil.which(CHROMIUM), args=FLAGS, ignore_default_args=["--disable-back-forward-cache"]
    )

    def _open(*, javascript=True):
        context = browser.new_context(base_url=site.url, locale="es-GT", java_script_enabled=javascript, **DESK)
        context.set_default_timeout(PATIENCE)
        return context.new_page()

    yield _open
    browser.close()


def open_tab(page, path):
    tab = page.context.new_page()
    tab.goto(path)
    return tab


def expect_closed(page):
    expect(page.get_by_role("heading", name="Esta página se cerró")).to_be_visible()
    assert page.title() == "Trato digno"
    assert SOMEBODY not in page.content()
    assert "Marta" not in page.content()


def test_the_grid_in_another_tab_is_covered_at_once_when_the_person_changes(site, open_browser):
    page = open_browser()
    sign_in(page, *TRAINER)
    grid = open_tab(page, GROUP)
    editing = open_tab(page, "/cms/")
    expect(grid.get_by_text(SOMEBODY).filter(visible=True).first).to_be_visible()
    press(page, "Cambiar de persona")
    expect_closed(grid)
    expect(editing.get_by_role("heading", name="Esta página se cerró")).to_be_visible()
    assert axe_violations(grid) == []
    sign_in(page, *ANA)
    grid.go_back()
    grid.go_forward()
    assert SOMEBODY not in grid.content()
    assert page.complaints == []


@pytest.mark.nightly
def test_who_goes_on_in_two_tabs_is_covered_in_none(site, open_browser):
    page = open_browser()
    sign_in(page, *ANA)
    other = open_tab(page, "/es/m1/1/")
    page.goto("/es/glosario/")
    other.wait_for_timeout(300)
    assert other.locator("h1").inner_text() != "Esta página se cerró"
    assert other.locator("#gone").count() == 1


@pytest.mark.nightly
def test_a_session_that_ended_by_itself_reaches_the_other_tabs_at_the_next_page(site, open_browser):
    page = open_browser()
    sign_in(page, *TRAINER)
    grid = open_tab(page, GROUP)
    site.shell(END_SESSIONS)
    page.goto("/es/glosario/")
    expect_closed(grid)


@pytest.mark.parametrize("javascript", [True, False])
def test_back_after_leaving_shows_nothing_of_who_left(site, open_remembering, javascript):
    page = open_remembering(javascript=javascript)
    sign_in(page, *TRAINER)
    page.goto(GROUP)
    press(page, "Cambiar de persona")
    page.go_back()
    assert SOMEBODY not in page.content()
    sign_in(page, *ANA)
    for _ in range(4):
        page.go_back()
        assert SOMEBODY not in page.content()
        assert page.locator("[type=password]").evaluate_all("all => all.map((box) => box.value).join('')") == ""


def test_a_page_that_the_browser_kept_looks_who_is_there_when_it_is_shown(site, open_browser):
    page = open_browser()
    sign_in(page, *TRAINER)
    page.goto(GROUP)
    shown = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
    page.evaluate(shown)
    assert SOMEBODY in page.content()
    page.evaluate(f"document.cookie = 'person=0123456789abcdef; path=/'; {shown}")
    expect_closed(page)


def want_to_leave(page):
    leave = page.get_by_role("button", name="Cambiar de persona")
    if not leave.count():
        page.locator(".more > summary").click()
    leave.click()


def test_what_was_kept_for_a_person_goes_with_them_and_what_waits_stays(site, open_browser, answers):
    page = open_browser()
    begin_quiz(site, page, "ESP222")
    question = page.url
    page.route("**/respuestas/", lambda route: route.abort())
    answer(page, answers)
    page.locator(".save-state", has_text="Sin conexión").wait_for()
    page.evaluate(LEFT_BEHIND)
    # Where nothing is kept on the device, leaving is asked about; what waits stays for as long as this tab does.
    want_to_leave(page)
    expect(page.get_by_role("dialog")).to_contain_text("1 respuesta sin enviar")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Esperar").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    want_to_leave(page)
    press(page, "Salir y perderlas")
    page.unroute("**/respuestas/")
    waiting = page.evaluate(KEPT)
    assert [key.split("-")[0] for key in waiting] == ["attempt"]
    sign_in(page, *ANA)
    page.goto(question)
    assert "Esta página no está aquí" in page.inner_text("main")
    assert page.evaluate(KEPT) == waiting
    assert facts(site, "ESP222") == (0, 1, False)
    press(page, "Cambiar de persona")
    sign_in(page, "ESP222", "739182")
    with page.expect_response("**/respuestas/"):
        page.goto(question)
    page.locator(".save-state", has_text="Guardado").wait_for()
    assert page.evaluate(KEPT) == []
    assert facts(site, "ESP222") == (1, 1, False)


@pytest.mark.nightly
def test_idle_without_a_line_covers_the_page_and_closes_the_session_when_the_line_is_back(site, open_browser, answers):
    page = open_browser()
    page.clock.install()
    begin_quiz(site, page, "OCI222")
    page.context.set_offline(True)
    answer(page, answers)
    page.locator(".save-state", has_text="Sin conexión").wait_for()
    page.clock.fast_forward("09:10")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.clock.fast_forward("01:00")
    expect(page.get_by_role("heading", name="Esta página se cerró")).to_be_visible()
    assert sum(key.startswith("attempt-") for key in page.evaluate(KEPT)) == 1
    with page.expect_response("**/respuestas/"):
        page.context.set_offline(False)
        page.evaluate("dispatchEvent(new Event('online'))")
    page.clock.fast_forward("00:10")
    page.wait_for_url("**/accounts/login/**")
    assert "la sesión se cerró" in page.inner_text("main")
    assert page.evaluate(KEPT) == []
    assert facts(site, "OCI222") == (1, 1, False)


@pytest.mark.nightly
def test_an_answer_that_waited_in_a_covered_page_goes_to_whose_it_is(site, open_browser, answers):
    page = open_browser()
    begin_quiz(site, page, "CUB222")
    page.route("**/respuestas/", lambda route: route.abort())
    answer(page, answers)
    page.locator(".save-state", has_text="Sin conexión").wait_for()
    other = open_tab(page, "/es/glosario/")
    press(other, "Cambiar de persona")
    expect(page.get_by_role("heading", name="Esta página se cerró")).to_be_visible()
    page.unroute("**/respuestas/")
    sign_in(other, *ANA)
    with page.expect_response("**/respuestas/"):
        page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text("Su respuesta quedó guardada para ella.")).to_be_visible()
    assert facts(site, "CUB222") == (1, 1, False)
    assert page.evaluate(KEPT) == []


@pytest.mark.nightly
def test_who_works_in_one_tab_is_not_idle_in_another(site, open_browser):
    page = open_browser()
    sign_in(page, *ANA)
    other = page.context.new_page()
    other.clock.install()
    other.goto("/es/m1/1/")
    other.clock.fast_forward("09:10")
    expect(other.get_by_role("dialog")).to_be_visible()
    page.goto("/es/glosario/")
    other.clock.fast_forward("00:05")
    expect(other.get_by_role("dialog")).to_be_hidden()


@pytest.mark.nightly
def test_a_telephone_is_taken_for_an_own_one_until_somebody_says_otherwise(site, open_browser):
    page = open_browser(PHONE)
    shared = page.get_by_label("Otras personas también usan")
    page.goto("/accounts/login/")
    expect(shared).not_to_be_checked()
    shared.check()
    page.fill("[name=login]", ANA[0])
    page.fill("[name=password]", ANA[1])
    press(page, "Ingresar")
    press(page, "Cambiar de persona")
    expect(shared).to_be_checked()
    desk = open_browser()
    desk.goto("/accounts/login/")
    expect(desk.get_by_label("Otras personas también usan")).to_be_checked()
