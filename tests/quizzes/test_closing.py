from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from quizzes.attempts.closing import close_expired_attempts, close_if_expired, create_allowance
from quizzes.attempts.rules import (
    check_may_start,
    clock_of,
    compute_due_at,
    is_expired,
    may_start,
    state_of,
)
from quizzes.attempts.taking import submit_attempt
from quizzes.exceptions import MayNotStart, MustWait, NoAttemptsLeft, NotOpenYet, QuizClosed
from quizzes.models import AnswerWrite, Attempt, Quiz
from tests.factories import make_learner, make_quiz, make_trainer

from .factories import NOW, address, answer_all, choice_key, form_for, give, page_of, start, submit

pytestmark = pytest.mark.django_db

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
LIMIT = NOW + 20 * MINUTE


def make_timed_quiz(identifier="m1", questions=1, **fields):
    return make_quiz(identifier, questions, time_limit=20, grace_seconds=60, **fields)


def test_attempt_is_due_at_time_limit_or_closing():
    due = {
        (limit, closes_at): compute_due_at(NOW, time_limit=limit, closes_at=closes_at, extra_minutes=5)
        for limit in (None, 20)
        for closes_at in (None, NOW + 10 * MINUTE, NOW + 60 * MINUTE)
    }
    assert due == {
        (None, None): None,
        (None, NOW + 10 * MINUTE): NOW + 10 * MINUTE,
        (None, NOW + 60 * MINUTE): NOW + 60 * MINUTE,
        (20, None): NOW + 25 * MINUTE,
        (20, NOW + 10 * MINUTE): NOW + 10 * MINUTE,
        (20, NOW + 60 * MINUTE): NOW + 25 * MINUTE,
    }


def test_changing_quiz_does_not_move_end_of_attempt(learner):
    quiz = make_timed_quiz()
    attempt = start(learner, quiz)
    Quiz.objects.update(time_limit=1, grace_seconds=0, closes_at=NOW)
    attempt = Attempt.objects.get(pk=attempt.pk)
    assert attempt.due_at == LIMIT
    assert [is_expired(attempt, LIMIT + late * SECOND) for late in (60, 61)] == [False, True]
    assert start(make_learner("EVA222"), make_quiz("m2", 1)).due_at is None


def test_submission_counts_from_its_moment_in_grace_and_from_due_time_after_it(learner):
    quiz = make_timed_quiz()
    ended = []
    for number, late in enumerate((60 * SECOND, 61 * SECOND)):
        attempt = start(make_learner(f"EVA22{number}"), quiz)
        answer_all(attempt)
        ended.append(submit_attempt(attempt, now=LIMIT + late).submitted_at)
    assert ended == [LIMIT + 60 * SECOND, LIMIT]


def test_expired_attempt_without_answers_was_never_sent_and_another_may_start(learner):
    quiz = make_timed_quiz()
    attempt = start(learner, quiz)
    later = LIMIT + 2 * MINUTE
    closed = submit_attempt(attempt, now=later)
    assert (closed.submitted_at, closed.abandoned_at, closed.grade) == (None, LIMIT, None)
    assert close_if_expired(closed, now=later) == closed
    assert start(learner, quiz, now=later) != attempt


def test_expired_attempt_is_closed_before_another_starts(learner):
    quiz = make_timed_quiz()
    first = start(learner, quiz)
    answer_all(first)
    second = start(learner, quiz, now=LIMIT + 2 * MINUTE)
    first.refresh_from_db()
    assert second != first
    assert (first.submitted_at, first.grade) == (LIMIT, 100)


def test_closing_announces_submission_once(learner, announced, django_capture_on_commit_callbacks):
    attempt = start(learner, make_timed_quiz())
    answer_all(attempt)
    with django_capture_on_commit_callbacks(execute=True):
        for _time in range(2):
            close_expired_attempts(now=LIMIT + 2 * MINUTE)
            close_if_expired(attempt, now=LIMIT + 2 * MINUTE)
    assert announced == [(100, True, None)]


def test_all_expired_attempts_are_closed(learner):
    quiz = make_timed_quiz()
    answered, untouched = start(learner, quiz), start(make_learner("EVA222"), quiz)
    answer_all(answered)
    in_grace = start(make_learner("EVA223"), quiz, now=NOW + 2 * MINUTE)
    unlimited = start(learner, make_quiz("m2", 1))
    later = LIMIT + 2 * MINUTE + 30 * SECOND
    assert close_expired_attempts(now=later, learners=[make_learner("OTRA22")]) == 0
    assert close_expired_attempts(now=later) == 2
    found = [state_of(Attempt.objects.get(pk=one.pk), later).name for one in (answered, untouched, in_grace, unlimited)]
    assert found == ["FINISHED", "NEVER_SENT", "OVERDUE", "IN_PROGRESS"]
    assert close_expired_attempts(now=LIMIT) == 0


def test_command_closes_expired_attempts(learner, capsys):
    attempt = start(learner, make_timed_quiz())
    answer_all(attempt)
    call_command("close_attempts")
    call_command("close_attempts")
    assert capsys.readouterr().out.splitlines() == [f"Intentos cerrados / attempts closed: {n}" for n in (1, 0)]
    assert Attempt.objects.get().grade == 100


def test_allowance_extends_open_attempt(learner):
    quiz = make_timed_quiz(closes_at=NOW + 30 * MINUTE)
    attempt = start(learner, quiz)

    def allow(now, **given):
        create_allowance(learner, quiz.translation_key, reason="Se fue la luz.", by=trainer, now=now, **given)
        attempt.refresh_from_db()
        return attempt.due_at

    trainer = make_trainer()
    assert allow(NOW + MINUTE, extra_minutes=8) == LIMIT + 8 * MINUTE
    assert allow(NOW + 2 * MINUTE, extra_minutes=20) == NOW + 30 * MINUTE
    assert allow(NOW + 3 * MINUTE, extra_minutes=20, closes_at=NOW + 90 * MINUTE) == LIMIT + 20 * MINUTE
    assert allow(NOW + 4 * MINUTE, extra_attempts=1) == LIMIT
    assert clock_of(attempt, now=NOW + 4 * MINUTE).seconds == 16 * 60
    # After the grace period the attempt is closed and stays closed.
    assert allow(LIMIT + 30 * SECOND, extra_minutes=5) == LIMIT + 5 * MINUTE
    allow(LIMIT + 7 * MINUTE, extra_minutes=60)
    assert (attempt.abandoned_at, attempt.due_at) == (LIMIT + 5 * MINUTE, LIMIT + 5 * MINUTE)


def test_earlier_allowance_extends_new_attempt(learner):
    quiz = make_timed_quiz(closes_at=NOW + 25 * MINUTE)
    more = {"extra_minutes": 15, "closes_at": NOW + 60 * MINUTE, "reason": "Lee con lupa."}
    create_allowance(learner, quiz.translation_key, by=make_trainer(), now=NOW, **more)
    assert start(learner, quiz).due_at == NOW + 35 * MINUTE
    assert start(make_learner("EVA222"), quiz).due_at == LIMIT


def test_allowance_requires_reason(learner):
    with pytest.raises(ValueError, match="reason"):
        create_allowance(learner, make_timed_quiz().translation_key, reason="  ", by=make_trainer(), now=NOW)


@pytest.mark.parametrize(
    "name", ["attempt_question", "attempt_summary", "attempt_result", "quiz_entry", "quiz_continue"]
)
def test_every_page_of_expired_attempt_closes_it_and_leads_to_review(learner, learner_client, name):
    attempt = start(learner, make_timed_quiz(), now=timezone.now() - 22 * MINUTE)
    answer_all(attempt)
    args = {"attempt_question": [attempt.pk, 1], "quiz_entry": ["m1"], "quiz_continue": ["m1"]}.get(name, [attempt.pk])
    reply = learner_client.get(address(name, *args), follow=True)
    attempt.refresh_from_db()
    assert (reply.status_code, attempt.submitted_at, attempt.grade) == (200, attempt.due_at, 100)
    assert "Aprobado" in reply.text
    if name.startswith("attempt"):
        assert reply.request["PATH_INFO"] == address("attempt_result", attempt.pk)


@pytest.mark.parametrize("name", ["attempt_question", "attempt_summary", "attempt_result", "attempt_submit"])
def test_pages_of_never_sent_attempt_lead_to_quiz_with_reason(learner, learner_client, name):
    attempt = start(learner, make_timed_quiz(), now=timezone.now() - 22 * MINUTE)
    args = [attempt.pk, 1] if name == "attempt_question" else [attempt.pk]
    ask = learner_client.post if name == "attempt_submit" else learner_client.get
    reply = ask(address(name, *args), follow=True)
    attempt.refresh_from_db()
    assert (attempt.abandoned_at, attempt.submitted_at) == (attempt.due_at, None)
    assert reply.request["PATH_INFO"] == address("quiz_entry", "m1")
    why = "El tiempo terminó antes de que respondiera algo, así que no se envió nada."
    assert [words for words in (why, "Nunca enviado", "Empezar") if words not in reply.text] == []


def test_late_form_is_refused_with_message_and_earlier_answers_count(learner, learner_client):
    attempt = start(learner, make_timed_quiz(questions=2), now=timezone.now() - 22 * MINUTE)
    first, second = attempt.snapshot["questions"]
    give(attempt, first, choice_key(first, "Saludar"))
    reply = learner_client.post(page_of(attempt, 2), form_for(second, choice_key(second, "Saludar")), follow=True)
    assert reply.request["PATH_INFO"] == address("attempt_result", attempt.pk)
    assert "Su respuesta llegó tarde" in reply.text
    attempt.refresh_from_db()
    assert (attempt.grade, AnswerWrite.objects.count()) == (50, 1)


@pytest.mark.parametrize("page", ["attempt_question", "attempt_summary"])
@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (15, ["Termina ", "Quedan 14 minutos", 'data-left="89', "timer.js"]),
        (0, ["El tiempo terminó ", "Envíe sus respuestas ahora", 'data-left="0"']),
        (3000, ["Termina "]),
        (None, []),
    ],
    ids=["in time", "in the grace", "in days", "no limit"],
)
def test_page_without_script_shows_end_of_attempt(learner, learner_client, page, minutes, words):
    attempt = start(learner, make_timed_quiz(), now=timezone.now())
    Attempt.objects.update(due_at=None if minutes is None else timezone.now() + minutes * MINUTE)
    args = [attempt.pk, 1] if page == "attempt_question" else [attempt.pk]
    text = learner_client.get(address(page, *args)).text
    assert [word for word in words if word not in text] == []
    assert ("quiz-timer" in text) == (minutes is not None)
    assert ("data-left" in text) == (minutes in (0, 15))


def test_countdown_closes_attempt_with_answer_in_form(learner, learner_client):
    attempt = start(learner, make_timed_quiz(questions=2), now=timezone.now())
    first = attempt.snapshot["questions"][0]
    form = form_for(first, choice_key(first, "Saludar"), go="clock")
    # The clock of the page is far ahead: the answer is saved, the attempt stays open.
    reply = learner_client.post(page_of(attempt), form)
    assert reply.url == address("attempt_summary", attempt.pk)
    due_at = timezone.now() + 3 * SECOND
    Attempt.objects.update(due_at=due_at)
    reply = learner_client.post(page_of(attempt), form)
    assert reply.url == address("attempt_result", attempt.pk)
    attempt.refresh_from_db()
    assert (attempt.submitted_at <= due_at, attempt.grade) == (True, 50)


def test_countdown_without_answers_sends_nothing(learner, learner_client):
    attempt = start(learner, make_timed_quiz(), now=timezone.now())
    Attempt.objects.update(due_at=timezone.now() - SECOND)
    reply = learner_client.post(address("attempt_submit", attempt.pk), {"by": "clock"})
    assert reply.url == address("quiz_entry", "m1")
    attempt.refresh_from_db()
    assert (attempt.abandoned_at, attempt.submitted_at) == (attempt.due_at, None)


TEN = datetime(2026, 3, 14, 10, 0, tzinfo=ZoneInfo("America/Guatemala"))


def why(learner, quiz, *, now=TEN):
    with pytest.raises(MayNotStart) as raised:
        check_may_start(learner, quiz, now=now)
    assert not may_start(learner, quiz, now=now)
    with pytest.raises(type(raised.value)):
        start(learner, quiz, now=now)
    return str(raised.value)


def test_submitted_and_never_sent_attempts_use_up_limit(learner):
    quiz = make_quiz("m1", 1, attempts_allowed=2, time_limit=10, grace_seconds=0)
    submit(start(learner, quiz, now=TEN))
    never_sent = start(learner, quiz, now=TEN + timedelta(hours=1))
    closed = close_if_expired(never_sent, now=TEN + timedelta(hours=2))
    assert closed.abandoned_at == TEN + timedelta(hours=1, minutes=10)
    again = "Si necesita hacerlo de nuevo, pídalo a su facilitador/a."
    words = f"Este cuestionario se puede hacer 2 veces, y usted ya las hizo. {again}"
    assert why(learner, quiz, now=TEN + timedelta(hours=2)) == words
    assert Attempt.objects.count() == 2
    assert may_start(make_learner("EVA222"), quiz, now=TEN)
    once = make_quiz("m2", 1, attempts_allowed=1)
    submit(start(learner, once, now=TEN))
    assert why(learner, once).startswith("Este cuestionario se hace una vez, y usted ya lo hizo.")


def test_last_open_attempt_can_be_resumed(learner):
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
def test_message_shows_end_of_waiting_time(learner, wait, sentence):
    quiz = make_quiz("m1", 1, wait_minutes=wait)
    submit(start(learner, quiz, now=TEN))  # ten minutes later
    assert why(learner, quiz, now=TEN + timedelta(minutes=11)) == sentence
    again_at = TEN + timedelta(minutes=10 + wait)
    assert not may_start(learner, quiz, now=again_at - timedelta(microseconds=1))
    assert may_start(learner, quiz, now=again_at)


def test_message_shows_opening_and_closing_of_quiz(learner):
    quiz = make_quiz("m1", 1, opens_at=TEN, closes_at=TEN + timedelta(days=2))
    assert why(learner, quiz, now=TEN - timedelta(hours=1)) == "Este cuestionario se abre hoy a las 10:00."
    assert may_start(learner, quiz, now=TEN)
    assert may_start(learner, quiz, now=quiz.closes_at - timedelta(microseconds=1))
    assert why(learner, quiz, now=quiz.closes_at) == (
        "Este cuestionario se cerró hoy a las 10:00. Si necesita más tiempo, pídalo a su facilitador/a."
    )
    assert "se cerró ayer a las 10:00." in why(learner, quiz, now=quiz.closes_at + timedelta(days=1))
    assert "se cerró el 16 de marzo de 2026 a las 10:00." in why(learner, quiz, now=quiz.closes_at + timedelta(days=9))


def test_newest_allowance_overrides_rules(learner):
    quiz = make_quiz("m1", 1, attempts_allowed=1, closes_at=TEN)
    trainer = make_trainer()
    submit(start(learner, quiz, now=TEN - timedelta(hours=1)))

    def give(hours, **given):
        now = TEN - timedelta(hours=5) + timedelta(minutes=hours)
        return create_allowance(learner, quiz.translation_key, reason="Se fue la luz.", by=trainer, now=now, **given)

    def refused(error, now, person=learner):
        with pytest.raises(error):
            check_may_start(person, quiz, now=now)

    give(1, extra_attempts=1)
    assert may_start(learner, quiz, now=TEN - timedelta(minutes=1))
    refused(QuizClosed, TEN)
    give(2, extra_attempts=1, closes_at=TEN + timedelta(hours=2))
    assert may_start(learner, quiz, now=TEN + timedelta(hours=1))
    refused(QuizClosed, TEN + timedelta(hours=2))
    # Allowances do not add up.
    give(3, closes_at=TEN + timedelta(hours=2))
    refused(NoAttemptsLeft, TEN + timedelta(hours=1))
    give(4, extra_attempts=1, closes_at=TEN - timedelta(hours=1))
    refused(QuizClosed, TEN - timedelta(hours=1))
    refused(QuizClosed, TEN, make_learner("EVA222"))


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
def test_start_is_refused_and_entry_page_has_no_button(learner, learner_client, fields, error):
    quiz = make_quiz("m1", 1)
    submit(start(learner, quiz, now=timezone.now() - timedelta(minutes=20)))
    type(quiz).objects.update(**fields)
    quiz.refresh_from_db()
    with pytest.raises(error) as refused:
        check_may_start(learner, quiz, now=timezone.now())
    reply, entry = learner_client.post(address("quiz_start", "m1")), learner_client.get(address("quiz_entry", "m1"))
    assert (reply.status_code, entry.status_code) == (403, 200)
    with translation.override("es"):
        assert [str(refused.value) in page.text for page in (reply, entry)] == [True, True]
    assert "Empezar" not in entry.text
    assert Attempt.objects.count() == 1
