import re
import ssl

import pytest
from playwright.sync_api import expect

from course.installing import authority_page

from .browser import DESK, PHONE, sign_in
from .conftest import axe_violations, sideways
from .learner import finish_part, follow, press

pytestmark = pytest.mark.nightly


LOOKS = [
    ("size-150", PHONE),
    ("size-150 theme-dark", DESK),
    ("size-130 contrast", PHONE),
    ("size-100 theme-dark contrast", DESK),
]
LEARNER = ["/es/", "/es/m1/", "/es/m1/1/", "/es/m1/5/", "/es/m2/2/", "/es/cuestionario/m1/", "/accounts/cuenta/"]
COMMON = ["/es/directorio/", "/es/glosario/", "/es/lenguaje/", "/es/buscar/", "/es/comodidad/"]
SCREENS = [*LEARNER, *COMMON, "/es/hoja-de-leccion/m2/2/"]

# A browser without a window has no voices: these stand for those of a telephone, and note what is said.
VOICES = """
window.said = [];
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
const voices = [
  { lang: "es-GT", localService: false, name: "of a service" },
  { lang: "es-ES", localService: true, name: "Spain" },
  { lang: "es_MX", localService: true, name: "Mexico" },
  { lang: "en-US", localService: true, name: "English" },
];
let tell = () => {}, known = [];
window.giveVoices = (chosen = voices) => { known = chosen; tell(); };
window.finishPiece = () => window.speaking.onend();
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => known,
  addEventListener: (kind, listener) => { tell = listener; },
  cancel: () => window.said.push("—"),
  speak: (words) => { window.speaking = words; window.said.push(`${words.voice.name} ${words.rate}: ${words.text}`); },
} });
"""


def expect_look(page, classes):
    expect(page.locator("html")).to_have_class(classes)


def open_panel(page):
    page.locator("comfort-panel summary").click()
    page.wait_for_selector(".panel")


def read_on(page):
    for _card in range(3):
        page.locator(".card-nav a.button:visible").click()
    expect(page).to_have_url(re.compile("#c4$"))


def usual_look(page):
    page.goto("/es/comodidad/")
    page.check("main input[name=size][value='100']")
    page.check("main input[name=theme][value='']")
    page.uncheck("main input[name=contrast]")
    press(page, "Guardar")


def test_a_choice_in_the_panel_holds_at_once_and_on_the_next_page(site, open_browser):
    page = open_browser(PHONE)
    sign_in(page, "ANA234", "482913")
    page.goto("/es/m1/1/")
    before = page.evaluate("getComputedStyle(document.querySelector('.card p.idea, .card .idea p')).fontSize")
    open_panel(page)
    with page.expect_response("**/comodidad/"):
        page.check(".panel input[name=size][value='150']")
    with page.expect_response("**/comodidad/"):
        page.check(".panel input[name=theme][value=dark]")
    expect_look(page, "size-150 theme-dark")
    after = page.evaluate("getComputedStyle(document.querySelector('.card p.idea, .card .idea p')).fontSize")
    assert float(after[:-2]) / float(before[:-2]) == pytest.approx(1.5, abs=0.01)
    assert axe_violations(page) == []
    page.goto("/es/m1/2/")
    expect_look(page, "size-150 theme-dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 23, 44)"
    usual_look(page)
    assert page.complaints == []


def test_the_panel_works_with_the_keyboard_and_closes_with_escape(site, open_browser):
    page = open_browser(DESK)
    page.goto("/es/glosario/")
    page.locator("comfort-panel summary").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".panel")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect_look(page, "size-115")
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    expect(page.locator("comfort-panel summary")).to_be_focused()
    # It closes too when one goes on with the keyboard, and from wherever in the page Escape is pressed.
    page.keyboard.press("Enter")
    page.locator("main a").first.focus()
    expect(page.locator(".panel")).to_be_hidden()
    page.locator("comfort-panel summary").click()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()


@pytest.mark.parametrize(("chosen", "size"), LOOKS, ids=[chosen for chosen, _size in LOOKS])
def test_every_screen_holds_in_every_look(site, open_browser, chosen, size):
    page = open_browser(size)
    sign_in(page, "ANA234", "482913")
    site.shell(f"from course.models import User; User.objects.filter(username='ANA234').update(comfort={chosen!r})")
    try:
        for path in SCREENS:
            page.goto(path)
            expect_look(page, chosen)
            assert sideways(page) == 0, path
            assert axe_violations(page) == [], path
    finally:
        site.shell("from course.models import User; User.objects.filter(username='ANA234').update(comfort='')")


@pytest.fixture
def listener(open_browser):
    page = open_browser(PHONE)
    page.add_init_script(VOICES)
    sign_in(page, "ANA234", "482913")
    return page


def test_without_a_spanish_voice_of_the_device_there_is_no_button(site, open_browser, listener):
    listener.goto("/es/m2/2/")
    assert listener.locator("listen-aloud").is_hidden()
    listener.evaluate("giveVoices([{ lang: 'es-GT', localService: false }, { lang: 'en-US', localService: true }])")
    assert listener.locator("listen-aloud").is_hidden()
    page = open_browser(DESK)
    sign_in(page, "ANA234", "482913")
    page.goto("/es/m2/2/")
    assert page.locator("listen-aloud").is_hidden()
    expect(page.locator("[data-no-voice]")).to_be_visible()


def test_a_lesson_is_read_piece_by_piece_and_marked(site, listener):
    page = listener
    page.goto("/es/m2/2/")
    page.evaluate("giveVoices()")
    page.wait_for_load_state("networkidle")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Escuchar").click()
    expect(page.locator(".spoken")).to_have_text(page.locator("main h1").inner_text())
    page.evaluate("finishPiece()")
    assert page.evaluate("said.at(-1)").startswith("Mexico 1: ")
    page.get_by_role("button", name="Pausa").click()
    was = page.evaluate("said.filter((line) => line !== '—').at(-1)")
    page.evaluate("finishPiece()")
    page.check("listen-aloud input")
    page.get_by_role("button", name="Seguir", exact=True).click()
    assert page.evaluate("said.at(-1)") == was.replace(" 1: ", " 0.8: ")
    for _ in range(80):
        page.evaluate("document.querySelector('.spoken') && finishPiece()")
    said = page.evaluate("said.join('\\n')")
    assert "[S" not in said
    assert "Siguiente" not in said
    page.get_by_role("button", name="Escuchar").click()
    page.locator(".card-nav a.button:visible").click()
    expect(page.locator("#c2 .spoken")).to_have_count(1)
    page.get_by_role("button", name="Alto").click()
    # What reads comes when it is first asked for, and nothing else is asked.
    assert [re.sub(r".*/static/|\.\w{12}", "", address) for address in asked] == ["listen.js"]
    assert axe_violations(page) == []


def test_a_question_is_read_with_its_options(site, listener):
    page = listener
    page.goto("/es/cuestionario/practica/")
    follow(page.locator("main form button").last)
    page.evaluate("giveVoices()")
    page.get_by_role("button", name="Escuchar").click()
    expect(page.locator(".spoken")).to_have_text(page.locator("main h1").inner_text())
    for _ in range(40):
        page.evaluate("document.querySelector('.spoken') && finishPiece()")
    said = page.evaluate("said.join('\\n')")
    for shown in page.locator("[data-question] legend, .option").all_inner_texts():
        assert shown.split("\n")[0].strip() in said
    assert axe_violations(page) == []


def test_a_closed_branch_is_not_read_and_an_open_one_is(site, listener):
    page = listener
    page.goto("/es/m1/5/")
    page.evaluate("giveVoices()")
    branch = page.locator("details.choice").first
    consequence = branch.locator(".outcome > p").first.evaluate("(p) => p.textContent.trim()")[:40]

    def read_to_the_end():
        page.evaluate("said.length = 0")
        page.get_by_role("button", name="Escuchar").click()
        expect(page.locator(".spoken")).to_have_count(1)
        for _ in range(120):
            page.evaluate("document.querySelector('.spoken') && finishPiece()")
        return page.evaluate("said.join('\\n')")

    assert consequence not in read_to_the_end()
    branch.locator("summary").first.click()
    assert consequence in read_to_the_end()


def test_leaving_and_escape_end_the_voice(site, listener):
    page = listener
    page.goto("/es/m1/1/")
    page.evaluate("giveVoices()")
    page.get_by_role("button", name="Escuchar").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".spoken")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".spoken")).to_have_count(0)
    assert page.evaluate("said.at(-1)") == "—"
    page.keyboard.press("Enter")
    expect(page.locator(".spoken")).to_have_count(1)
    page.evaluate("said.length = 0; dispatchEvent(new Event('pagehide'))")
    assert page.evaluate("said") == ["—"]


def test_a_lesson_goes_on_where_one_was_until_the_person_changes(site, open_browser):
    page = open_browser(PHONE)
    sign_in(page, "ANA234", "482913", shared=True)
    page.goto("/es/m2/2/")
    expect(page.locator("#c1")).to_be_visible()
    read_on(page)
    page.goto("/es/")
    page.goto("/es/m2/2/")
    expect(page.locator("#c4")).to_be_visible()
    expect(page.locator("#c1")).to_be_hidden()
    assert page.evaluate("localStorage.getItem('places')") is None, "a shared computer keeps it in the tab only"
    press(page, "Cambiar de persona")
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0


def test_a_lesson_that_was_finished_begins_at_its_beginning(site, open_browser):
    page = open_browser(PHONE)
    sign_in(page, "ANA234", "482913", shared=True)
    page.goto("/es/m1/1/")
    read_on(page)
    finish_part(page)
    page.goto("/es/m1/1/")
    expect(page.locator("#c1")).to_be_visible()


def test_a_lesson_begins_on_the_first_screen_and_the_menu_opens_without_script(site, open_browser):
    small = PHONE | {"viewport": {"width": 360, "height": 640}}
    page, plain = open_browser(small), open_browser(small, javascript=False)
    page.add_init_script(VOICES)
    for one in (page, plain):
        sign_in(one, "ANA234", "482913", shared=True)
    begins = {}
    for lesson in ("m1/1", "m5/1", "m5/2", "m2/4"):
        page.goto(f"/es/{lesson}/")
        page.evaluate("giveVoices()")
        expect(page.locator("listen-aloud")).to_be_visible()
        first = page.locator(".card-body:visible p:visible").first
        begins[lesson] = first.evaluate(
            "(first) => first.getBoundingClientRect().top + parseFloat(getComputedStyle(first).lineHeight)"
        )
        assert page.locator(".top .inside").bounding_box()["height"] <= 56
    assert {lesson: y for lesson, y in begins.items() if y > 640} == {}
    assert max(begins["m1/1"], begins["m5/2"]) <= 420
    # The whole name, since others use the device too; with Escape the menu closes, and its name has the focus.
    name = page.locator(".more > summary")
    expect(name).to_have_text("Menú: Ana Lucía Coj de la Cruz")
    name.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(".site-menu a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(name).to_be_focused()
    expect(page.locator(".site-menu")).to_be_hidden()
    assert sideways(page) == 0
    plain.goto("/es/glosario/")
    plain.locator(".more > summary").click()
    expect(plain.locator(".site-menu [aria-current=page]")).to_have_text("Glosario")
    press(plain, "Cambiar de persona")
    assert plain.url.endswith("/accounts/login/")


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
def test_a_word_is_found_where_it_stands_and_back_returns_to_the_results(site, open_browser, javascript):
    page = open_browser(PHONE, javascript=javascript)
    sign_in(page, "ANA234", "482913")
    press(page, "Buscar")
    page.get_by_label("¿Qué busca?").fill("ESTÍGMAS")
    follow(page.get_by_role("button", name="Buscar"))
    assert page.url.endswith("/es/buscar/")
    expect(page.locator("mark")).not_to_have_count(0)
    first = page.locator(".hits a").first
    place = first.get_attribute("href")
    follow(first)
    assert page.url.endswith(place)
    page.go_back()
    assert page.url.endswith("/es/buscar/")
    expect(page.locator("mark")).not_to_have_count(0)


def lessons_of(site):
    code = (
        "from modules.models import LessonPage\n"
        "for lesson in LessonPage.objects.live().order_by('path'):\n"
        "    scenes = any(block.block_type == 'scenario' for block in lesson.body)\n"
        "    print(*lesson.url_path.strip('/').split('/')[-2:], int(scenes))"
    )
    return [line.split() for line in site.shell(code).splitlines() if line.strip()]


def test_every_text_prints_on_one_sheet_and_the_scenes_of_a_module_on_seven(site, open_browser):
    page = open_browser(DESK)
    sign_in(page, "ANA234", "482913")
    too_long = {}
    for module, lesson, has_scenes in lessons_of(site):
        page.goto(f"/es/hoja-de-leccion/{module}/{lesson}/")
        pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
        if pages > (7 if int(has_scenes) else 1):
            too_long[f"{module}/{lesson}"] = pages
    assert too_long == {}


def test_how_to_trust_a_clinics_computer_prints_on_one_sheet(open_browser):
    page = open_browser(DESK)
    certificate = ssl.DER_cert_to_PEM_cert(b"of whatever kind")
    page.set_content(authority_page.page("centro-de-salud-comalapa.chimaltenango.example.gt", certificate)[0])
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1


def test_a_lesson_printed_as_it_is_shows_no_buttons(site, open_browser):
    page = open_browser(DESK)
    sign_in(page, "ANA234", "482913")
    page.goto("/es/m2/2/")
    page.emulate_media(media="print")
    for hidden in (".tools", ".more", ".road", ".card-nav", "listen-aloud"):
        assert not page.locator(hidden).first.is_visible(), hidden
    cards = page.locator(".card")
    assert cards.count() == page.locator(".card:visible").count() > 5


# What a device enlarges for every page: on a telephone half the room for words that are as long as ever.
@pytest.mark.parametrize("path", ["/es/m1/2/", "/en/m1/2/", "/es/directorio/", "/accounts/puesto/", "/v/"])
def test_nothing_is_wider_than_the_screen_where_a_device_doubles_all_letters(site, open_browser, path):
    page = open_browser(PHONE)
    sign_in(page, "ANA234", "482913")
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    page.goto(path)
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "36px"
    assert sideways(page) == 0
