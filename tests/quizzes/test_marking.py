"""Marking by hand and deciding about late answers: what waits, what counts, and when there is a grade."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from quizzes.attempts import late_answers
from quizzes.attempts import taking as attempts
from quizzes.attempts.grading import hand_fraction, hand_points, regrade_attempt
from quizzes.attempts.late_answers import count_held, held_to_decide, leave_held
from quizzes.attempts.marking import answers_to_mark, exams_to_release, mark_answer, release_attempt
from quizzes.attempts.responses import AnswerGiven, responses_of
from quizzes.exceptions import (
    AlreadyDecided,
    ArrivedLate,
    CannotCount,
    MarkedMeanwhile,
    NotAnExam,
    NotForMarking,
    PointsOutOfRange,
    ReasonMissing,
    StillToMark,
)
from quizzes.models import Answer, AnswerWrite, Attempt, LateAnswer, ManualMark, QuizStatistics
from tests.factories import make_learner, make_question, make_quiz, make_trainer

from .factories import NOW, choice_key, give, item_of, make_full_quiz, start, submit

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


def make_open_quiz(identifier="m1", **fields):
    """A single choice of 1 point and two open questions of 3 and 2."""
    return make_quiz(
        identifier,
        [
            make_question(f"{identifier}-Q1"),
            make_question(f"{identifier}-Q2", kind="open", choices=[], marks=3, marking_guide="Saludo y nombre"),
            make_question(f"{identifier}-Q3", kind="open", choices=[], marks=2),
        ],
        **fields,
    )


def send(learner, quiz, *texts):
    """Answer the single choice rightly and the open questions with these texts, and hand in."""
    attempt = start(learner, quiz)
    single, *opens = attempt.snapshot["questions"]
    give(attempt, single, choice_key(single, "Saludar"))
    for item, text in zip(opens, texts, strict=False):
        give(attempt, item, text)
    return submit(attempt)


def mark(attempt, place, points, *, by, seen=0, comment="", reason="", now=LATER):
    item = attempt.snapshot["questions"][place]
    fraction = Fraction(points) / item["marks"]
    return mark_answer(
        attempt, item["key"], fraction=fraction, comment=comment, reason=reason, seen=seen, by=by, now=now
    )


def grade_of(attempt):
    attempt.refresh_from_db()
    return attempt.grade, attempt.passed


def test_grading_again_what_comes_out_the_same_tells_nobody(learner, announced, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        attempt = submit(start(learner, make_quiz("m2", 1)))
        assert len(announced) == 0
    assert len(announced) == 1
    with django_capture_on_commit_callbacks(execute=True):
        regrade_attempt(attempt, now=NOW)
    assert len(announced) == 1


def test_points_by_hand_are_given_to_two_places():
    assert hand_points(ManualMark(fraction=Decimal("0.12345")), {"marks": 10}) == Fraction(123, 100)
    assert hand_fraction(ManualMark(fraction=Decimal("0.33333")), {"marks": 3}) == Fraction(1, 3)


def test_an_attempt_has_no_grade_before_its_last_answer_is_marked(
    learner, trainer, announced, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        attempt = send(learner, make_open_quiz(), "Buenos días", "Sin gritar")
        assert grade_of(attempt) == (None, None)
        assert [answer.question_key.hex for answer in answers_to_mark([learner])] == [
            item["key"].replace("-", "") for item in sorted(attempt.snapshot["questions"][1:], key=lambda i: i["key"])
        ]
        mark(attempt, 1, Decimal("1"), by=trainer)
    assert (grade_of(attempt), announced) == ((None, None), [])
    with django_capture_on_commit_callbacks(execute=True):
        mark(attempt, 2, 2, by=trainer)
    # 1 of 1, 1 of 3 and 2 of 2: 4 of 6 points.
    assert grade_of(attempt) == (Decimal("66.66666"), False)
    assert [grade for grade, *_passed in announced] == [Decimal("66.66666")]
    assert not answers_to_mark([learner])
    assert list(Answer.objects.order_by("pk").values_list("fraction", flat=True)) == [1, Decimal("0.33333"), 1]


def test_an_answer_that_was_left_open_earns_nothing_and_waits_for_nobody(learner):
    attempt = send(learner, make_open_quiz(pass_mark=16), "  ", "")
    # 1 of 6 points.
    assert grade_of(attempt) == (Decimal("16.66666"), True)
    assert not answers_to_mark([learner])


def test_points_that_are_thirds_add_up_to_the_whole(learner, trainer):
    quiz = make_quiz(
        "m1", [make_question(f"m1-Q{n}", kind="open", choices=[], marks=3) for n in range(3)], pass_mark=100
    )
    attempt = start(learner, quiz)
    for item in attempt.snapshot["questions"]:
        give(attempt, item, "Texto")
    attempt = submit(attempt)
    for place in range(3):
        mark(attempt, place, 1, by=trainer)
    assert grade_of(attempt) == (Decimal("33.33333"), False)
    for place in range(3):
        mark(attempt, place, 3, by=trainer, seen=1, reason="Lo leí mejor")
    assert grade_of(attempt) == (100, True)


def test_the_same_mark_again_is_the_same_mark(learner, trainer):
    attempt = send(learner, make_open_quiz(), "Buenos días")
    first = mark(attempt, 1, 2, by=trainer, comment="Bien")
    assert mark(attempt, 1, 2, by=trainer, comment=" Bien ") == first
    assert ManualMark.objects.count() == 1


def test_a_change_needs_a_reason_and_keeps_the_history(learner, trainer, announced, django_capture_on_commit_callbacks):
    attempt = send(learner, make_open_quiz(pass_mark=60), "Buenos días")
    mark(attempt, 1, 1, by=trainer)
    assert grade_of(attempt) == (Decimal("33.33333"), False)
    with pytest.raises(ReasonMissing):
        mark(attempt, 1, 3, by=trainer, seen=1, reason="  ")
    other = make_trainer("otra", "Rosa", "Tum")
    with django_capture_on_commit_callbacks(execute=True):
        mark(attempt, 1, 3, by=other, seen=1, reason="Sí saludó", comment="Muy bien")
    assert grade_of(attempt) == (Decimal("66.66666"), True)
    assert [grade for grade, *_passed in announced] == [Decimal("66.66666")]
    assert list(
        ManualMark.objects.order_by("number").values_list("number", "fraction", "marked_by", "reason", "comment")
    ) == [(1, Decimal("0.33333"), trainer.pk, "", ""), (2, 1, other.pk, "Sí saludó", "Muy bien")]


def test_who_did_not_see_the_newest_mark_overwrites_nothing_and_is_shown_it(learner, trainer):
    attempt = send(learner, make_open_quiz(), "Buenos días")
    mark(attempt, 1, Decimal("2.5"), by=make_trainer("otra", "Rosa", "Tum"))
    with pytest.raises(MarkedMeanwhile) as told:
        mark(attempt, 1, 0, by=trainer)
    with translation.override("es"):
        assert str(told.value).startswith("Mientras tanto, Rosa Tum dio 2.5 de 3 puntos. No se guardó nada de lo suyo")
    assert [m.fraction for m in ManualMark.objects.all()] == [Decimal("0.83333")]


def test_only_what_a_person_marks_is_marked(learner, trainer):
    quiz = make_open_quiz()
    attempt = start(learner, quiz)
    give(attempt, attempt.snapshot["questions"][1], "Buenos días")
    with pytest.raises(NotForMarking):
        mark(attempt, 1, 1, by=trainer)  # not sent yet
    attempt = submit(attempt)
    for place in (0, 2):  # one that the quiz marks, and one that was left open
        with pytest.raises(NotForMarking):
            mark(attempt, place, 1, by=trainer)
    with pytest.raises(NotForMarking):
        mark_answer(attempt, "gone", fraction=1, comment="", reason="", seen=0, by=trainer, now=LATER)
    for points in (-1, 4):
        with pytest.raises(PointsOutOfRange):
            mark(attempt, 1, points, by=trainer)
    assert ManualMark.objects.count() == 0


def test_a_kinds_rule_that_changed_since_takes_nobodys_points_away(learner, trainer, monkeypatch):
    attempt = send(learner, make_open_quiz(), "Buenos días")
    monkeypatch.setattr("quizzes.kinds.choice.Single.score", lambda self, item, response: Fraction(0))
    mark(attempt, 1, 3, by=trainer)
    assert grade_of(attempt) == (Decimal("66.66666"), False)


def test_changing_a_mark_of_an_attempt_that_is_in_the_figures_has_them_counted_anew(learner, trainer):
    attempt = send(learner, make_open_quiz(), "Buenos días")
    mark(attempt, 1, 1, by=trainer)
    QuizStatistics.objects.create(quiz_key=attempt.quiz_key, people=10, counted_at=NOW)
    Attempt.objects.update(in_figures=True)
    mark(attempt, 1, 2, by=trainer, seen=1, reason="Lo leí mejor")
    assert QuizStatistics.objects.get().is_stale


def test_an_exam_gets_its_grade_with_its_release_and_only_once(
    learner, trainer, announced, django_capture_on_commit_callbacks
):
    attempt = send(learner, make_open_quiz(is_exam=True), "Buenos días")
    assert grade_of(attempt) == (None, None)
    assert not exams_to_release([learner])
    with pytest.raises(StillToMark):
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


def test_an_exam_that_the_quiz_marks_alone_waits_for_its_release_too(learner, trainer):
    attempt = start(learner, make_quiz("m1", 1, is_exam=True))
    item = attempt.snapshot["questions"][0]
    give(attempt, item, choice_key(item, "Saludar"))
    attempt = submit(attempt)
    assert grade_of(attempt) == (None, None)
    release_attempt(attempt, by=trainer, now=LATER)
    assert grade_of(attempt) == (100, True)


def test_only_an_exam_that_was_sent_is_released(learner, trainer):
    with pytest.raises(NotAnExam):
        release_attempt(send(learner, make_open_quiz(), "Buenos días"), by=trainer, now=LATER)
    with pytest.raises(NotAnExam):
        release_attempt(start(learner, make_open_quiz("m2", is_exam=True)), by=trainer, now=LATER)


def test_only_the_answers_of_these_people_wait(learner):
    quiz, other = make_open_quiz(), make_learner("EVA222")
    send(other, quiz, "Buenos días")
    assert (answers_to_mark([learner]).count(), answers_to_mark([other]).count()) == (0, 1)


def test_the_review_shows_the_points_and_the_comment(learner, learner_client, trainer):
    attempt = send(learner, make_open_quiz(), "Buenos días <b>")
    with translation.override("es"):
        address = reverse("attempt_result", args=[attempt.pk])
    page = learner_client.get(address).text
    assert "Pendiente de calificar" in page
    mark(attempt, 1, Decimal("2.5"), by=trainer, comment="Faltó su <nombre>.")
    page = learner_client.get(address).text
    assert "2.5 de 3" in page
    assert "<p>Faltó su &lt;nombre&gt;.</p>" in page
    assert "Buenos días &lt;b&gt;" in page
    assert "Saludo y nombre" not in page


@pytest.fixture
def attempt(learner):
    """Two questions; the first is answered wrongly, the second rightly, and it is sent."""
    attempt = start(learner, make_quiz("m1", 2))
    first, second = attempt.snapshot["questions"]
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
    first = attempt.snapshot["questions"][0]
    arrive(attempt, first, choice_key(first, "Saludar"))
    return attempt, LateAnswer.objects.get()


def test_an_answer_to_a_sent_attempt_is_kept_once_and_changes_nothing(attempt):
    attempt = submit(attempt)
    first = attempt.snapshot["questions"][0]
    for _time in range(2):
        saved = arrive(attempt, first, choice_key(first, "Saludar"))
        assert [write.number for write in saved.current.values()] == [1]
        assert (saved.refused, saved.is_sent) == ([], True)
        assert [(row.reason, type(error)) for row, error in saved.held] == [("submitted", ArrivedLate)]
    held = LateAnswer.objects.get()
    assert (held.question, held.client, held.number, held.received_at) == (first["key"], "phone", 2, LATER)
    assert held.given_at == NOW + timedelta(minutes=5)
    attempt.refresh_from_db()
    assert (attempt.grade, AnswerWrite.objects.count()) == (50, 2)


def test_a_repeat_of_a_write_that_is_there_stands_and_is_never_held(attempt):
    attempt = submit(attempt)
    first = attempt.snapshot["questions"][0]
    saved = arrive(attempt, first, choice_key(first, "Callar"), number=1)
    assert (list(saved.current), saved.held, LateAnswer.objects.count()) == ([first["key"]], [], 0)


def test_what_comes_after_the_time_and_its_grace_is_held_and_what_comes_within_counts(attempt):
    attempt.due_at = NOW + timedelta(minutes=30)
    attempt.snapshot["rules"]["grace_seconds"] = 60
    attempt.save()
    first = attempt.snapshot["questions"][0]
    right = choice_key(first, "Saludar")
    assert arrive(attempt, first, right, now=NOW + timedelta(minutes=31)).held == []
    late = arrive(attempt, first, right, number=3, now=NOW + timedelta(minutes=31, seconds=1))
    assert [row.reason for row, _error in late.held] == ["late"]
    assert responses_of(attempt)[first["key"]] == right


def test_what_belongs_to_no_question_or_can_not_be_read_is_held_while_the_attempt_is_open(attempt):
    first = attempt.snapshot["questions"][0]
    arrive(attempt, None, "x", key="another question")
    arrive(attempt, first, {"x": 1})
    assert list(LateAnswer.objects.order_by("pk").values_list("reason", flat=True)) == ["paper", "unreadable"]


def test_a_form_that_is_posted_again_is_held_once(client, learner, attempt):
    submit(attempt)
    first = attempt.snapshot["questions"][0]
    client.force_login(learner)
    form = {"question": first["key"], "shown": '""', "go": "next"}
    with translation.override("es"):
        address = reverse("attempt_question", args=[attempt.pk, 1])
        for text in ("Saludar", "Saludar", "Preguntar en voz alta"):
            page = client.post(address, form | {"choice": choice_key(first, text)}, follow=True)
    assert "Su respuesta llegó tarde, así que se guardó aparte: su facilitador/a decidirá si cuenta." in (page.text)
    assert list(LateAnswer.objects.order_by("number").values_list("client", "number")) == [("form", 1), ("form", 2)]


def test_a_form_says_again_what_it_said_in_time_and_nothing_is_held(client, learner):
    attempt = start(learner, make_quiz("m1", 1))
    first = attempt.snapshot["questions"][0]
    give(attempt, first, choice_key(first, "Saludar"), client="form", number=None)
    submit(attempt)
    client.force_login(learner)
    form = {"question": first["key"], "shown": '""', "go": "next", "choice": choice_key(first, "Saludar")}
    with translation.override("es"):
        client.post(reverse("attempt_question", args=[attempt.pk, 1]), form)
    assert LateAnswer.objects.count() == 0


def test_what_reaches_a_reflection_is_never_held(learner):
    attempt = start(learner, make_full_quiz())
    submit(attempt)
    saved = arrive(attempt, item_of(attempt, "reflection"), "Una vez…")
    assert (saved.held, len(saved.refused), LateAnswer.objects.count()) == ([], 1, 0)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "response", ["x" * 40_001, "a\x00b", "\ud800", float("nan")], ids=["long", "nul", "half", "nan"]
)
def test_what_no_database_takes_is_refused_with_a_sentence(attempt, response):
    saved = arrive(attempt, None, response, key="another question")
    assert (saved.held, len(saved.refused), LateAnswer.objects.count()) == ([], 1, 0)


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
    for held in LateAnswer.objects.filter(reason="submitted"):
        count_held(held, by=trainer, now=LATER)
    assert responses_of(attempt) == {single["key"]: "", multiple["key"]: []}


def test_a_late_form_that_takes_back_another_late_one_is_no_repeat_of_the_first(learner):
    attempt = start(learner, make_quiz("m1", 1))
    first = attempt.snapshot["questions"][0]
    give(attempt, first, choice_key(first, "Saludar"), client="form", number=None)
    submit(attempt)
    said = [choice_key(first, text) for text in ("Callar", "Saludar", "Saludar")]
    for response in said:
        arrive(attempt, first, response, client="form", number=None)
    held = LateAnswer.objects.order_by("number").values_list("number", "response")
    assert list(held) == [(2, said[0]), (3, said[1])]


@pytest.mark.parametrize("asks", [True, False])
def test_how_sure_somebody_was_counts_with_a_late_answer_only_where_it_is_asked(learner, trainer, asks):
    attempt = start(learner, make_quiz("m1", 1, asks_certainty=asks))
    submit(attempt)
    first = attempt.snapshot["questions"][0]
    given = AnswerGiven(first["key"], choice_key(first, "Saludar"), "phone", 1, NOW, 3)
    attempts.save_answers(attempt.pk, [given], learner=learner, now=LATER)
    count_held(LateAnswer.objects.get(), by=trainer, now=LATER)
    assert (attempt.answers.get().certainty, AnswerWrite.objects.get().certainty) == ((3, 3) if asks else (None, None))


def test_no_more_is_held_than_the_limit_and_the_rest_is_refused(attempt, monkeypatch):
    monkeypatch.setattr(late_answers, "MOST_HELD", 3)
    attempt = submit(attempt)
    first = attempt.snapshot["questions"][0]
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
    assert (len(again.held), again.refused, LateAnswer.objects.count()) == (2, [], 3)


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
    assert arrive(attempt, attempt.snapshot["questions"][0], write.response).current


def test_an_answer_that_was_given_earlier_is_placed_and_does_not_stand(attempt, trainer):
    first = attempt.snapshot["questions"][0]
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
    held = LateAnswer.objects.get()
    with pytest.raises(CannotCount):
        count_held(held, by=trainer, now=LATER)
    assert leave_held(held, by=trainer, now=LATER).resolution == "left"


def test_an_attempt_that_was_never_sent_is_sent_by_the_answer_that_counts(learner, trainer):
    attempt = start(learner, make_quiz("m1", 1))
    attempt.due_at = attempt.abandoned_at = NOW + timedelta(minutes=30)
    attempt.save()
    first = attempt.snapshot["questions"][0]
    arrive(attempt, first, choice_key(first, "Saludar"), now=timezone.now())
    count_held(LateAnswer.objects.get(reason="late"), by=trainer, now=LATER)
    attempt.refresh_from_db()
    assert (attempt.submitted_at, attempt.abandoned_at, attempt.grade) == (NOW + timedelta(minutes=30), None, 100)


def test_the_figures_that_hold_the_attempt_are_counted_anew(attempt, trainer):
    attempt, held = held_late(attempt)
    QuizStatistics.objects.create(quiz_key=attempt.quiz_key, people=10, counted_at=NOW)
    Attempt.objects.update(in_figures=True)
    count_held(held, by=trainer, now=LATER)
    assert QuizStatistics.objects.get().is_stale
