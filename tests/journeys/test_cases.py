import pytest

from .browser import PHONE
from .conftest import axe_violations, begin_course, sideways
from .learner import press
from .printed import words_on

pytestmark = pytest.mark.nightly


MAKE = """
from tests.factories import make_case, make_question, make_quiz
dialogue = "Portero: ¿Qué busca?\\\\nSeñora Ixchel: Prefiero decírselo a la doctora."
case = make_case("VIAJE-C", 2, text="Una señora llega con su hija. " * 20, dialogue=dialogue)
make_quiz("viaje-caso", [make_question("VIAJE-1"), case.questions.first()])
"""


def test_a_case_is_folded_above_its_questions_on_a_phone(site, open_browser):
    site.shell(MAKE)
    page = open_browser(PHONE)
    begin_course(site, page, "CAS222")
    page.goto("/es/cuestionario/viaje-caso/")
    assert "3" in page.inner_text(".quiz-rules")
    press(page, "Empezar")
    press(page, "Siguiente")
    said = page.get_by_text("Prefiero decírselo a la doctora.")
    heading = page.get_by_role("heading", name="Caso: En la puerta · preguntas 2 a 3 de 3")
    assert heading.is_visible()
    assert said.is_visible()
    assert (axe_violations(page), sideways(page)) == ([], 0)
    page.get_by_text("Saludar").click()
    press(page, "Siguiente")
    assert not said.is_visible()
    options = page.locator("#question .options").bounding_box()
    assert options["y"] + options["height"] < PHONE["viewport"]["height"]
    page.get_by_text("Leer el caso").tap()
    assert said.is_visible()
    page.get_by_text("Saludar").click()
    press(page, "Revisar y enviar")
    assert "Caso: En la puerta" in page.inner_text("main")
    press(page, "Enviar y terminar")
    press(page, "Ver mis 3 respuestas")
    assert page.get_by_role("heading", level=3).count() == 2
    assert not said.is_visible()
    assert (axe_violations(page), sideways(page)) == ([], 0)
    words = " ".join(words_on(page.pdf()).split())
    assert "Prefiero decírselo a la doctora." in words
    assert page.complaints == []
