from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import timezone, translation

from quizzes.attempts import late_answers
from quizzes.attempts import taking as attempts
from quizzes.attempts.grading import (
    answers_to_mark,
    exams_to_release,
    grade_manually,
    manual_fraction,
    manual_points,
    regrade_attempt,
    release_attempt,
)
from quizzes.attempts.late_answers import accept_late_answer, reject_late_answer, undecided_late_answers
from quizzes.attempts.responses import IncomingAnswer, responses_of
from quizzes.exceptions import (
    AlreadyDecided,
    CannotCount,
    LateAnswerHeld,
    MarkConflict,
    MarkingIncomplete,
    NotMarkable,
    NotReleasable,
    PointsOutOfRange,
    ReasonRequired,
)
from quizzes.models import Answer, AnswerWrite, LateAnswer, ManualMark
from tests.factories import make_learner, make_question, make_quiz, make_trainer

from .factories import NOW, address, choice_key, form_for, give, item_of, make_full_quiz, page_of, start, submit

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


def make_open_quiz(identifier="m1", **fields):
    opens = [(2, {"marks": 3, "marking_guide": "Saludo y nombre"}), (3, {"marks": 2})]
    questions = [make_question(f"{identifier}-Q{n}", kind="open", choices=[], **more) for n, more in opens]
    return make_quiz(identifier, [make_question(f"{identifier}-Q1"), *questions], **fields)


def send(learner, quiz, *texts):
    attempt = start(learner, quiz)
    single, *opens = attempt.snapshot["questions"]
    give(attempt, single, choice_key(single, "Saludar"))
    for item, text in zip(opens, texts, strict=False):
        give(attempt, item, text)
    return submit(attempt)


def mark(attempt, place, points, *, by, seen=0, comment="", reason="", now=LATER):
    item = attempt.snapshot["questions"][place]
    fraction = Fraction(points) / item["marks"]
    return grade_manually(
        attempt, item["key"], fraction=fraction, comment=comment, reason=reason, seen=seen, by=by, now=now
    )


def grade_of(attempt):
    attempt.refresh_from_db()
    return attempt.grade, attempt.passed


def test_regrading_with_same_grade_announces_nothing(learner, announced, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        attempt = submit(start(learner, make_quiz("m2", 1)))
        assert announced == []
    with django_capture_on_commit_callbacks(execute=True):
        regrade_attempt(attempt, now=NOW)
    assert len(announced) == 1


def test_manual_points_have_two_places():
    assert manual_points(ManualMark(fraction=Decimal("0.12345")), {"marks": 10}) == Fraction(123, 100)
    assert manual_fraction(ManualMark(fraction=Decimal("0.33333")), {"marks": 3}) == Fraction(1, 3)


def test_attempt_has_no_grade_before_last_manual_mark(learner, trainer, announced, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        attempt = send(learner, make_open_quiz(), "Buenos días", "Sin gritar")
        assert grade_of(attempt) == (None, None)
        opens = {item["key"] for item in attempt.snapshot["questions"][1:]}
        assert {str(answer.question_key) for answer in answers_to_mark([learner])} == opens
        mark(attempt, 1, Decimal("1"), by=trainer)
    assert (grade_of(attempt), announced) == ((None, None), [])
    with django_capture_on_commit_callbacks(execute=True):
        mark(attempt, 2, 2, by=trainer)
    # 1 of 1, 1 of 3 and 2 of 2: 4 of 6 points.
    assert grade_of(attempt) == (Decimal("66.66666"), False)
    assert [grade for grade, *_passed in announced] == [Decimal("66.66666")]
    assert not answers_to_mark([learner])
    assert list(Answer.objects.order_by("pk").values_list("fraction", flat=True)) == [1, Decimal("0.33333"), 1]


def test_empty_open_answer_earns_nothing_without_marker(learner):
    attempt = send(learner, make_open_quiz(pass_mark=16), "  ", "")
    # 1 of 6 points.
    assert grade_of(attempt) == (Decimal("16.66666"), True)
    assert not answers_to_mark([learner])


def test_manual_thirds_add_up_to_whole(learner, trainer):
    questions = [make_question(f"m1-Q{n}", kind="open", choices=[], marks=3) for n in range(3)]
    attempt = start(learner, make_quiz("m1", questions, pass_mark=100))
    for item in attempt.snapshot["questions"]:
        give(attempt, item, "Texto")
    attempt = submit(attempt)
    for place in range(3):
        mark(attempt, place, 1, by=trainer)
    assert grade_of(attempt) == (Decimal("33.33333"), False)
    for place in range(3):
        mark(attempt, place, 3, by=trainer, seen=1, reason="Lo leí mejor")
    assert grade_of(attempt) == (100, True)


def test_repeated_mark_is_not_stored(learner, trainer):
    attempt = send(learner, make_open_quiz(), "Buenos días")
    first = mark(attempt, 1, 2, by=trainer, comment="Bien")
    assert mark(attempt, 1, 2, by=trainer, comment=" Bien ") == first
    assert ManualMark.objects.count() == 1


def test_changed_mark_requires_reason_and_keeps_history(
    learner, trainer, announced, django_capture_on_commit_callbacks
):
    attempt = send(learner, make_open_quiz(pass_mark=60), "Buenos días")
    mark(attempt, 1, 1, by=trainer)
    assert grade_of(attempt) == (Decimal("33.33333"), False)
    with pytest.raises(ReasonRequired):
        mark(attempt, 1, 3, by=trainer, seen=1, reason="  ")
    other = make_trainer("otra", "Rosa", "Tum")
    with django_capture_on_commit_callbacks(execute=True):
        mark(attempt, 1, 3, by=other, seen=1, reason="Sí saludó", comment="Muy bien")
    assert grade_of(attempt) == (Decimal("66.66666"), True)
    assert [grade for grade, *_passed in announced] == [Decimal("66.66666")]
    assert list(
        ManualMark.objects.order_by("number").values_list("number", "fraction", "marked_by", "reason", "comment")
    ) == [(1, Decimal("0.33333"), trainer.pk, "", ""), (2, 1, other.pk, "Sí saludó", "Muy bien")]


def test_marker_who_has_not_seen_newest_mark_gets_conflict(learner, trainer):
    attempt = send(learner, make_open_quiz(), "Buenos días")
    mark(attempt, 1, Decimal("2.5"), by=make_trainer("otra", "Rosa", "Tum"))
    with pytest.raises(MarkConflict) as told:
        mark(attempt, 1, 0, by=trainer)
    with translation.override("es"):
        assert str(told.value).startswith("Mientras tanto, Rosa Tum dio 2.5 de 3 puntos. No se guardó nada de lo suyo")
    assert [m.fraction for m in ManualMark.objects.all()] == [Decimal("0.83333")]


def test_automatically_marked_and_empty_answers_refuse_marks(learner, trainer):
    attempt = start(learner, make_open_quiz())
    give(attempt, attempt.snapshot["questions"][1], "Buenos días")
    with pytest.raises(NotMarkable):
        mark(attempt, 1, 1, by=trainer)  # not sent yet
    attempt = submit(attempt)
    for place in (0, 2):  # one that the quiz marks, and one that was left open
        with pytest.raises(NotMarkable):
            mark(attempt, place, 1, by=trainer)
    with pytest.raises(NotMarkable):
        grade_manually(attempt, "gone", fraction=1, comment="", reason="", seen=0, by=trainer, now=LATER)
    for points in (-1, 4):
        with pytest.raises(PointsOutOfRange):
            mark(attempt, 1, points, by=trainer)
    assert ManualMark.objects.count() == 0


def test_changed_scoring_rule_takes_no_points_away(learner, trainer, monkeypatch):
    attempt = send(learner, make_open_quiz(), "Buenos días")
    monkeypatch.setattr("quizzes.kinds.choice.Single.score", lambda self, item, response: Fraction(0))
    mark(attempt, 1, 3, by=trainer)
    assert grade_of(attempt) == (Decimal("66.66666"), False)


def test_exam_is_graded_on_release_once(learner, trainer, announced, django_capture_on_commit_callbacks):
    attempt = send(learner, make_open_quiz(is_exam=True), "Buenos días")
    assert grade_of(attempt) == (None, None)
    assert not exams_to_release([learner])
    with pytest.raises(MarkingIncomplete):
        release_attempt(attempt, by=trainer, now=LATER)
    mark(attempt, 1, 3, by=trainer)
    assert (grade_of(attempt), list(exams_to_release([learner]))) == ((None, None), [attempt])
    with django_capture_on_commit_callbacks(execute=True):
        release_attempt(attempt, by=trainer, now=LATER)
        release_attempt(attempt, by=make_trainer("otra"), now=LATER + timedelta(days=1))
    assert grade_of(attempt) == (Decimal("66.66666"), False)
    assert (attempt.released_by, attempt.released_at) == (trainer, LATER)
    assert [grade for grade, *_passed in announced] == [Decimal("66.66666")]
    assert not exams_to_release([learner])


def test_only_submitted_exam_can_be_released(learner, trainer):
    with pytest.raises(NotReleasable):
        release_attempt(send(learner, make_open_quiz(), "Buenos días"), by=trainer, now=LATER)
    with pytest.raises(NotReleasable):
        release_attempt(start(learner, make_open_quiz("m2", is_exam=True)), by=trainer, now=LATER)


def test_queue_contains_answers_of_these_learners_only(learner):
    quiz, other = make_open_quiz(), make_learner("EVA222")
    send(other, quiz, "Buenos días")
    assert (answers_to_mark([learner]).count(), answers_to_mark([other]).count()) == (0, 1)


def test_review_shows_manual_points_and_comment(learner, learner_client, trainer):
    attempt = send(learner, make_open_quiz(), "Buenos días <b>")
    result = address("attempt_result", attempt.pk)
    assert "Pendiente de calificar" in learner_client.get(result).text
    mark(attempt, 1, Decimal("2.5"), by=trainer, comment="Faltó su <nombre>.")
    page, said = (
        learner_client.get(address("attempt_answers", attempt.pk)).text,
        ("2.5 de 3", "<p>Faltó su &lt;nombre&gt;.</p>", "Buenos días &lt;b&gt;"),
    )
    assert [words for words in said if words not in page] == []
    assert "Saludo y nombre" not in page


@pytest.fixture
def attempt(learner):
    attempt = start(learner, make_quiz("m1", 2))
    first, second = attempt.snapshot["questions"]
    give(attempt, first, choice_key(first, "Callar"))
    give(attempt, second, choice_key(second, "Saludar"))
    return attempt


def arrive(attempt, item, response, *, client="phone", number=2, now=LATER, key=None):
    given = IncomingAnswer(key or item["key"], response, client, number, NOW + timedelta(minutes=5))
    return attempts.save_answers(attempt.pk, [given], learner=attempt.learner, now=now)


def send_late(attempt):
    attempt = submit(attempt)
    first = attempt.snapshot["questions"][0]
    arrive(attempt, first, choice_key(first, "Saludar"))
    return attempt, LateAnswer.objects.get()


def test_answer_after_submission_is_stored_once_as_late_and_changes_nothing(attempt):
    attempt = submit(attempt)
    first = attempt.snapshot["questions"][0]
    for _time in range(2):
        saved = arrive(attempt, first, choice_key(first, "Saludar"))
        assert [write.number for write in saved.current.values()] == [1]
        assert (saved.refused, saved.is_closed) == ([], True)
        assert [(row.reason, type(error)) for row, error in saved.late] == [("submitted", LateAnswerHeld)]
    late = LateAnswer.objects.get()
    assert (late.question, late.client, late.number, late.received_at) == (first["key"], "phone", 2, LATER)
    assert late.given_at == NOW + timedelta(minutes=5)
    attempt.refresh_from_db()
    assert (attempt.grade, AnswerWrite.objects.count()) == (50, 2)


def test_answer_is_late_after_grace_period_only(attempt):
    attempt.due_at = NOW + timedelta(minutes=30)
    attempt.snapshot["rules"]["grace_seconds"] = 60
    attempt.save()
    first = attempt.snapshot["questions"][0]
    right = choice_key(first, "Saludar")
    assert arrive(attempt, first, right, now=NOW + timedelta(minutes=31)).late == []
    late = arrive(attempt, first, right, number=3, now=NOW + timedelta(minutes=31, seconds=1))
    assert [row.reason for row, _error in late.late] == ["late"]
    assert responses_of(attempt)[first["key"]] == right


def test_unknown_question_and_unreadable_response_become_late_answers(attempt):
    first = attempt.snapshot["questions"][0]
    arrive(attempt, None, "x", key="another question")
    arrive(attempt, first, {"x": 1})
    assert list(LateAnswer.objects.order_by("pk").values_list("reason", flat=True)) == ["paper", "unreadable"]


def test_repeated_late_form_is_stored_once(learner_client, attempt):
    submit(attempt)
    first = attempt.snapshot["questions"][0]
    for text in ("Saludar", "Saludar", "Preguntar en voz alta"):
        page = learner_client.post(page_of(attempt), form_for(first, choice_key(first, text)), follow=True)
    assert "Su respuesta llegó tarde, así que se guardó aparte: su facilitador/a decidirá si cuenta." in page.text
    assert list(LateAnswer.objects.order_by("number").values_list("client", "number")) == [("form", 1), ("form", 2)]


def test_form_repeating_saved_answer_is_no_late_answer(learner, learner_client):
    attempt = start(learner, make_quiz("m1", 1))
    first = attempt.snapshot["questions"][0]
    give(attempt, first, choice_key(first, "Saludar"), client="form", number=None)
    submit(attempt)
    learner_client.post(page_of(attempt), form_for(first, choice_key(first, "Saludar")))
    assert LateAnswer.objects.count() == 0


@pytest.mark.postgres
@pytest.mark.parametrize(
    "response", ["x" * 40_001, "a\x00b", "\ud800", float("nan")], ids=["long", "nul", "half", "nan"]
)
def test_response_that_no_database_stores_is_refused(attempt, response):
    saved = arrive(attempt, None, response, key="another question")
    assert (saved.late, len(saved.refused), LateAnswer.objects.count()) == ([], 1, 0)


def test_empty_late_answer_is_stored(learner, trainer):
    attempt = start(learner, make_full_quiz())
    submit(attempt)
    single, multiple = item_of(attempt, "single"), item_of(attempt, "multiple")
    given = [IncomingAnswer(item["key"], None, "phone", 1, NOW) for item in (single, multiple, {"key": "gone"})]
    saved = attempts.save_answers(attempt.pk, given, learner=learner, now=LATER)
    found = [(row.response, row.reason) for row, _error in saved.late]
    assert found == [("", "paper"), ("", "submitted"), ([], "submitted")]
    for late in LateAnswer.objects.filter(reason="submitted"):
        accept_late_answer(late, by=trainer, now=LATER)
    assert responses_of(attempt) == {single["key"]: "", multiple["key"]: []}


def test_late_form_that_takes_back_another_is_stored(learner):
    attempt = start(learner, make_quiz("m1", 1))
    first = attempt.snapshot["questions"][0]
    give(attempt, first, choice_key(first, "Saludar"), client="form", number=None)
    submit(attempt)
    said = [choice_key(first, text) for text in ("Callar", "Saludar", "Saludar")]
    for response in said:
        arrive(attempt, first, response, client="form", number=None)
    late = LateAnswer.objects.order_by("number").values_list("number", "response")
    assert list(late) == [(2, said[0]), (3, said[1])]


@pytest.mark.parametrize("asks", [True, False])
def test_certainty_of_late_answer_counts_only_if_quiz_asks_for_it(learner, trainer, asks):
    attempt = start(learner, make_quiz("m1", 1, asks_certainty=asks))
    submit(attempt)
    first = attempt.snapshot["questions"][0]
    given = IncomingAnswer(first["key"], choice_key(first, "Saludar"), "phone", 1, NOW, 3)
    attempts.save_answers(attempt.pk, [given], learner=learner, now=LATER)
    accept_late_answer(LateAnswer.objects.get(), by=trainer, now=LATER)
    assert (attempt.answers.get().certainty, AnswerWrite.objects.get().certainty) == ((3, 3) if asks else (None, None))


def test_late_answers_beyond_limit_are_refused(attempt, monkeypatch):
    monkeypatch.setattr(late_answers, "MAX_LATE_ANSWERS", 3)
    attempt = submit(attempt)
    first = attempt.snapshot["questions"][0]
    key = choice_key(first, "Saludar")
    given = [IncomingAnswer(first["key"], key, "phone", number, NOW) for number in range(2, 7)]
    saved = attempts.save_answers(attempt.pk, given, learner=attempt.learner, now=LATER)
    assert [[row.number for row, _error in rows] for rows in (saved.late, saved.refused)] == [[2, 3, 4], [5, 6]]
    with translation.override("es"):
        assert "no se guardó" in str(saved.refused[0][1])
    # Repeats of stored ones do not count towards the limit.
    again = attempts.save_answers(attempt.pk, given[:2], learner=attempt.learner, now=LATER)
    assert (len(again.late), again.refused, LateAnswer.objects.count()) == (2, [], 3)


def test_accepted_late_answer_is_saved_and_attempt_regraded(attempt, trainer):
    attempt, late = send_late(attempt)
    for _time in range(2):
        late = accept_late_answer(late, by=trainer, now=LATER)
    assert (late.resolution, late.resolved_by, late.resolved_at) == ("counted", trainer, LATER)
    attempt.refresh_from_db()
    assert (attempt.grade, attempt.passed, AnswerWrite.objects.count()) == (100, True, 3)
    write = AnswerWrite.objects.get(client="phone", number=2)
    assert (write.given_at, write.received_at) == (NOW + timedelta(minutes=5), LATER)
    assert list(undecided_late_answers([attempt.learner])) == []
    saved = arrive(attempt, attempt.snapshot["questions"][0], write.response)
    assert (bool(saved.current), saved.late, LateAnswer.objects.count()) == (True, [], 1)


def test_accepted_older_answer_does_not_become_current(attempt, trainer):
    first = attempt.snapshot["questions"][0]
    give(attempt, first, choice_key(first, "Callar"), number=9)
    attempt, late = send_late(attempt)
    accept_late_answer(late, by=trainer, now=LATER)
    attempt.refresh_from_db()
    assert (attempt.grade, responses_of(attempt)[first["key"]]) == (50, choice_key(first, "Callar"))


def test_rejected_late_answer_changes_nothing(attempt, trainer):
    attempt, late = send_late(attempt)
    for _time in range(2):
        late = reject_late_answer(late, by=trainer, now=LATER)
    attempt.refresh_from_db()
    assert (late.resolution, attempt.grade, AnswerWrite.objects.count()) == ("left", 50, 2)


def test_second_decision_is_refused_with_first_one(attempt, trainer):
    _attempt, late = send_late(attempt)
    reject_late_answer(late, by=trainer, now=LATER)
    with pytest.raises(AlreadyDecided) as told:
        accept_late_answer(late, by=make_trainer("otra"), now=LATER)
    with translation.override("es"):
        assert str(told.value) == "Marta Ajú Ñáñez ya decidió sobre esta respuesta: No se cuenta. Así queda."
    assert told.value.late_answer.resolution == "left"
    assert AnswerWrite.objects.count() == 2


def test_answer_without_question_can_only_be_rejected(attempt, trainer):
    arrive(attempt, None, "x", key="another question")
    late = LateAnswer.objects.get()
    with pytest.raises(CannotCount):
        accept_late_answer(late, by=trainer, now=LATER)
    assert reject_late_answer(late, by=trainer, now=LATER).resolution == "left"


def test_accepted_late_answer_submits_never_sent_attempt(learner, trainer):
    attempt = start(learner, make_quiz("m1", 1))
    attempt.due_at = attempt.abandoned_at = NOW + timedelta(minutes=30)
    attempt.save()
    first = attempt.snapshot["questions"][0]
    arrive(attempt, first, choice_key(first, "Saludar"), now=timezone.now())
    accept_late_answer(LateAnswer.objects.get(reason="late"), by=trainer, now=LATER)
    attempt.refresh_from_db()
    assert (attempt.submitted_at, attempt.abandoned_at, attempt.grade) == (NOW + timedelta(minutes=30), None, 100)


def test_response_to_reflection_is_never_stored(learner):
    attempt = start(learner, make_full_quiz())
    submit(attempt)
    saved = arrive(attempt, item_of(attempt, "reflection"), "Una vez…")
    assert (saved.late, len(saved.refused), LateAnswer.objects.count()) == ([], 1, 0)
