"""A form that the worker sent: where it leads stands in a header, and whether it was noted is never guessed."""

import random

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from modules.models import LessonPage, LessonRead
from quizzes.attempts.taking import start_attempt
from tests.factories import make_cohort, make_course, make_learner, make_quiz

pytestmark = pytest.mark.django_db


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


def test_another_persons_attempt_is_not_said_to_be_noted(lesson):
    attempt = start_attempt(
        make_learner(), make_quiz("otro"), language="es", now=timezone.now(), chance=random.Random(1)
    )
    told = post(of(make_learner("EVA222")), reverse("attempt_submit", args=[attempt.pk]))
    assert told.status_code == 404
    assert "X-Done" not in told
