"""A sitting on the site of the course, from the button that begins a quiz to where handing it in leads."""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from modules.models import ModulePage
from quizzes.attempts.taking import save_answer
from quizzes.kinds import kind_of
from quizzes.models import Attempt
from tests.factories import finish_lessons, make_cohort, make_course, make_learner

# What follows from a grade is worked out once it is committed.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def learner(client):
    learner = make_learner(cohort=make_cohort())
    client.force_login(learner)
    return learner


def begin(client):
    with translation.override("es"):
        return client.post(reverse("quiz_start", args=["m1"]))


def answer_all(attempt, *, right=True):
    now = timezone.now()
    for item in attempt.paper["questions"]:
        wrong = next(option["key"] for option in item["options"] if not option["right"])
        response = kind_of(item).right_response(item) if right else wrong
        save_answer(attempt, item["key"], response, client="test", number=1, given_at=now, now=now)


def hand_in(client, attempt):
    with translation.override("es"):
        return client.post(reverse("attempt_submit", args=[attempt.pk])).url


def test_an_attempt_that_finishes_a_module_leads_to_its_motif_at_once_and_when_it_is_sent_again(client, learner):
    make_course(modules=2, lessons=1)
    finish_lessons(learner, ModulePage.objects.get(number=1))
    for right, leads_to in [(False, "revision"), (True, "tejido"), (True, "revision")]:
        begin(client)
        attempt = Attempt.objects.open().get()
        answer_all(attempt, right=right)
        assert leads_to in hand_in(client, attempt)
        assert leads_to in hand_in(client, attempt)
