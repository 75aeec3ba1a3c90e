import pytest

from .browser import DESK, PHONE
from .conftest import begin_course
from .learner import answer, come_to_one_answer, finish_part, press

pytestmark = pytest.mark.nightly


FACTS = """
from modules.models import LessonRead
from quizzes.models import Answer, Attempt
for code in {codes!r}:
    print(
        LessonRead.objects.filter(learner__username=code).count(),
        Answer.objects.filter(attempt__learner__username=code).count(),
        Attempt.objects.filter(learner__username=code).count(),
    )
"""
LESSON = """
from modules.models import LessonPage
print(LessonPage.objects.live().filter(locale__language_code="es").order_by("path").first().url)
"""
WHOSE = "Esta página era de la persona de antes."
KEPT = "Su respuesta quedó guardada para ella."


def facts(site, *codes):
    numbers = [int(number) for number in site.shell(FACTS.format(codes=codes)).split()]
    return [tuple(numbers[at : at + 3]) for at in range(0, len(numbers), 3)]


def change_person(site, page, code):
    other = page.context.new_page()
    other.goto("/es/glosario/")
    press(other, "Cambiar de persona")
    begin_course(site, other, code)
    return other


@pytest.mark.parametrize("javascript", [True, False])
def test_a_lesson_and_an_answer_of_the_first_are_not_the_seconds(site, open_browser, answers, javascript):
    codes = ("HEC222", "NIC222") if javascript else ("HEC333", "NIC333")
    lesson = open_browser(DESK, javascript=javascript)
    # What covers the other tabs at once stays away: the server alone has to hold.
    lesson.context.route("**/person*.js", lambda route: route.abort())
    begin_course(site, lesson, codes[0])
    lesson.goto(site.shell(LESSON).strip())
    question = lesson.context.new_page()
    question.goto("/es/cuestionario/m1/")
    press(question, "Empezar")
    come_to_one_answer(question)
    change_person(site, lesson, codes[1])

    finish_part(lesson)
    assert WHOSE in lesson.inner_text("main")
    answer(question, answers)
    if javascript:
        question.locator(".save-state", has_text=KEPT).wait_for()
        assert question.locator("main input, main button").count() == 0
    else:
        press(question, "Siguiente")
        assert KEPT in question.inner_text("main")
    assert facts(site, *codes) == [(0, 1, 1), (0, 0, 0)]


def test_what_back_brings_up_again_is_still_the_firsts(site, open_browser):
    page = open_browser(PHONE)
    page.context.route("**/person*.js", lambda route: route.abort())
    begin_course(site, page, "HEC444")
    page.goto(site.shell(LESSON).strip())
    lesson = page.url
    form = page.locator("#terminar").inner_html()
    press(page, "Cambiar de persona")
    begin_course(site, page, "NIC444")
    page.goto(lesson)
    # As a page out of the browser's cache of pages would be: the form of the one, the session of the other.
    page.locator("#terminar").evaluate("(form, old) => { form.innerHTML = old }", form)
    finish_part(page)
    assert WHOSE in page.inner_text("main")
    assert facts(site, "HEC444", "NIC444") == [(0, 0, 0), (0, 0, 0)]
