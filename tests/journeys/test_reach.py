import pytest
from playwright.sync_api import expect

from .browser import DESK, PASSWORD, PHONE, sign_in
from .conftest import sideways
from .learner import come_to_one_answer, follow, press
from .test_comfort import COMMON, LEARNER
from .test_screens import TRAINER

pytestmark = pytest.mark.nightly


NARROW = {**PHONE, "viewport": {"width": 320, "height": 640}}
DESK_PAGES = [
    *TRAINER,
    "/es/grupos/1/sesiones/",
    "/es/grupos/1/papel/",
    "/es/grupos/1/certificados/",
    "/es/grupos/1/cuando-llamar/",
    "/es/grupos/1/de-nuevo/",
    "/es/grupos/1/archivo/",
    "/es/grupos/1/quien-hizo-que/",
    "/es/grupos/nuevo/",
    "/es/grupos/registro/",
    "/es/grupos/a-quien-llamar/papelitos/",
    "/es/grupos/a-quien-llamar/correos/",
]
# Which of these reach beyond what they stand in.
FULL = """all => all
  .filter((one) => one.getBoundingClientRect().right > one.parentElement.getBoundingClientRect().right)
  .map((one) => one.textContent)"""


def pages_of_one(page):
    page.goto("/es/grupos/1/sesiones/")
    page.fill("[name=place]", "Salón comunal")
    page.locator("[name=modules]").first.check()
    press(page, "Guardar la sesión")
    session = page.url
    page.goto("/es/grupos/1/")
    follow(page.locator("main tbody th a:visible").first)
    return [session, f"{session}grupal/", page.url]


def wear(site, code, look):
    site.shell(f"from course.models import User; User.objects.filter(username={code!r}).update(comfort={look!r})")


def let_sign_in(site, code):
    site.shell(
        f"from course.models import User; one = User.objects.get(username={code!r})\n"
        "one.set_password('482913'); one.save()"
    )


@pytest.mark.parametrize(
    ("who", "secret", "paths"),
    [("ANA234", "482913", [*LEARNER, *COMMON]), ("facilitadora", PASSWORD, DESK_PAGES)],
    ids=["learner", "trainer"],
)
def test_nothing_scrolls_sideways_on_the_narrowest_screen_with_the_largest_letters(
    site, open_browser, who, secret, paths
):
    page = open_browser(NARROW)
    sign_in(page, who, secret)
    if paths is DESK_PAGES:
        paths = [*paths, *pages_of_one(page)]
    wear(site, who, "size-150")
    try:
        wide = [path for path in paths if page.goto(path) and sideways(page)]
    finally:
        wear(site, who, "")
    wide += [path for path in paths if path.endswith("papelitos/") and page.goto(path) and sideways(page)]
    assert wide == []


def test_on_a_phone_what_is_short_stays_on_one_line_and_in_its_box(site, open_browser):
    page = open_browser({**PHONE, "viewport": {"width": 360, "height": 640}})
    page.goto("/es/")
    top = page.locator(".top .inside").bounding_box()
    assert top["height"] < 60, "The header needs a second row."
    let_sign_in(site, "EDG526")
    sign_in(page, "EDG526", "482913")
    tool, name = (page.locator(part).bounding_box() for part in (".tools", ".more"))
    assert name["x"] - tool["x"] - tool["width"] < 20, "How the page looks stands far from the name."
    practise = page.locator(".path p a").first.bounding_box()
    assert 44 <= practise["height"] < 48
    page.goto("/es/m1/5/")
    play_to_an_end(page)
    assert page.locator(".path-end:visible .rule").evaluate("rule => getComputedStyle(rule).borderBottomWidth") == "0px"


def test_whoever_goes_back_in_a_scene_sees_what_was_asked_and_what_they_had_chosen(site, open_browser):
    page = open_browser({**PHONE, "viewport": {"width": 360, "height": 640}})
    let_sign_in(site, "EDG526")
    sign_in(page, "EDG526", "482913")
    page.goto("/es/m1/5/")
    choice = play_to_an_end(page)
    page.locator(".again-button:visible").click()
    page.wait_for_function("choice => choice === document.activeElement", arg=choice)
    for seen in (page.locator(".ask:visible").last.element_handle(), choice):
        box = seen.bounding_box()
        assert 0 <= box["y"] <= box["y"] + box["height"] <= 640


def play_to_an_end(page):
    choice = None
    while not page.locator(".path-end:visible").count():
        choices = page.locator(".scene").first.locator(".choice:not([open]) > summary:visible")
        choice = choices.nth(1).element_handle()
        choice.click()
    return choice


def test_below_a_long_warning_whoever_chooses_sees_what_they_chose_and_what_came_of_it(site, open_browser):
    page = open_browser({**PHONE, "viewport": {"width": 360, "height": 640}})
    let_sign_in(site, "EDG526")
    sign_in(page, "EDG526", "482913")
    page.goto("/es/m2/5/?todas")
    while not page.locator(".scene-warning:visible").count():
        page.locator(".skips a:visible").click()
    scene = page.locator(".scene", has=page.locator(".scene-warning:visible")).first
    scene.locator(".scene-warning > summary").click()
    scene.locator(".choice > summary").first.click()
    for seen in (scene.locator(".choice > summary").first, scene.locator(".choice .outcome > *").first):
        expect(seen).to_be_in_viewport(ratio=1)


def test_the_text_of_an_option_keeps_to_its_box_with_the_largest_letters(site, open_browser):
    page = open_browser(NARROW)
    let_sign_in(site, "EDG526")
    sign_in(page, "EDG526", "482913")
    page.goto("/es/cuestionario/m1/")
    follow(page.locator("main .actions .button"))
    come_to_one_answer(page)
    wear(site, "EDG526", "size-150")
    try:
        page.reload()
        options = page.locator(".option > span")
        assert options.count() > 1
        assert options.evaluate_all(FULL) == []
    finally:
        wear(site, "EDG526", "")


def test_on_the_desk_what_was_refused_or_done_has_the_focus(open_browser):
    page = open_browser({"viewport": {"width": 1280, "height": 800}})
    sign_in(page, "facilitadora", PASSWORD)
    # Refused: the summary is seen and has the focus, and leads to the field. The browser does it without a script too.
    page.goto("/es/grupos/1/datos/")
    page.fill("[name=name]", "")
    press(page, "Guardar")
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator(".error-summary")).to_be_in_viewport()
    assert page.title().startswith("Error: ")
    page.locator(".error-summary a").click()
    expect(page.locator("[name=name]")).to_be_focused()
    # Done, far down a list: the message is seen and has the focus.
    page.goto("/es/grupos/")
    page.locator(".call-lines form button", has_text="Ya llamé").last.click()
    expect(page.locator("[data-said]")).to_be_focused()
    expect(page.locator("[data-said]")).to_be_in_viewport(ratio=1)
    page.locator("summary", has_text="Llamadas").or_(
        page.locator(".calls:not(.plans-due) details.no-print summary")
    ).last.click()
    press(page, "Deshacer")
    expect(page.locator("[data-said]")).to_be_focused()
    expect(page.locator("[data-said]")).to_be_in_viewport(ratio=1)


def test_without_a_script_the_browser_leads_to_what_was_refused(open_browser):
    page = open_browser(PHONE, javascript=False)
    page.goto("/accounts/login/")
    page.fill("[name=login]", "ANA234")
    press(page, "Ingresar")
    expect(page.locator(".error-summary")).to_be_in_viewport(ratio=1)
    assert page.locator(".error-summary:focus").count() == 1


def test_in_forced_colours_the_weave_and_the_current_place_are_told_apart(site, open_browser):
    page = open_browser(DESK)
    page.emulate_media(forced_colors="active")
    sign_in(page, "facilitadora", PASSWORD)
    page.goto("/es/grupos/1/")
    border = "(links) => links.map((link) => getComputedStyle(link).borderBottomColor)"
    here, *_rest = page.locator(".desk-menu [aria-current]").evaluate_all(border)
    assert here not in page.locator(".desk-menu a:not([aria-current])").evaluate_all(border)
    page.goto("/es/")
    fills = "(rule) => [...new Set([...document.querySelectorAll(rule)].map((path) => getComputedStyle(path).fill))]"
    unwoven = page.evaluate(fills, ".unwoven path, path.unwoven")
    assert unwoven == ["none"]
