import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from quizzes.attempts import taking as attempts
from quizzes.exceptions import LateAnswerHeld
from quizzes.models import Attempt, LateAnswer, ManualMark, Question
from tests.factories import (
    NOW,
    enrol,
    make_case,
    make_cohort,
    make_course,
    make_learner,
    make_question,
    make_quiz,
    make_staff,
    make_trainer,
)

from .answers import column, rows

pytestmark = pytest.mark.django_db
SECRET = "Le diría buenos días y su nombre"


@pytest.fixture(autouse=True)
def course(db):
    return make_course(modules=1, lessons=1, quiz=False)


@pytest.fixture
def quiz():
    return make_open_quiz()


def make_open_quiz(identifier="casos", **fields):
    return make_quiz(
        identifier,
        [
            make_question(f"{identifier}-Q1", text="¿Una sola?"),
            make_question(f"{identifier}-Q2", kind="open", choices=[], marks=3, marking_guide="Saludo y nombre"),
        ],
        title="Casos del portón",
        **fields,
    )


def send(learner, quiz, text=SECRET, *, now=NOW):
    attempt = attempts.start_attempt(learner, quiz, language="es", now=now, chance=random.Random(1))
    single, written = attempt.snapshot["questions"]
    right = next(option["key"] for option in single["options"] if option["right"])
    for number, (item, response) in enumerate([(single, right), (written, text)]):
        attempts.save_answer(attempt, item["key"], response, client="phone", number=number, given_at=now, now=now)
    return attempts.submit_attempt(attempt, now=now)


def mark_page(group, attempt, number=2):
    return reverse("desk_mark_answer", args=[group.pk, attempt.pk, number])


def pile_page(group, quiz):
    return reverse("desk_pile", args=[group.pk, quiz.translation_key])


def posted(points, *, seen=0, **more):
    return {"points": points, "comment": "", "seen": seen, "go": "next"} | more


def test_whoever_marks_reads_the_case_too(desk, group, ana, quiz):
    written = Question.objects.get(kind="open")
    make_case("C", [written, make_question("C-2")], dialogue="Portero: ¿Qué busca?")
    Question.objects.filter(identifier="C-2").update(live=False)
    page = desk.get(mark_page(group, send(ana, quiz))).text
    assert page.index("<b>Portero:</b> ¿Qué busca?") < page.index(written.text)


def test_the_queue_says_what_waits_and_shows_no_answer(desk, group, ana, quiz):
    send(ana, quiz)
    page = desk.get(reverse("desk_marking")).text
    assert "Casos del portón" in page
    assert "Por calificar (1)" in page
    file = desk.get(reverse("desk_marking_csv"))
    assert rows(file)[1] == ["Grupo de la mañana", "Casos del portón", "1", "0", "1", "2026-11-25", "0"]
    for shown in (page, desk.get(pile_page(group, quiz)).text, file.text):
        assert SECRET not in shown


def test_a_long_queue_and_a_pile_go_on_on_another_page_and_who_waits_longest_comes_first(
    desk, group, ana, quiz, monkeypatch
):
    monkeypatch.setattr("course.desk.marking_views.SHOWN", 1)
    other = make_open_quiz("otros")
    send(ana, quiz, now=NOW + timedelta(hours=1))
    send(ana, other)
    send(make_learner("EVA222", "Eva", "Tum", cohort=group), quiz, now=NOW + timedelta(hours=2))
    pages = [desk.get(reverse("desk_marking"), {"pagina": number}).text for number in (1, 2)]
    for one, order in ((other, [True, False]), (quiz, [False, True])):
        assert [pile_page(group, one) in page for page in pages] == order
    assert "?pagina=2" in pages[0]
    pile = [desk.get(pile_page(group, quiz), {"pagina": number}).text for number in (1, 2)]
    assert [("Coj de la Cruz, Ana" in page, "Tum, Eva" in page) for page in pile] == [(True, False), (False, True)]


def test_the_trainer_marks_an_answer_and_goes_on_to_the_next(desk, group, trainer, ana, quiz):
    other = make_learner("EVA222", "Eva", "Tum", cohort=group)
    first = send(ana, quiz)
    second = send(other, quiz, now=NOW + timedelta(hours=1))
    begin = desk.get(reverse("desk_next_answer", args=[group.pk, quiz.translation_key]))
    assert begin.url == mark_page(group, first)
    page = desk.get(begin.url).text
    for words in (SECRET, "Saludo y nombre", "Ana Lucía Coj de la Cruz", "De 0 a 3", "No escriba nombres ni datos de"):
        assert words in page
    assert "¿Una sola?" not in page
    waiting = first.answers.get(fraction=None)
    assert desk.get(begin.wsgi_request.path, {"despues": waiting.pk}).url == mark_page(group, second)
    assert desk.post(begin.url, posted("2,5", comment="Faltó su nombre")).url == mark_page(group, second)
    assert desk.post(mark_page(group, second), posted("0")).url == pile_page(group, quiz)
    mark = ManualMark.objects.get(attempt=first)
    assert (mark.fraction, mark.comment, mark.marked_by) == (Decimal("0.83333"), "Faltó su nombre", trainer)
    first.refresh_from_db()
    # 1 of 1 and 2.5 of 3.
    assert (first.grade, first.passed) == (Decimal("87.5"), True)


@pytest.mark.parametrize("points", ["", "-1", "3.01", "4", "1.234", "uno", "1e1", "٣", "1..5"])
def test_points_that_are_none_are_refused_and_nothing_typed_is_lost(desk, group, ana, quiz, points):
    answer = desk.post(mark_page(group, send(ana, quiz)), posted(points, comment="Mi comentario"))
    assert answer.status_code == 400
    assert "Mi comentario" in answer.text
    assert ManualMark.objects.count() == 0


def test_a_change_asks_for_its_reason_and_shows_the_history(desk, group, ana, quiz):
    attempt = send(ana, quiz)
    page = mark_page(group, attempt)
    desk.post(page, posted("1"))
    refused = desk.post(page, posted("3", seen=1))
    assert (refused.status_code, ManualMark.objects.count()) == (400, 1)
    assert "Escriba por qué cambia la calificación" in refused.text
    assert desk.post(page, posted("3", seen=1, reason="Sí saludó", go="stay")).url == page
    history = desk.get(page).text
    for words in ("de 1 a 3", "Sí saludó", "Marta Ajú Ñáñez"):
        assert words in history
    attempt.refresh_from_db()
    assert attempt.grade == 100
    assert "pregunta 2" in desk.get(pile_page(group, quiz)).text


def test_two_markers_are_told_of_each_other(desk, group, ana, quiz):
    attempt = send(ana, quiz)
    other = make_trainer("otra", "Rosa", "Tum")
    group.trainers.add(other)
    desk.force_login(other)
    desk.post(mark_page(group, attempt), posted("1"))
    desk.force_login(make_staff("admin", is_staff=True, is_superuser=True))
    answer = desk.post(mark_page(group, attempt), posted("3", comment="Muy bien"))
    page = answer.text
    assert answer.status_code == 400
    for words in ("Mientras tanto, Rosa Tum dio 1 de 3 puntos.", "Muy bien", 'name="seen" value="1"'):
        assert words in page
    assert ManualMark.objects.get().marked_by == other
    desk.post(mark_page(group, attempt), posted("3", seen=1, reason="Lo hablamos"))
    assert ManualMark.objects.count() == 2


def test_exams_are_released_together_and_show_the_automatic_part_as_one_sum(desk, group, trainer, ana):
    quiz = make_open_quiz(is_exam=True)
    eva = make_learner("EVA222", "Eva", "Tum", cohort=group)
    first, second = send(ana, quiz), send(eva, quiz)
    for attempt in (first, second):
        desk.post(mark_page(group, attempt), posted("2"))
    page = desk.get(pile_page(group, quiz)).text
    assert "3 de 4" in page
    assert SECRET not in page
    release = reverse("desk_release", args=[group.pk, quiz.translation_key])
    assert "marque primero" in desk.post(release, {"attempt": "no"}, follow=True).text
    assert "Se publicó 1 calificación." in desk.post(release, {"attempt": [str(first.pk)]}, follow=True).text
    assert dict(Attempt.objects.values_list("learner__username", "grade")) == {"ANA234": 75, "EVA222": None}
    assert Attempt.objects.get(pk=first.pk).released_by == trainer


def hold_late(attempt, number=5):
    single = attempt.snapshot["questions"][0]
    with pytest.raises(LateAnswerHeld):
        attempts.save_answer(
            attempt,
            single["key"],
            single["options"][1]["key"],
            client="phone",
            number=number,
            given_at=NOW,
            now=NOW + timedelta(hours=1),
        )
    return LateAnswer.objects.get(number=number)


def test_late_answers_stand_under_to_review_without_what_was_answered(desk, ana, quiz):
    attempt = send(ana, quiz)
    held = hold_late(attempt)
    page = desk.get(reverse("desk_held")).text
    for words in ("Por revisar (1)", "Coj de la Cruz, Ana Lucía", "Casos del portón", "pregunta 1", "Contarla"):
        assert words in page
    texts = [option["text"] for option in attempt.snapshot["questions"][0]["options"]]
    assert not [text for text in [*texts, held.response, SECRET] if text in page]
    desk.force_login(other := make_trainer("otra"))
    make_cohort("Otro grupo", trainers=[other])
    assert not [name for name in ("desk_held", "desk_marking") if "Casos" in desk.get(reverse(name)).text]


def test_of_an_answer_given_without_a_line_the_device_says_when(desk, ana, quiz):
    held = hold_late(send(ana, quiz))
    assert "según el aparato" not in desk.get(reverse("desk_held")).text
    LateAnswer.objects.filter(pk=held.pk).update(by_device=True, given_at=datetime(2026, 3, 3, 20, 5, tzinfo=UTC))
    assert "según el aparato, respondido el 3 de marzo de 2026, 14:05" in desk.get(reverse("desk_held")).text
    assert column(desk.get(reverse("desk_held_csv")), "Respondido, según el aparato") == ["2026-03-03 14:05"]


def test_counting_and_leaving_out_are_said_and_done_once(desk, trainer, ana, quiz):
    attempt = send(ana, quiz, text="")
    counted, left = hold_late(attempt, 5), hold_late(attempt, 6)
    for held, decision in ((counted, "contar"), (left, "dejar")):
        for _time in range(2):
            desk.post(reverse("desk_decide", args=[held.pk]), {"decision": decision})
    decided = LateAnswer.objects.order_by("number").values_list("resolution", "resolved_by")
    assert list(decided) == [("counted", trainer.pk), ("left", trainer.pk)]
    told = desk.post(reverse("desk_decide", args=[left.pk]), {"decision": "contar"}, follow=True).text
    assert "ya decidió sobre esta respuesta: No se cuenta" in told
    assert desk.post(reverse("desk_decide", args=[left.pk]), {"decision": "otra"}).status_code == 404


def test_what_has_no_place_offers_only_to_be_left_out(desk, ana, quiz):
    attempt = send(ana, quiz)
    given = attempts.IncomingAnswer("another", "x", "phone", 9, NOW)
    attempts.save_answers(attempt.pk, [given], learner=attempt.learner, now=NOW)
    page = desk.get(reverse("desk_held")).text
    assert ("Contarla<" in page, "No contarla" in page) == (False, True)


def test_nobody_marks_the_own_answers(desk, group, trainer, ana, quiz):
    enrol(trainer, group)
    type(ana).objects.filter(pk=ana.pk).update(is_staff=True, is_superuser=True)
    for number, person in enumerate((trainer, ana), 7):
        attempt = send(person, quiz)
        desk.force_login(person)
        assert desk.get(mark_page(group, attempt)).status_code == 404
        assert desk.post(mark_page(group, attempt), posted("3")).status_code == 404
        late = reverse("desk_decide", args=[hold_late(attempt, number).pk])
        assert desk.post(late, {"decision": "contar"}).status_code == 404
    assert (ManualMark.objects.count(), LateAnswer.objects.exclude(resolution="").count()) == (0, 0)


def test_who_left_the_group_is_not_marked_by_its_trainer(desk, group, ana, quiz):
    attempt = send(ana, quiz)
    group.enrolments.update(left_at=NOW)
    assert desk.get(mark_page(group, attempt)).status_code == 404
    assert "Casos" not in desk.get(reverse("desk_marking")).text


def test_a_page_for_marking_exists_only_for_an_open_answer_that_was_sent(desk, group, ana, quiz):
    begun = attempts.start_attempt(ana, quiz, language="es", now=NOW, chance=random.Random(1))
    written = begun.snapshot["questions"][1]
    attempts.save_answer(begun, written["key"], SECRET, client="phone", number=1, given_at=NOW, now=NOW)
    assert desk.get(mark_page(group, begun)).status_code == 404
    attempts.submit_attempt(begun, now=NOW)
    pages = {number: desk.get(mark_page(group, begun, number)).status_code for number in (0, 1, 2, 3, 10**20)}
    assert pages == {0: 404, 1: 404, 2: 200, 3: 404, 10**20: 404}
    quiz.delete()
    Question.objects.all().delete()
    assert SECRET in desk.get(mark_page(group, begun)).text
    assert "Casos del portón" in desk.get(reverse("desk_marking")).text
