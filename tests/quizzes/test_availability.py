"""Whether another attempt may begin: how many, how long after the last one, from when and until when."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from quizzes.attempts.allowances import give_allowance
from quizzes.attempts.availability import check_may_start, may_start
from quizzes.attempts.closing import close_if_over
from quizzes.exceptions import MayNotStart, MustWait, NoAttemptsLeft, NotOpenYet, QuizClosed
from quizzes.models import Attempt
from tests.factories import make_learner, make_quiz, make_trainer

from .factories import answer_all, start, submit

pytestmark = pytest.mark.django_db

# Ten in the morning on the wall in Guatemala.
TEN = datetime(2026, 3, 14, 10, 0, tzinfo=ZoneInfo("America/Guatemala"))


def why(learner, quiz, *, now=TEN):
    """Return the sentence that says why no attempt may start, after seeing that page and use case agree."""
    with pytest.raises(MayNotStart) as raised:
        check_may_start(learner, quiz, now=now)
    assert not may_start(learner, quiz, now=now)
    with pytest.raises(type(raised.value)):
        start(learner, quiz, now=now)
    return str(raised.value)


def test_a_quiz_without_rules_may_be_taken_for_ever(learner):
    quiz = make_quiz("m1", 1)
    for day in range(3):
        submit(start(learner, quiz, now=TEN + timedelta(days=day)))
    assert may_start(learner, quiz, now=TEN)


def test_attempts_are_used_up_by_sent_and_by_never_sent_ones(learner):
    quiz = make_quiz("m1", 1, attempts_allowed=2, time_limit=10, grace_seconds=0)
    submit(start(learner, quiz, now=TEN))
    never_sent = start(learner, quiz, now=TEN + timedelta(hours=1))
    assert close_if_over(never_sent, now=TEN + timedelta(hours=2)).abandoned_at == TEN + timedelta(hours=1, minutes=10)
    assert why(learner, quiz, now=TEN + timedelta(hours=2)) == (
        "Este cuestionario se puede hacer 2 veces, y usted ya las hizo. "
        "Si necesita hacerlo de nuevo, pídalo a su facilitador/a."
    )
    assert Attempt.objects.count() == 2
    assert may_start(make_learner("EVA222"), quiz, now=TEN)


def test_the_only_attempt_has_a_sentence_of_its_own(learner):
    quiz = make_quiz("m1", 1, attempts_allowed=1)
    submit(start(learner, quiz, now=TEN))
    assert why(learner, quiz).startswith("Este cuestionario se hace una vez, y usted ya lo hizo.")


def test_the_open_attempt_goes_on_though_it_was_the_last_one(learner):
    quiz = make_quiz("m1", 1, attempts_allowed=1, wait_minutes=60)
    attempt = start(learner, quiz, now=TEN)
    assert start(learner, quiz, now=TEN + timedelta(days=1)) == attempt


@pytest.mark.parametrize(
    ("wait", "sentence"),
    [
        (340, "Podrá hacerlo otra vez hoy a las 15:50."),
        (24 * 60, "Podrá hacerlo otra vez mañana a las 10:10."),
        (3 * 24 * 60, "Podrá hacerlo otra vez el 17 de marzo de 2026 a las 10:10."),
    ],
)
def test_between_attempts_one_waits_until_a_moment_that_is_told(learner, wait, sentence):
    quiz = make_quiz("m1", 1, wait_minutes=wait)
    submit(start(learner, quiz, now=TEN))  # ten minutes later
    assert why(learner, quiz, now=TEN + timedelta(minutes=11)) == sentence
    again_at = TEN + timedelta(minutes=10 + wait)
    assert not may_start(learner, quiz, now=again_at - timedelta(microseconds=1))
    assert may_start(learner, quiz, now=again_at)


def test_a_quiz_opens_and_closes_at_moments_that_are_told(learner):
    quiz = make_quiz("m1", 1, opens_at=TEN, closes_at=TEN + timedelta(days=2))
    assert why(learner, quiz, now=TEN - timedelta(hours=1)) == "Este cuestionario se abre hoy a las 10:00."
    assert may_start(learner, quiz, now=TEN)
    assert may_start(learner, quiz, now=quiz.closes_at - timedelta(microseconds=1))
    assert why(learner, quiz, now=quiz.closes_at) == (
        "Este cuestionario se cerró hoy a las 10:00. Si necesita más tiempo, pídalo a su facilitador/a."
    )
    assert "se cerró ayer a las 10:00." in why(learner, quiz, now=quiz.closes_at + timedelta(days=1))
    assert "se cerró el 16 de marzo de 2026 a las 10:00." in why(learner, quiz, now=quiz.closes_at + timedelta(days=9))


def test_what_a_person_is_allowed_goes_beyond_the_rules_and_the_newest_holds(learner):
    quiz = make_quiz("m1", 1, attempts_allowed=1, closes_at=TEN)
    trainer = make_trainer()
    submit(start(learner, quiz, now=TEN - timedelta(hours=1)))

    def give(hours, **given):
        now = TEN - timedelta(hours=5) + timedelta(minutes=hours)
        return give_allowance(learner, quiz.translation_key, reason="Se fue la luz.", by=trainer, now=now, **given)

    give(1, extra_attempts=1)
    assert may_start(learner, quiz, now=TEN - timedelta(minutes=1))
    with pytest.raises(QuizClosed):
        check_may_start(learner, quiz, now=TEN)
    give(2, extra_attempts=1, closes_at=TEN + timedelta(hours=2))
    assert may_start(learner, quiz, now=TEN + timedelta(hours=1))
    with pytest.raises(QuizClosed):
        check_may_start(learner, quiz, now=TEN + timedelta(hours=2))
    # It replaces the one before, and does not add to it.
    give(3, closes_at=TEN + timedelta(hours=2))
    with pytest.raises(NoAttemptsLeft):
        check_may_start(learner, quiz, now=TEN + timedelta(hours=1))
    # Somebody else's changes nothing.
    with pytest.raises(QuizClosed):
        check_may_start(make_learner("EVA222"), quiz, now=TEN)


def test_a_person_may_be_given_less_time_than_the_others(learner):
    quiz = make_quiz("m1", 1, closes_at=TEN + timedelta(days=1))
    give_allowance(learner, quiz.translation_key, closes_at=TEN, reason="Se va de viaje.", by=make_trainer(), now=TEN)
    with pytest.raises(QuizClosed):
        check_may_start(learner, quiz, now=TEN)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"opens_at": timezone.now() + timedelta(days=9)}, NotOpenYet),
        ({"closes_at": timezone.now() - timedelta(days=9)}, QuizClosed),
        ({"attempts_allowed": 1}, NoAttemptsLeft),
        ({"wait_minutes": 999_999}, MustWait),
    ],
    ids=["opens", "closes", "attempts", "wait"],
)
def test_the_page_refuses_what_the_rule_refuses_and_the_entry_has_no_button(learner, learner_client, fields, error):
    quiz = make_quiz("m1", 1)
    submit(start(learner, quiz, now=timezone.now() - timedelta(minutes=20)))
    type(quiz).objects.update(**fields)
    quiz.refresh_from_db()
    with pytest.raises(error) as refused:
        check_may_start(learner, quiz, now=timezone.now())
    with translation.override("es"):
        reply = learner_client.post(reverse("quiz_start", args=["m1"]))
        entry = learner_client.get(reverse("quiz_entry", args=["m1"]))
    assert (reply.status_code, entry.status_code) == (403, 200)
    assert str(refused.value) in reply.text
    assert str(refused.value) in entry.text
    assert "Empezar" not in entry.text
    assert Attempt.objects.count() == 1


def test_reloading_a_result_starts_no_attempt(learner, learner_client):
    attempt = start(learner, make_quiz("m1", 1))
    answer_all(attempt)
    submit(attempt)
    with translation.override("es"):
        address = reverse("attempt_result", args=[attempt.pk])
        for _time in range(3):
            assert learner_client.get(address).status_code == 200
        learner_client.post(address)
        # The form that sent it, posted again by a reload.
        learner_client.post(reverse("attempt_submit", args=[attempt.pk]))
    assert Attempt.objects.count() == 1
