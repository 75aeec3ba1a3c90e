import json
import re

import pytest

from .browser import DESK, PASSWORD, PHONE, sign_in
from .conftest import ROOT, run_axe, sideways

pytestmark = pytest.mark.nightly


WAGTAILS_OWN = {
    "page-has-heading-one": re.compile(r"<html "),
    "scrollable-region-focusable": re.compile(r'<ol class="w-minimap__list"'),
    "landmark-unique": re.compile(r'<section class="w-panel '),
}
FIND_PAGES = """
import json
from django.urls import reverse
from modules.models import LessonPage, ModulePage, Organisation, Worksheet
from quizzes.models import Question, Quiz, Stimulus, SurveyBlock, SurveyScale, SurveyStatement, Topic

question = Question.objects.order_by("pk").first().pk

def page(thing):
    return reverse("wagtailadmin_pages:edit", args=[thing.pk])

def edit(thing):
    return reverse(thing.snippet_viewset.get_url_name("edit"), args=[thing.pk])

def snippets(kind):
    return [reverse(kind.snippet_viewset.get_url_name("list")), edit(kind.objects.order_by("pk").first())]

def bulk(action):
    return reverse("wagtail_bulk_action", args=["quizzes", "question", action]) + f"?id={question}"

module = ModulePage.objects.order_by("path").first()
lessons = LessonPage.objects.child_of(module).order_by("path")
print(json.dumps({
    "pages": [reverse("wagtailadmin_home"), reverse("wagtailadmin_explore", args=[module.pk]), page(module)],
    "lessons": [page(lessons.first()), page(lessons.last())],
    "bank": [
        *snippets(Question),
        *snippets(Stimulus),
        *snippets(Quiz),
        reverse(Topic.snippet_viewset.get_url_name("list")),
        reverse(Question.snippet_viewset.get_url_name("usage"), args=[question]),
        *map(bulk, ["move", "tag", "export", "publish", "unpublish"]),
    ],
    "asked": edit(Question.objects.get(identifier="PRA-1")),
    "picture": edit(Question.objects.filter(kind="places").first()),
    "survey": [
        reverse("survey_overview:index"),
        reverse("survey_overview:index") + "?wave=post&language=en",
        *(place for kind in (SurveyStatement, SurveyBlock, SurveyScale) for place in snippets(kind)),
    ],
    "words": [*snippets(Organisation), *snippets(Worksheet)],
    "reports": [reverse(f"{name}_report") for name in ("due", "unverified")],
}))
"""


@pytest.fixture(scope="module")
def editors_pages(site):
    return json.loads(site.shell(FIND_PAGES))


def not_wagtails(page):
    return [
        (page.url, violation["id"], node["html"][:160])
        for violation in run_axe(page)
        for node in violation["nodes"]
        if not (own := WAGTAILS_OWN.get(violation["id"])) or not own.match(node["html"])
    ]


@pytest.mark.parametrize("room", ["pages", "lessons", "bank", "survey", "words", "reports"])
def test_an_editors_page_has_no_axe_violation_of_ours(editors_pages, open_browser, room):
    page = open_browser(DESK)
    sign_in(page, "editora", PASSWORD)
    found = []
    for path in editors_pages[room]:
        assert page.goto(path).status == 200, path
        found += not_wagtails(page)
    assert found == []


def test_a_bank_is_brought_from_moodle_and_an_edit_is_published_on_pages_without_a_violation_of_ours(
    editors_pages, open_browser
):
    page = open_browser(DESK)
    sign_in(page, "editora", PASSWORD)
    page.goto("/cms/import-questions/")
    found = not_wagtails(page)
    told = "::En la sala:: Llega una señora.\n\n::A-1:: ¿Qué se dice? {=Buenos días#Bien. ~Nada}\n\n::A-2:: ¿Bien? {T}"
    page.locator("[name=pasted]").fill(f"{told}\n\n::A-3:: Sin fin {{=a")
    with page.expect_navigation():
        page.locator("form:has([name=pasted]) [type=submit]").click()
    assert page.inner_text("h1").startswith("Preguntas por importar")
    assert page.get_by_role("checkbox", name="En la sala").is_checked()
    found += not_wagtails(page)
    with page.expect_navigation():
        page.get_by_role("button", name="Importar solo las buenas").click()
    assert "Se importaron 2 preguntas." in page.inner_text("main")
    found += not_wagtails(page)
    page.goto(editors_pages["asked"])
    with page.expect_navigation():
        page.locator("[name=action-publish]").evaluate("button => button.click()")
    assert "conservan su resultado" in page.inner_text("main")
    found += not_wagtails(page)
    assert found == []


def test_the_reference_lists_just_what_is_wagtails():
    text = (ROOT / "docs" / "reference" / "admin-accessibility.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([\w-]+)` \|", text, re.M)) == set(WAGTAILS_OWN)


def test_an_editors_page_fits_a_telephone(editors_pages, open_browser):
    page = open_browser(PHONE)
    sign_in(page, "editora", PASSWORD)
    for path in [*editors_pages["pages"], *editors_pages["reports"]]:
        page.goto(path)
        assert sideways(page) == 0, path


def test_an_editor_says_where_a_place_is_by_a_click_on_the_picture(site, open_browser, editors_pages):
    page = open_browser(DESK)
    sign_in(page, "editora", PASSWORD)
    page.goto(editors_pages["picture"])
    picture = page.locator("place-picker img")
    picture.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('place-picker img').naturalWidth > 0")
    assert page.locator("place-picker svg text").all_text_contents() == ["1", "2", "3", "4"]
    page.locator("place-picker select").select_option(index=1)
    box = picture.bounding_box()
    picture.click(position={"x": box["width"] / 4, "y": box["height"] / 2})
    x, y = (float(page.locator(f"[name=choices-1-{side}]").input_value()) for side in "xy")
    assert abs(x - 25) < 1
    assert abs(y - 50) < 1
    assert page.locator("place-picker svg svg").nth(1).get_attribute("x") == f"{x}%"
    assert page.complaints == []
