import json

import pytest

from quizzes.kinds import KINDS

from .browser import DESK, PHONE
from .conftest import axe_violations, begin_course, sideways
from .hands import POINTER, Keyboard
from .learner import answer, press

pytestmark = pytest.mark.nightly


MAKE = """
import json, random
from quizzes.kinds import KINDS
from tests.quizzes.factories import make_kind
from tests.factories import make_quiz
from course.demo.practice import IMAGE_TEXT, make_room_image
from quizzes.models import Question
room = make_room_image()
answers = {{}}
for name, rules in {quizzes!r}.items():
    questions = [make_kind(kind, f"{{name}}-{{kind}}", unit="horas" if kind == "number" else "") for kind in {kinds!r}]
    Question.objects.filter(kind="places").update(image=room, image_text=IMAGE_TEXT)
    make_quiz(name, questions, asks_certainty=True, **rules)
    for question in questions:
        kind = KINDS[question.kind]
        item = kind.freeze(question, random.Random(1))
        right = kind.right_response(item) if kind.scored else None
        answers[item["key"]] = {{"quiz": name, "kind": question.kind, "right": right}}
print(json.dumps(answers))
"""
STANDING = """
import json
from quizzes.models import Attempt
attempt = Attempt.objects.filter(learner__username={code!r}).latest("started_at")
kinds = {{item["key"]: item["kind"] for item in attempt.snapshot["questions"]}}
print(json.dumps({{kinds[str(a.question_key)]: [a.response, a.certainty] for a in attempt.answers.all()}}))
"""
QUIZZES = {"clases-una": {}, "clases-todas": {"layout": "all"}, "clases-ya": {"feedback_time": "now"}}


@pytest.fixture(scope="module")
def answers(site):
    return json.loads(site.shell(MAKE.format(quizzes=QUIZZES, kinds=[*KINDS])))


def begin(site, page, code, quiz, hand=POINTER):
    begin_course(site, page, code)
    page.goto(f"/es/cuestionario/{quiz}/")
    press(page, "Empezar", hand)


def standing(site, code):
    return json.loads(site.shell(STANDING.format(code=code)))


def fill(page, answers, hand):
    kind = answers[page.locator("#question input[name=question]").get_attribute("value")]["kind"]
    if kind == "open":
        hand.write(page.locator("#question textarea"), "Le daría un número sin preguntar.")
    elif kind in ("short_text", "number"):
        hand.write(page.locator("#question input[name=text]"), {"short_text": "Estigma", "number": "72 horas"}[kind])
    elif kind == "places" and hand is POINTER:
        mark_on_picture(page, answers)
    else:
        answer(page, answers, hand)
    if kind != "reflection":
        hand.mark(page.locator("input[name=certainty][value='2']"))
    return kind


def mark_on_picture(page, answers):
    right = answers[page.locator("#question input[name=question]").get_attribute("value")]["right"]
    boxes = page.locator("input[name=choice]")
    for number in range(1, boxes.count() + 1):
        if boxes.nth(number - 1).get_attribute("value") in right:
            page.locator(f".spot-{number} label").click()
            assert boxes.nth(number - 1).is_checked()
            filled = page.locator(f".spot-{number}").evaluate("spot => getComputedStyle(spot).fill")
            assert filled == "rgb(27, 31, 59)"


@pytest.mark.parametrize(
    ("code", "size", "javascript", "hand"),
    [("CLA222", PHONE, False, POINTER), ("CLA333", DESK, True, Keyboard()), ("CLA444", PHONE, True, POINTER)],
    ids=["phone-without-javascript", "keyboard", "phone"],
)
def test_every_kind_is_answered_sent_and_reviewed(site, open_browser, answers, code, size, javascript, hand):
    page = open_browser(size, javascript=javascript)
    begin(site, page, code, "clases-una", hand)
    seen = []
    for number in range(1, len(KINDS) + 1):
        assert f"Pregunta {number} de {len(KINDS)}" in page.inner_text("h1")
        if javascript:
            assert axe_violations(page) == []
        assert sideways(page) == 0
        seen.append(fill(page, answers, hand))
        press(page, "Siguiente" if number < len(KINDS) else "Revisar y enviar", hand)
    assert seen == [*KINDS]
    assert "10 de 10 preguntas respondidas." in page.inner_text("main")
    press(page, "Enviar y terminar", hand)
    assert "Pendiente de calificar" in page.inner_text("main")
    assert sideways(page) == 0
    kept = standing(site, code)
    assert kept["short_text"] == ["Estigma", 2]
    assert kept["number"] == ["72 horas", 2]
    assert kept["open"] == ["Le daría un número sin preguntar.", 2]
    assert len(kept) == 10
    right = {one["kind"]: one["right"] for one in answers.values() if one["quiz"] == "clases-una"}
    assert kept["gaps"] == [right["gaps"], 2]
    assert sorted(kept["places"][0]) == sorted(right["places"])
    assert page.complaints == []


def test_what_is_typed_is_saved_while_it_is_typed_and_is_there_after_a_reload(site, open_browser, answers):
    page = open_browser(PHONE)
    begin(site, page, "CLA555", "clases-todas")
    assert axe_violations(page) == []
    assert sideways(page) == 0
    page.locator("input[name$=text]").first.fill("estigma")
    page.get_by_text("Guardado", exact=True).wait_for()
    page.locator("[data-question] textarea[name$=text]").fill("Sin preguntar.")
    # «Guardado» stands there since the first answer: what counts is that this one has arrived.
    with page.expect_response(lambda reply: '"certainty":3' in (reply.request.post_data or "")):
        page.locator("input[name$=certainty][value='3']").first.check()
    page.reload()
    assert page.locator("input[name$=text]").first.input_value() == "estigma"
    assert page.locator("textarea[name$=text]").input_value() == "Sin preguntar."
    assert page.locator("input[name$=certainty][value='3']").first.is_checked()


def test_one_page_of_all_questions_works_without_javascript(site, open_browser, answers):
    page = open_browser(PHONE, javascript=False)
    begin(site, page, "CLA666", "clases-todas")
    page.locator("input[name$=text][inputmode]").fill("muchas")
    page.locator("textarea[name$=text]").fill("Sin preguntar.")
    page.locator(".spot-2 label").click()
    assert page.locator("input[id$=place-2]").is_checked()
    press(page, "Guardar")
    problem = page.locator(".error-summary a")
    assert "No podemos leer «muchas» como un número." in problem.inner_text()
    assert page.locator(problem.get_attribute("href")).count() == 1
    assert page.locator("input[name$=text][inputmode]").input_value() == "muchas"
    assert standing(site, "CLA666")["open"] == ["Sin preguntar.", None]
    press(page, "Revisar y enviar")
    assert "Antes de enviar" in page.inner_text("h1")


def test_the_answer_is_checked_at_once(site, open_browser, answers):
    page = open_browser(PHONE)
    begin(site, page, "CLA777", "clases-ya")
    fill(page, answers, POINTER)
    press(page, "Responder")
    assert page.get_by_role("heading", name="Bien", exact=True).is_visible()
    assert axe_violations(page) == []
    assert page.locator("input[name=choice]").count() == 0
    press(page, "Siguiente")
    assert "Pregunta 2 de" in page.inner_text("main")
    assert page.complaints == []
