"""What the rules of a quiz make of its pages: what is hidden until when, which message is read, what a page costs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from quizzes.attempts.marking import release_attempt
from quizzes.models import Attempt, HeldWrite, ScoreBand
from tests.factories import make_quiz, make_trainer

from .factories import address, choice_key, give, start, submit

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
RIGHT, WHY = "Así se recibe a toda persona", "La retroalimentación general."


def sent(learner, quiz, *, right=1):
    """Let the learner answer so many questions rightly and send the attempt, a moment ago."""
    attempt = start(learner, quiz, now=timezone.now() - 10 * MINUTE)
    for item in attempt.paper["questions"][:right]:
        give(attempt, item, choice_key(item, "Saludar"))
    return submit(attempt, now=timezone.now() - 5 * MINUTE)


def test_what_was_right_is_hidden_until_the_quiz_has_closed_and_the_grade_is_not(learner, learner_client):
    quiz = make_quiz("m1", 2, feedback_time="closing", closes_at=timezone.now() + 60 * MINUTE)
    attempt = sent(learner, quiz)
    page = learner_client.get(address("attempt_result", attempt.pk)).text
    assert "50\xa0%" in page
    assert [words for words in (RIGHT, WHY) if words in page] == []
    attempt.paper["rules"]["closes_at"] = (timezone.now() - MINUTE).isoformat()
    attempt.save(update_fields=["paper"])
    page = learner_client.get(address("attempt_result", attempt.pk)).text
    assert [words for words in (RIGHT, WHY) if words not in page] == []


def test_of_an_exam_nothing_is_read_before_it_is_released(learner, learner_client):
    quiz = make_quiz("m1", 2, is_exam=True, passed_text="Ya puede pedir su constancia.", pass_mark=40)
    attempt = sent(learner, quiz)
    pages = [address("attempt_result", attempt.pk), address("quiz_entry", "m1")]
    for text in (learner_client.get(page).text for page in pages):
        assert "Pendiente de calificar" in text
        assert [words for words in ("50\xa0%", "Aprobado", "constancia", RIGHT, WHY) if words in text] == []
    release_attempt(attempt, by=make_trainer(), now=timezone.now())
    result = learner_client.get(pages[0]).text
    assert [words for words in ("50\xa0%", "Ya puede pedir su constancia.", RIGHT, WHY) if words not in result] == []


@pytest.mark.parametrize(
    ("right", "read"),
    [(0, {"Aún no."}), (2, {"La mitad.", "Aún no."}), (3, {"La mitad.", "Bien."}), (4, {"Todo.", "Bien."})],
)
def test_people_read_the_message_of_the_highest_grade_they_reached(learner, learner_client, right, read):
    quiz = make_quiz("m1", 4, pass_mark=75, passed_text="Bien.", not_passed_text="Aún no.")
    for grade, text in ((50, "La mitad."), (100, "Todo.")):
        ScoreBand.objects.create(quiz=quiz, from_percent=grade, text=text, locale=quiz.locale)
    page = learner_client.get(address("attempt_result", sent(learner, quiz, right=right).pk)).text
    assert {text for text in ("La mitad.", "Todo.", "Bien.", "Aún no.") if text in page} == read


def test_an_answer_in_the_grace_counts_and_a_later_one_waits_for_the_trainer(learner, learner_client):
    quiz = make_quiz("m1", 2, time_limit=20, grace_seconds=60)
    attempt = start(learner, quiz, now=timezone.now() - 20 * MINUTE - timedelta(seconds=30))

    def post(number):
        item = attempt.paper["questions"][number - 1]
        form = {"question": item["key"], "choice": choice_key(item, "Saludar"), "shown": '""', "go": "next"}
        return learner_client.post(address("attempt_question", attempt.pk, number), form)

    post(1)
    Attempt.objects.update(due_at=timezone.now() - timedelta(seconds=61))
    post(2)
    attempt.refresh_from_db()
    assert (attempt.grade, attempt.submitted_at) == (50, attempt.due_at)
    held = HeldWrite.objects.get()
    assert (held.reason, held.question, held.resolution) == ("late", attempt.paper["questions"][1]["key"], "")
