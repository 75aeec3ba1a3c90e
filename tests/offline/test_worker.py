import base64
import json
import random
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from course.offline.encryption import WORKER, newest_key
from modules.models import LessonPage, LessonRead
from quizzes.attempts.taking import start_attempt
from tests.factories import make_cohort, make_course, make_learner, make_quiz

pytestmark = pytest.mark.django_db


def site_of(answer):
    first, rest = answer.text.split("\n", 1)
    # Without its comments: of the worker itself `tests/journeys` knows more.
    assert 'addEventListener("fetch"' in rest
    assert len(rest) < len(WORKER.read_text())
    return json.loads(re.fullmatch(r"const SITE=(.*)", first)[1])


def fetch(browser=None, **headers):
    return (browser or Client()).get(reverse("service_worker"), headers=headers)


def test_it_says_what_it_needs():
    answer, key = fetch(), newest_key()
    site = site_of(answer)
    assert reverse("service_worker") == "/sw.js"
    told = (answer.headers["Content-Type"], answer.headers["Cache-Control"])
    assert told == ("text/javascript; charset=utf-8", "max-age=3600")
    assert (base64.b64decode(site["key"]), site["keyId"], site["off"]) == (key.point, key.id, False)
    assert set(site) == {"version", "key", "keyId", "off"}


def test_everybody_gets_the_same():
    ana = Client()
    ana.force_login(make_learner())
    alone = fetch()
    answer = fetch(ana)
    assert answer.content == alone.content
    assert answer.headers["Cache-Control"] == "max-age=3600"
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer.cookies == {}
    new = Client()
    new.force_login(make_learner("NUE234", must_choose_pin=True))
    assert fetch(new).content == alone.content


def test_what_is_kept_already_is_not_sent_again():
    mark = fetch().headers["ETag"]
    again = fetch(if_none_match=mark)
    assert (again.status_code, again.content) == (304, b"")
    assert fetch(if_none_match='"another"').status_code == 200


def test_a_new_key_makes_another_script_and_the_same_version(settings):
    before = fetch()
    settings.ACCOUNT_KEYS = ["newer-" + "3" * 40, *settings.ACCOUNT_KEYS]
    after = fetch()
    assert before.headers["ETag"] != after.headers["ETag"]
    assert site_of(before)["version"] == site_of(after)["version"]


def test_it_can_be_turned_off(settings):
    settings.KEEP_PAGES_OFFLINE = False
    site = site_of(fetch())
    assert (site["off"], bool(site["key"])) == (True, True)


def test_without_a_key_nothing_is_kept(settings):
    settings.ACCOUNT_KEYS = ["short"]
    site = site_of(fetch())
    assert (site["off"], site["key"], site["keyId"]) == (True, "", "")


@pytest.fixture
def lesson():
    make_course(modules=1)
    return LessonPage.objects.live().first()


def post(browser, address, fields=None, *, kept="1"):
    return browser.post(address, fields or {}, headers={"X-Kept": kept} if kept else {})


def of(person):
    make_cohort(learners=[person])
    browser = Client()
    browser.force_login(person)
    return browser


def test_a_lesson_that_was_noted_says_so_and_where_it_leads(lesson):
    ana = make_learner()
    address = reverse("mark_lesson_read", args=[lesson.translation_key])
    led = post(of(ana), address, kept="")["Location"]
    told = post(of(ana), address)
    assert (told.status_code, told["X-To"], told["X-Done"]) == (204, led, "1")
    assert LessonRead.objects.filter(learner=ana).count() == 1


@pytest.mark.parametrize("state", ["signed out", "without a PIN of one's own"])
def test_what_was_not_noted_is_not_said_to_be(lesson, state):
    ana = make_learner(must_choose_pin=state != "signed out")
    browser = Client() if state == "signed out" else of(ana)
    told = post(browser, reverse("mark_lesson_read", args=[lesson.translation_key]))
    assert told["X-To"]
    assert "X-Done" not in told
    assert not LessonRead.objects.exists()


def test_an_attempt_that_was_sent_says_so(lesson):
    ana = make_learner()
    attempt = start_attempt(ana, make_quiz("otro"), language="es", now=timezone.now(), chance=random.Random(1))
    address = reverse("attempt_submit", args=[attempt.pk])
    assert "X-Done" not in post(Client(), address)
    told = post(of(ana), address)
    assert (told["X-Done"], told["X-To"]) == ("1", reverse("attempt_result", args=[attempt.pk]))
    attempt.refresh_from_db()
    assert attempt.submitted_at is not None
