import random
import re
from datetime import timedelta

import lxml.html
import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.urls import reverse
from django.utils import timezone

from quizzes.attempts.taking import start_attempt
from tests.factories import PIN, make_course, make_learner, make_quiz

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


@pytest.fixture
def at():
    now = timezone.now()
    with time_machine.travel(now, tick=False) as travel:
        yield lambda seconds: travel.move_to(now + timedelta(seconds=seconds))


def sign_in(client, code="ANA234", pin=PIN, **fields):
    return client.post(LOGIN, {"login": code, "password": pin, "shared": "on"} | fields)


def is_signed_in(client):
    return SESSION_KEY in client.session


def visit(client):
    return client.get("/accounts/cuenta/")


@pytest.mark.parametrize(("away", "status"), [(0, 200), (600, 200), (750, 200), (751, 302), (7200, 302)])
def test_it_closes_after_ten_minutes_and_a_quarter_and_never_before_ten(client, learner, at, away, status):
    sign_in(client)
    visit(client)
    at(away)
    assert visit(client).status_code == status
    assert is_signed_in(client) == (status == 200)


def test_a_visit_that_was_not_written_still_leaves_ten_minutes(client, learner, at):
    sign_in(client)
    visit(client)
    at(149)
    visit(client)
    at(149 + 600)
    assert visit(client).status_code == 200


def test_a_page_after_the_lock_leads_to_sign_in_and_back(client, learner, at):
    sign_in(client)
    visit(client)
    at(800)
    answer = visit(client)
    assert answer.url == "/accounts/login/?next=%2Faccounts%2Fcuenta%2F&idle=1"
    assert {answer.cookies[name]["max-age"] for name in ("comfort", "person")} == {0}
    assert "la sesión se cerró después de un rato sin actividad" in client.get(answer.url).content.decode()
    assert sign_in(client, next="/accounts/cuenta/").url == "/accounts/cuenta/"


def test_an_own_phone_is_never_locked(client, learner, at):
    client.post(LOGIN, {"login": "ANA234", "password": PIN})
    visit(client)
    at(7200)
    assert visit(client).status_code == 200


def test_the_moment_is_written_at_most_once_in_a_quarter(client, learner, at):
    sign_in(client)
    visit(client)
    before = client.session["seen_at"]
    for seconds, kept in ((149, before), (150, before + 150)):
        at(seconds)
        client.post("/accounts/seguir/")
        assert client.session["seen_at"] == kept


def test_seguir_keeps_the_session_and_says_when_it_is_over(client, learner, at):
    sign_in(client)
    visit(client)
    for moment in (500, 1000, 1500):
        at(moment)
        assert client.post("/accounts/seguir/").json() == {"signed_in": True}
    at(2300)
    answer = client.post("/accounts/seguir/")
    assert (answer.status_code, answer.json()) == (401, {"signed_in": False})
    assert not is_signed_in(client)


def test_a_page_that_asks_by_itself_hears_401(client, learner, at):
    sign_in(client)
    visit(client)
    at(800)
    answer = client.get("/es/glosario/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()) == (401, {"signed_in": False})


def test_polling_of_an_open_editor_does_not_extend_the_session(client, at):
    client.force_login(make_learner("editora", is_staff=True, is_superuser=True))
    session = client.session
    session["shared_computer"] = True
    session.save()
    visit(client)
    at(700)
    client.post("/cms/editing-sessions/ping/wagtailcore/page/1/")
    at(760)
    assert visit(client).status_code == 302


@pytest.fixture
def attempt(learner):
    quiz = make_quiz(questions=2)
    return start_attempt(learner, quiz, language="es", now=timezone.now(), chance=random.Random(1))


def question_url(attempt, number=1):
    return reverse("attempt_question", args=[attempt.pk, number])


def send_after_the_lock(client, attempt, at):
    sign_in(client)
    page = client.get(question_url(attempt)).content.decode()
    fields = fields_of(page)
    at(800)
    return client.post(question_url(attempt), fields)


def fields_of(page):
    forms = (one for one in lxml.html.fromstring(page).forms if "cuestionario" in one.get("action", "cuestionario"))
    sent = next(forms).xpath(".//button[@name] | .//input[@type='hidden' or @type='radio']")
    return {one.get("name"): one.get("value", "") for one in reversed(sent)}


def pending_answer_in(page):
    return re.search(r'name="pending_answer" value="([^"]+)"', page)[1]


def test_an_answer_after_the_lock_is_saved_once_the_person_signs_in_again(client, attempt, at):
    form = send_after_the_lock(client, attempt, at)
    page = form.content.decode()
    assert form.status_code == 200
    assert "Su respuesta está en esta página" in page
    assert not is_signed_in(client)
    assert attempt.answers.count() == 0
    answer = sign_in(client, pending_answer=pending_answer_in(page))
    assert answer.url == question_url(attempt, 2)
    assert attempt.answers.count() == 1
    assert "Su respuesta quedó guardada. Puede seguir." in client.get(answer.url).content.decode()


def test_a_slip_in_the_pin_loses_no_answer(client, attempt, at):
    page = send_after_the_lock(client, attempt, at).content.decode()
    again = sign_in(client, pin="111222", pending_answer=pending_answer_in(page)).content.decode()
    assert "Su respuesta está en esta página" in again
    sign_in(client, pending_answer=pending_answer_in(again))
    assert attempt.answers.count() == 1


def test_a_forged_answer_is_not_saved(client, attempt, at):
    page = send_after_the_lock(client, attempt, at).content.decode()
    sign_in(client, pending_answer=pending_answer_in(page)[:-2] + "xx")
    assert attempt.answers.count() == 0
    assert is_signed_in(client)


def test_what_one_person_left_waiting_does_not_meet_the_next(client, attempt, at):
    session = client.session
    session["pending_answer"] = "left behind"
    session.save()
    make_course(modules=0)
    sign_in(client, follow=True)
    assert "no se guardó" not in client.get("/es/").content.decode()


def test_other_posts_after_the_lock_lead_to_sign_in_and_back_to_their_page(client, learner, at):
    sign_in(client)
    visit(client)
    at(800)
    answer = client.post(
        "/accounts/cuenta/", {"present": "1"}, headers={"referer": "http://testserver/accounts/cuenta/"}
    )
    assert answer.url == "/accounts/login/?next=%2Faccounts%2Fcuenta%2F&idle=1&lost=1"
    assert "lo que tenía no se guardó" in client.get(answer.url).content.decode()
