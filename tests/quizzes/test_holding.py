"""Answers that arrive and can't be placed: kept once, shown to nobody, decided about by a trainer."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from quizzes.attempts import holding
from quizzes.attempts import taking as attempts
from quizzes.attempts.answers import AnswerGiven, responses_of
from quizzes.attempts.holding import count_held, held_to_decide, leave_held
from quizzes.exceptions import AlreadyDecided, ArrivedLate, CannotCount
from quizzes.models import AnswerWrite, Attempt, HeldWrite, QuizFigures
from tests.factories import make_quiz, make_trainer

from .factories import NOW, choice_key, give, item_of, make_full_quiz, start, submit

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def attempt(learner):
    """Two questions; the first is answered wrongly, the second rightly, and it is sent."""
    attempt = start(learner, make_quiz("m1", 2))
    first, second = attempt.paper["questions"]
    give(attempt, first, choice_key(first, "Callar"))
    give(attempt, second, choice_key(second, "Saludar"))
    return attempt


def arrive(attempt, item, response, *, client="phone", number=2, now=LATER, key=None):
    """Let a write arrive; return what came of it."""
    given = AnswerGiven(key or item["key"], response, client, number, NOW + timedelta(minutes=5))
    return attempts.save_answers(attempt.pk, [given], learner=attempt.learner, now=now)


def held_late(attempt):
    """Send the attempt and let a right answer to its first question arrive after that."""
    attempt = submit(attempt)
    first = attempt.paper["questions"][0]
    arrive(attempt, first, choice_key(first, "Saludar"))
    return attempt, HeldWrite.objects.get()


def test_an_answer_to_a_sent_attempt_is_kept_once_and_changes_nothing(attempt):
    attempt = submit(attempt)
    first = attempt.paper["questions"][0]
    for _time in range(2):
        saved = arrive(attempt, first, choice_key(first, "Saludar"))
        assert [write.number for write in saved.current.values()] == [1]
        assert (saved.refused, saved.is_sent) == ([], True)
        assert [(row.reason, type(error)) for row, error in saved.held] == [("submitted", ArrivedLate)]
    held = HeldWrite.objects.get()
    assert (held.question, held.client, held.number, held.received_at) == (first["key"], "phone", 2, LATER)
    assert held.given_at == NOW + timedelta(minutes=5)
    attempt.refresh_from_db()
    assert (attempt.grade, AnswerWrite.objects.count()) == (50, 2)


def test_a_repeat_of_a_write_that_is_there_stands_and_is_never_held(attempt):
    attempt = submit(attempt)
    first = attempt.paper["questions"][0]
    saved = arrive(attempt, first, choice_key(first, "Callar"), number=1)
    assert (list(saved.current), saved.held, HeldWrite.objects.count()) == ([first["key"]], [], 0)


def test_what_comes_after_the_time_and_its_grace_is_held_and_what_comes_within_counts(attempt):
    attempt.due_at = NOW + timedelta(minutes=30)
    attempt.paper["rules"]["grace_seconds"] = 60
    attempt.save()
    first = attempt.paper["questions"][0]
    right = choice_key(first, "Saludar")
    assert arrive(attempt, first, right, now=NOW + timedelta(minutes=31)).held == []
    late = arrive(attempt, first, right, number=3, now=NOW + timedelta(minutes=31, seconds=1))
    assert [row.reason for row, _error in late.held] == ["late"]
    assert responses_of(attempt)[first["key"]] == right


def test_what_belongs_to_no_question_or_can_not_be_read_is_held_while_the_attempt_is_open(attempt):
    first = attempt.paper["questions"][0]
    arrive(attempt, None, "x", key="another question")
    arrive(attempt, first, {"x": 1})
    assert list(HeldWrite.objects.order_by("pk").values_list("reason", flat=True)) == ["paper", "unreadable"]


def test_a_form_that_is_posted_again_is_held_once(client, learner, attempt):
    submit(attempt)
    first = attempt.paper["questions"][0]
    client.force_login(learner)
    form = {"question": first["key"], "shown": '""', "go": "next"}
    with translation.override("es"):
        address = reverse("attempt_question", args=[attempt.pk, 1])
        for text in ("Saludar", "Saludar", "Preguntar en voz alta"):
            page = client.post(address, form | {"choice": choice_key(first, text)}, follow=True)
    assert "Su respuesta llegó tarde, así que se guardó aparte: su facilitador/a decidirá si cuenta." in (page.text)
    assert list(HeldWrite.objects.order_by("number").values_list("client", "number")) == [("form", 1), ("form", 2)]


def test_a_form_says_again_what_it_said_in_time_and_nothing_is_held(client, learner):
    attempt = start(learner, make_quiz("m1", 1))
    first = attempt.paper["questions"][0]
    give(attempt, first, choice_key(first, "Saludar"), client="form", number=None)
    submit(attempt)
    client.force_login(learner)
    form = {"question": first["key"], "shown": '""', "go": "next", "choice": choice_key(first, "Saludar")}
    with translation.override("es"):
        client.post(reverse("attempt_question", args=[attempt.pk, 1]), form)
    assert HeldWrite.objects.count() == 0


def test_what_reaches_a_reflection_is_never_held(learner):
    attempt = start(learner, make_full_quiz())
    submit(attempt)
    saved = arrive(attempt, item_of(attempt, "reflection"), "Una vez…")
    assert (saved.held, len(saved.refused), HeldWrite.objects.count()) == ([], 1, 0)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "response", ["x" * 40_001, "a\x00b", "\ud800", float("nan")], ids=["long", "nul", "half", "nan"]
)
def test_what_no_database_takes_is_refused_with_a_sentence(attempt, response):
    saved = arrive(attempt, None, response, key="another question")
    assert (saved.held, len(saved.refused), HeldWrite.objects.count()) == ([], 1, 0)


def test_a_late_answer_that_says_nothing_is_held_and_the_rest_with_it(learner, trainer):
    attempt = start(learner, make_full_quiz())
    submit(attempt)
    single, multiple = item_of(attempt, "single"), item_of(attempt, "multiple")
    given = [AnswerGiven(item["key"], None, "phone", 1, NOW) for item in (single, multiple, {"key": "gone"})]
    saved = attempts.save_answers(attempt.pk, given, learner=learner, now=LATER)
    assert [(row.response, row.reason) for row, _error in saved.held] == [
        ("", "paper"),
        ("", "submitted"),
        ([], "submitted"),
    ]
    for held in HeldWrite.objects.filter(reason="submitted"):
        count_held(held, by=trainer, now=LATER)
    assert responses_of(attempt) == {single["key"]: "", multiple["key"]: []}


def test_a_late_form_that_takes_back_another_late_one_is_no_repeat_of_the_first(learner):
    attempt = start(learner, make_quiz("m1", 1))
    first = attempt.paper["questions"][0]
    give(attempt, first, choice_key(first, "Saludar"), client="form", number=None)
    submit(attempt)
    said = [choice_key(first, text) for text in ("Callar", "Saludar", "Saludar")]
    for response in said:
        arrive(attempt, first, response, client="form", number=None)
    held = HeldWrite.objects.order_by("number").values_list("number", "response")
    assert list(held) == [(2, said[0]), (3, said[1])]


@pytest.mark.parametrize("asks", [True, False])
def test_how_sure_somebody_was_counts_with_a_late_answer_only_where_it_is_asked(learner, trainer, asks):
    attempt = start(learner, make_quiz("m1", 1, asks_certainty=asks))
    submit(attempt)
    first = attempt.paper["questions"][0]
    given = AnswerGiven(first["key"], choice_key(first, "Saludar"), "phone", 1, NOW, 3)
    attempts.save_answers(attempt.pk, [given], learner=learner, now=LATER)
    count_held(HeldWrite.objects.get(), by=trainer, now=LATER)
    assert (attempt.answers.get().certainty, AnswerWrite.objects.get().certainty) == ((3, 3) if asks else (None, None))


def test_no_more_is_held_than_the_limit_and_the_rest_is_refused(attempt, monkeypatch):
    monkeypatch.setattr(holding, "MOST_HELD", 3)
    attempt = submit(attempt)
    first = attempt.paper["questions"][0]
    key = choice_key(first, "Saludar")
    given = [AnswerGiven(first["key"], key, "phone", number, NOW) for number in range(2, 7)]
    saved = attempts.save_answers(attempt.pk, given, learner=attempt.learner, now=LATER)
    assert ([row.number for row, _error in saved.held], [row.number for row, _error in saved.refused]) == (
        [2, 3, 4],
        [5, 6],
    )
    with translation.override("es"):
        assert "no se guardó" in str(saved.refused[0][1])
    # What is kept already is no more than it was.
    again = attempts.save_answers(attempt.pk, given[:2], learner=attempt.learner, now=LATER)
    assert (len(again.held), again.refused, HeldWrite.objects.count()) == (2, [], 3)


def test_counting_a_late_answer_places_it_and_grades_again(attempt, trainer):
    attempt, held = held_late(attempt)
    for _time in range(2):
        held = count_held(held, by=trainer, now=LATER)
    assert (held.resolution, held.resolved_by, held.resolved_at) == ("counted", trainer, LATER)
    attempt.refresh_from_db()
    assert (attempt.grade, attempt.passed, AnswerWrite.objects.count()) == (100, True, 3)
    write = AnswerWrite.objects.get(client="phone", number=2)
    assert (write.given_at, write.received_at) == (NOW + timedelta(minutes=5), LATER)
    assert list(held_to_decide([attempt.learner])) == []
    # The phone that sends it again hears that it stands.
    assert arrive(attempt, attempt.paper["questions"][0], write.response).current


def test_an_answer_that_was_given_earlier_is_placed_and_does_not_stand(attempt, trainer):
    first = attempt.paper["questions"][0]
    give(attempt, first, choice_key(first, "Callar"), number=9)
    attempt, held = held_late(attempt)
    count_held(held, by=trainer, now=LATER)
    attempt.refresh_from_db()
    assert (attempt.grade, responses_of(attempt)[first["key"]]) == (50, choice_key(first, "Callar"))


def test_leaving_an_answer_out_changes_nothing(attempt, trainer):
    attempt, held = held_late(attempt)
    for _time in range(2):
        held = leave_held(held, by=trainer, now=LATER)
    attempt.refresh_from_db()
    assert (held.resolution, attempt.grade, AnswerWrite.objects.count()) == ("left", 50, 2)


def test_the_second_to_decide_is_told_what_the_first_decided(attempt, trainer):
    _attempt, held = held_late(attempt)
    leave_held(held, by=trainer, now=LATER)
    with pytest.raises(AlreadyDecided) as told:
        count_held(held, by=make_trainer("otra"), now=LATER)
    with translation.override("es"):
        assert str(told.value) == "Marta Ajú Ñáñez ya decidió sobre esta respuesta: No se cuenta. Así queda."
    assert told.value.held.resolution == "left"
    assert AnswerWrite.objects.count() == 2


def test_what_has_no_place_can_only_be_left_out(attempt, trainer):
    arrive(attempt, None, "x", key="another question")
    held = HeldWrite.objects.get()
    with pytest.raises(CannotCount):
        count_held(held, by=trainer, now=LATER)
    assert leave_held(held, by=trainer, now=LATER).resolution == "left"


def test_an_attempt_that_was_never_sent_is_sent_by_the_answer_that_counts(learner, trainer):
    attempt = start(learner, make_quiz("m1", 1))
    attempt.due_at = attempt.abandoned_at = NOW + timedelta(minutes=30)
    attempt.save()
    first = attempt.paper["questions"][0]
    arrive(attempt, first, choice_key(first, "Saludar"), now=timezone.now())
    count_held(HeldWrite.objects.get(reason="late"), by=trainer, now=LATER)
    attempt.refresh_from_db()
    assert (attempt.submitted_at, attempt.abandoned_at, attempt.grade) == (NOW + timedelta(minutes=30), None, 100)


def test_the_figures_that_hold_the_attempt_are_counted_anew(attempt, trainer):
    attempt, held = held_late(attempt)
    QuizFigures.objects.create(quiz_key=attempt.quiz_key, people=10, counted_at=NOW)
    Attempt.objects.update(in_figures=True)
    count_held(held, by=trainer, now=LATER)
    assert QuizFigures.objects.get().is_stale
