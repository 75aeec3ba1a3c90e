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


@pytest.fixture
def visitor(client, learner, at):
    sign_in(client)
    visit(client)
    return client


@pytest.mark.parametrize(("away", "status"), [(0, 200), (600, 200), (750, 200), (751, 302), (7200, 302)])
def test_it_closes_after_ten_minutes_and_a_quarter_and_never_before_ten(visitor, at, away, status):
    at(away)
    assert visit(visitor).status_code == status
    assert is_signed_in(visitor) == (status == 200)


def test_a_visit_that_was_not_written_still_leaves_ten_minutes(visitor, at):
    at(149)
    visit(visitor)
    at(149 + 600)
    assert visit(visitor).status_code == 200


def test_a_page_after_the_lock_leads_to_sign_in_and_back(visitor, at):
    at(800)
    answer = visit(visitor)
    assert answer.url == "/accounts/login/?next=%2Faccounts%2Fcuenta%2F&idle=1"
    assert {answer.cookies[name]["max-age"] for name in ("comfort", "person")} == {0}
    assert "la sesión se cerró después de un rato sin actividad" in visitor.get(answer.url).text
    assert sign_in(visitor, next="/accounts/cuenta/").url == "/accounts/cuenta/"


def test_an_own_phone_is_never_locked(client, learner, at):
    client.post(LOGIN, {"login": "ANA234", "password": PIN})
    visit(client)
    at(7200)
    assert visit(client).status_code == 200


def test_the_moment_is_written_at_most_once_in_a_quarter(visitor, at):
    before = visitor.session["seen_at"]
    for seconds, kept in ((149, before), (150, before + 150)):
        at(seconds)
        visitor.post("/accounts/seguir/")
        assert visitor.session["seen_at"] == kept


def test_seguir_keeps_the_session_and_says_when_it_is_over(visitor, at):
    for moment in (500, 1000, 1500):
        at(moment)
        assert visitor.post("/accounts/seguir/").json() == {"signed_in": True}
    at(2300)
    answer = visitor.post("/accounts/seguir/")
    assert (answer.status_code, answer.json()) == (401, {"signed_in": False})
    assert not is_signed_in(visitor)


def test_a_page_that_asks_by_itself_hears_401(visitor, at):
    at(800)
    answer = visitor.get("/es/glosario/", headers={"accept": "application/json"})
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
    return start_attempt(learner, make_quiz(questions=2), language="es", now=timezone.now(), chance=random.Random(1))


def question_url(attempt, number=1):
    return reverse("attempt_question", args=[attempt.pk, number])


def send_after_the_lock(client, attempt, at):
    sign_in(client)
    fields = fields_of(client.get(question_url(attempt)).text)
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
    page = form.text
    assert form.status_code == 200
    assert "Su respuesta está en esta página" in page
    assert not is_signed_in(client)
    assert attempt.answers.count() == 0
    answer = sign_in(client, pending_answer=pending_answer_in(page))
    assert answer.url == question_url(attempt, 2)
    assert attempt.answers.count() == 1
    assert "Su respuesta quedó guardada. Puede seguir." in client.get(answer.url).text


def test_a_slip_in_the_pin_loses_no_answer(client, attempt, at):
    page = send_after_the_lock(client, attempt, at).text
    again = sign_in(client, pin="111222", pending_answer=pending_answer_in(page)).text
    assert "Su respuesta está en esta página" in again
    sign_in(client, pending_answer=pending_answer_in(again))
    assert attempt.answers.count() == 1


def test_a_forged_answer_is_not_saved(client, attempt, at):
    sign_in(client, pending_answer=pending_answer_in(send_after_the_lock(client, attempt, at).text)[:-2] + "xx")
    assert attempt.answers.count() == 0
    assert is_signed_in(client)


def test_what_one_person_left_waiting_does_not_meet_the_next(client, attempt, at):
    session = client.session
    session["pending_answer"] = "left behind"
    session.save()
    make_course(modules=0)
    sign_in(client, follow=True)
    assert "no se guardó" not in client.get("/es/").text


def test_other_posts_after_the_lock_lead_to_sign_in_and_back_to_their_page(visitor, at):
    at(800)
    answer = visitor.post(
        "/accounts/cuenta/", {"present": "1"}, headers={"referer": "http://testserver/accounts/cuenta/"}
    )
    assert answer.url == "/accounts/login/?next=%2Faccounts%2Fcuenta%2F&idle=1&lost=1"
    assert "lo que tenía no se guardó" in visitor.get(answer.url).text
