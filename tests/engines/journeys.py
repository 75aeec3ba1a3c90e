"""Lessons, a quiz and a shared computer without a line: the same steps in each engine."""

import itertools
import json
import re
import time

import pytest

from tests.journeys.line import DOWN, UP

from .engine import PATIENCE

PIN = "739182"
NAME, FAMILY_NAME = "Rosenda", "Ixmatá"
PERSON = """
from course.models import Cohort, Enrolment, User
from course.people.pins import choose_pin
cohort = Cohort.objects.earliest("pk")
user = User.objects.create(
    username={code!r}, first_name={name!r}, last_name={family_name!r}, clinic=cohort.clinic, role="apoyo"
)
Enrolment.objects.create(learner=user, cohort=cohort)
choose_pin(user, {pin!r})
"""
FACTS = """
import json
from django.contrib.sessions.models import Session
from course.models import User
user = User.objects.get(username={code!r})
attempt = user.attempts.order_by("started_at").last()
print(json.dumps({{
    "reads": sorted(str(key) for key in user.lessons_read.values_list("lesson_key", flat=True)),
    "answers": {{str(one.question_key): one.response for one in attempt.answers.all()}} if attempt else {{}},
    "submitted": bool(attempt and attempt.submitted_at),
    "held": attempt.late_answers.count() if attempt else 0,
    "sessions": sum(one.get_decoded().get("_auth_user_id") == str(user.pk) for one in Session.objects.all()),
}}))
"""
LESSONS = """
import json
from modules.progress.outline import course_outline
print(json.dumps([[str(lesson.key), lesson.url] for lesson in course_outline()[0].lessons]))
"""
NUMBERS = itertools.count(222)
QUESTION = "return document.querySelector('#question input[name=question]').value"
CHOSEN = "return document.querySelector('#question input[name=choice]:checked')?.value === args[0]"
NOTHING_GOES_ON = "return document.querySelector('[data-keeping]').hidden"
SAVED = "return document.querySelector('.save-state').textContent.trim()"
WHOLE_PAGE = "return document.documentElement.outerHTML"


@pytest.fixture
def code(site):
    code = f"NAV{next(NUMBERS)}"
    site.shell(PERSON.format(code=code, name=NAME, family_name=FAMILY_NAME, pin=PIN))
    return code


@pytest.fixture
def lessons(site):
    return json.loads(site.shell(LESSONS))


def facts(site, code):
    return json.loads(site.shell(FACTS.format(code=code)))


def wait_for_facts(site, code, **expected):
    end = time.monotonic() + PATIENCE
    while (found := facts(site, code)) != (wanted := found | expected) and time.monotonic() < end:
        time.sleep(0.3)
    assert found == wanted


def answer(visitor):
    choices = visitor.choices()
    if not choices:
        return {}
    value = list(choices)[-1]
    visitor.choose(value)
    visitor.engine.wait(SAVED)
    return {visitor.engine.run(QUESTION): value}


def begin_quiz(visitor):
    visitor.go("/es/cuestionario/m1/")
    visitor.press("Empezar")


def come_to_one_answer(visitor):
    while not visitor.choices():
        visitor.press("Siguiente")


def test_lessons_that_are_read_without_a_line_count(site, line, visitor, code, lessons):
    visitor.sign_in(code, PIN)
    visitor.go(lessons[0][1])
    visitor.wait_for_copy("/sin-conexion/modulo/")
    line.set(DOWN)
    for _key, following in lessons[1:3]:
        visitor.finish_part()
        assert visitor.path() == following
        visitor.see("Sin conexión. Ve la copia")
    visitor.wait_to_send()
    assert facts(site, code)["reads"] == []
    line.set(UP)
    visitor.send()
    wait_for_facts(site, code, reads=sorted(key for key, _path in lessons[:2]))


def test_the_whole_course_is_kept_by_wish(line, visitor, code):
    visitor.sign_in(code, PIN)
    visitor.go("/es/sin-conexion/curso/")
    visitor.touch("Guardar todo el curso")
    visitor.see("Todo el curso está guardado")
    visitor.engine.wait(NOTHING_GOES_ON)
    visitor.wait_for_copy("/modulo/m8.")
    line.set(DOWN)
    visitor.go("/es/m8/")
    visitor.see("Sin conexión. Ve la copia")
    visitor.go("/es/hojas/")
    visitor.see("Esta página no está guardada en este aparato")


def test_a_quiz_that_is_answered_and_sent_without_a_line_outlives_the_browser(site, line, visitor, code):
    visitor.sign_in(code, PIN)
    begin_quiz(visitor)
    visitor.wait_for_copy("/papel.json")
    line.set(DOWN)
    come_to_one_answer(visitor)
    given = answer(visitor)
    (value,) = given.values()
    answered = visitor.path()
    visitor.press("Siguiente")
    visitor.see("Sin conexión. Ve la copia")

    visitor.engine.kill()
    visitor.engine.start()
    visitor.go(answered)
    visitor.engine.wait(
        "return document.querySelector('#question input[name=choice]:checked')?.value === args[0]", value
    )
    while not visitor.path().endswith("/resumen/"):
        given |= answer(visitor) if visitor.path() != answered else {}
        visitor.press("Siguiente" if visitor.offers("Siguiente") else "Revisar y enviar")
    assert len(given) > 1
    visitor.see(f"{len(given)} de ")
    assert re.search(rf"\b{len(given)} de \d+ preguntas respondidas", visitor.main())
    visitor.press("Enviar y terminar")
    visitor.see("Finalizado, sin enviar")

    visitor.engine.kill()
    visitor.engine.start()
    visitor.go(answered)
    visitor.see("Finalizado, sin enviar")
    assert not visitor.choices()
    visitor.wait_to_send()
    assert facts(site, code)["answers"] == {}
    line.set(UP)
    visitor.send()
    wait_for_facts(site, code, answers=given, submitted=True, held=0)


def test_who_leaves_a_shared_computer_without_a_line_leaves_nothing_behind(site, line, visitor, code, lessons):
    (lesson, path), *_others = lessons
    visitor.sign_in(code, PIN, shared=True)
    visitor.go(path)
    visitor.wait_for_copy("/sin-conexion/modulo/")
    assert NAME in visitor.engine.run(WHOLE_PAGE)
    begin_quiz(visitor)
    come_to_one_answer(visitor)
    line.set(DOWN)
    question, given = visitor.path(), answer(visitor)
    visitor.go(path)
    visitor.finish_part()
    visitor.change_person()
    assert visitor.path() == "/es/sin-conexion/"

    for address in (question, path, "/es/", "/es/sin-conexion/"):
        visitor.go(address)
        assert not visitor.choices()
        assert NAME not in visitor.engine.run(WHOLE_PAGE)
        assert FAMILY_NAME not in visitor.engine.run(WHOLE_PAGE)
    assert not visitor.engine.run("return (await caches.keys()).some((name) => name.includes('papel'))")
    assert facts(site, code)["sessions"] == 1

    line.set(UP)
    visitor.go(question)
    assert visitor.path() == "/accounts/login/"
    assert NAME not in visitor.engine.run(WHOLE_PAGE)
    wait_for_facts(site, code, sessions=0, reads=[lesson], answers=given, submitted=False)
