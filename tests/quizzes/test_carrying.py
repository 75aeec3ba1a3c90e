"""An answer that arrives after the session ended is carried through the sign-in, and nobody else's is."""

from datetime import timedelta

import pytest
from django.core import signing
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone, translation

from quizzes.answering import carrying
from quizzes.answering.carrying import apply_carried, carry
from quizzes.answering.forms import prefix_of
from quizzes.attempts.answers import responses_of
from quizzes.models import AnswerWrite
from tests.factories import make_learner, make_quiz

from .factories import choice_key, give, start, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(learner):
    return start(learner, make_quiz("m1", 3))


@pytest.fixture(autouse=True)
def in_spanish():
    with translation.override("es"):
        yield


def form_of(item, text, **more):
    form = QueryDict(mutable=True)
    form.update({"question": item["key"], "choice": choice_key(item, text), "go": "next", "shown": '""'} | more)
    return form


def carried_now(attempt, form, *, ago=timedelta(minutes=1)):
    return carry(attempt.pk, form, given_at=timezone.now() - ago)


def test_a_post_from_nobody_is_carried_into_the_sign_in_page(client, learner, attempt):
    item = attempt.paper["questions"][0]
    form = form_of(item, "Saludar").dict() | {"csrfmiddlewaretoken": "secret"}
    page = client.post(reverse("attempt_question", args=[attempt.pk, 1]), form)
    text = page.text
    assert "form" in text
    assert AnswerWrite.objects.count() == 0
    assert "secret" not in text


def test_a_carried_answer_is_saved_for_its_person_and_leads_to_the_next_question(learner, attempt):
    item = attempt.paper["questions"][0]
    carried = carried_now(attempt, form_of(item, "Saludar"))
    for _time in range(2):
        assert apply_carried(carried, learner, now=timezone.now()) == (
            reverse("attempt_question", args=[attempt.pk, 2]),
            "",
        )
    assert responses_of(attempt) == {item["key"]: choice_key(item, "Saludar")}


def test_a_page_of_all_questions_is_carried_whole(learner):
    attempt = start(learner, make_quiz("m2", 3, layout="all"))
    first, second, _third = attempt.paper["questions"]
    form = QueryDict(mutable=True)
    form.update({"page": "1", "go": "finish"})
    for item in attempt.paper["questions"]:
        form[prefix_of(item) + "shown"] = '""'
    for item, text in ((first, "Saludar"), (second, "Callar")):
        form[prefix_of(item) + "choice"] = choice_key(item, text)
    arrival = apply_carried(carried_now(attempt, form), learner, now=timezone.now())
    assert arrival.address == reverse("attempt_summary", args=[attempt.pk])
    assert responses_of(attempt) == {
        first["key"]: choice_key(first, "Saludar"),
        second["key"]: choice_key(second, "Callar"),
    }


def test_a_carried_answer_counts_from_when_it_was_given(learner, attempt):
    item = attempt.paper["questions"][0]
    carried = carried_now(attempt, form_of(item, "Callar"), ago=timedelta(minutes=30))
    moment = timezone.now() - timedelta(minutes=10)
    attempt.started_at = moment
    give(attempt, item, choice_key(item, "Saludar"), after=0)
    apply_carried(carried, learner, now=timezone.now())
    assert responses_of(attempt) == {item["key"]: choice_key(item, "Saludar")}


def test_the_way_on_is_in_the_language_of_the_page_that_was_left(learner, attempt):
    carried = carried_now(attempt, form_of(attempt.paper["questions"][0], "Saludar"))
    with translation.override("en"):
        assert apply_carried(carried, learner, now=timezone.now()).address.startswith("/es/")


def test_whoever_else_signs_in_saves_nothing(attempt):
    item = attempt.paper["questions"][0]
    carried = carried_now(attempt, form_of(item, "Saludar"))
    assert apply_carried(carried, make_learner("EVA222"), now=timezone.now()) is None
    assert AnswerWrite.objects.count() == 0


def test_forged_foreign_and_old_texts_save_nothing(learner, attempt, monkeypatch):
    item = attempt.paper["questions"][0]
    carried = carried_now(attempt, form_of(item, "Saludar"))
    other_salt = signing.dumps(signing.loads(carried, salt=carrying.SALT), salt="another")
    for text in ("", "nobody", carried[:-3] + "abc", carried + "x", other_salt):
        assert apply_carried(text, learner, now=timezone.now()) is None
    monkeypatch.setattr(carrying, "MAX_AGE", -1)
    assert apply_carried(carried, learner, now=timezone.now()) is None
    assert AnswerWrite.objects.count() == 0


def test_an_answer_to_a_sent_attempt_leads_to_its_review_and_an_unreadable_one_to_the_summary(learner, attempt):
    item = attempt.paper["questions"][0]
    unreadable = carried_now(attempt, form_of(item, "Saludar", choice="nobody"))
    strange = carried_now(attempt, QueryDict("question=gone"))
    for text in (unreadable, strange):
        arrival = apply_carried(text, learner, now=timezone.now())
        assert arrival.address == reverse("attempt_summary", args=[attempt.pk])
        assert "no se cambió nada" in arrival.problem.lower()
    carried = carried_now(attempt, form_of(item, "Saludar"))
    submit(attempt)
    arrival = apply_carried(carried, learner, now=timezone.now())
    assert arrival.address == reverse("attempt_result", args=[attempt.pk])
    assert "llegó tarde" in arrival.problem
    assert AnswerWrite.objects.count() == 0
    assert [held.reason for held in attempt.held_writes.order_by("pk")] == ["unreadable", "paper", "submitted"]


def test_an_endless_form_is_not_carried(learner, attempt):
    carried = carried_now(attempt, QueryDict("question=" + "x" * 1_100_000))
    assert len(carried) < 500
    assert apply_carried(carried, learner, now=timezone.now()).address == reverse("attempt_summary", args=[attempt.pk])
    assert not attempt.held_writes.exists()
