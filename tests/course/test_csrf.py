import random
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from course.people.owner_tokens import make_owner_token
from quizzes.attempts.taking import start_attempt
from tests.factories import PIN, make_course, make_quiz

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


@pytest.fixture
def browser():
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def attempt(learner):
    return start_attempt(learner, make_quiz(questions=2), language="es", now=timezone.now(), chance=random.Random(1))


def chosen(attempt):
    item = attempt.snapshot["questions"][0]
    choice = {"question": item["key"], "choice": item["options"][0]["key"], "go": "next"}
    return choice | {"csrfmiddlewaretoken": "old", "owner": make_owner_token(attempt.learner)}


def question(attempt):
    return reverse("attempt_question", args=[attempt.pk, 1])


def hidden_fields(page):
    main = page.split("<main")[1].split("</main>")[0]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main))


def test_an_answer_is_shown_again_for_one_tap_and_then_saved(browser, learner, attempt):
    browser.force_login(learner)
    answer = browser.post(question(attempt), chosen(attempt))
    assert answer.status_code == 403
    page = answer.text
    assert "Un toque más" in page
    assert f'<form method="post" action="{question(attempt)}">' in page
    fields = hidden_fields(page)
    assert {name: fields[name] for name in ("question", "choice", "go")} == {
        name: chosen(attempt)[name] for name in ("question", "choice", "go")
    }
    assert fields["csrfmiddlewaretoken"] != "old"
    assert browser.post(question(attempt), fields).status_code == 302
    assert attempt.answers.count() == 1


def test_a_hostile_value_is_only_text(browser, learner, attempt):
    browser.force_login(learner)
    hostile = '"><script>alert(1)</script>'
    page = browser.post(question(attempt), chosen(attempt) | {"response": hostile, hostile: "x"}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_answer_without_session_is_saved_after_sign_in(browser, learner, attempt):
    page = browser.post(question(attempt), chosen(attempt))
    assert page.status_code == 200
    assert page["Cache-Control"] == "private, no-store"
    assert browser.post(LOGIN, hidden_fields(page.text) | {"login": "ANA234", "password": PIN}).status_code == 302
    assert attempt.answers.count() == 1


def test_other_forms_say_that_the_page_expired_and_lead_back_to_it(browser, learner):
    browser.force_login(learner)
    for referer, back in (
        ("http://testserver/accounts/cuenta/?x=1", "/accounts/cuenta/"),
        ("https://mal.example/", "/es/"),
        ("", "/es/"),
    ):
        answer = browser.post("/accounts/cuenta/", {"present": PIN, "new": "905172"}, headers={"referer": referer})
        page = answer.text
        assert answer.status_code == 403
        assert "La página venció" in page
        assert f'<a class="button" href="{back}">Abrirla de nuevo</a>' in page
        assert "905172" not in page
    learner.refresh_from_db()
    assert learner.check_password(PIN)


def test_a_sign_in_page_left_open_keeps_the_code_and_the_answer_but_no_pin(browser, learner, attempt):
    carried = hidden_fields(browser.post(question(attempt), chosen(attempt)).text)["pending_answer"]
    old = {
        "login": "ANA234",
        "password": PIN,
        "pending_answer": carried,
        "next": "/es/glosario/",
        "csrfmiddlewaretoken": "x",
    }
    answer = browser.post(LOGIN, old)
    page = answer.text
    assert answer.status_code == 403
    assert 'value="ANA234"' in page
    assert PIN not in page
    fields = hidden_fields(page)
    assert (fields["pending_answer"], fields["next"]) == (carried, "/es/glosario/")
    assert 'name="shared" aria-describedby' in page
    assert " checked" not in page
    assert browser.post(LOGIN, fields | {"login": "ANA234", "password": PIN}).status_code == 302
    assert attempt.answers.count() == 1


def test_who_signed_in_in_another_tab_meanwhile_saves_the_carried_answer_with_one_tap(browser, learner, attempt):
    make_course(modules=0)
    carried = hidden_fields(browser.post(question(attempt), chosen(attempt)).text)["pending_answer"]
    browser.force_login(learner)
    old = {"login": "ANA234", "password": PIN, "pending_answer": carried, "csrfmiddlewaretoken": "x"}
    page = browser.post(LOGIN, old).text
    assert "Un toque más" in page
    assert PIN not in page
    assert browser.post(LOGIN, hidden_fields(page)).url == reverse("attempt_question", args=[attempt.pk, 2])
    assert attempt.answers.count() == 1


@pytest.mark.parametrize(
    "headers", [{"origin": "https://mal.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
def test_a_form_of_another_site_is_neither_shown_again_nor_carried(browser, learner, attempt, headers):
    for person in (None, learner):
        if person:
            browser.force_login(person)
        page = browser.post(question(attempt), chosen(attempt), headers=headers).text
        assert "La página venció" in page
        assert chosen(attempt)["choice"] not in page
