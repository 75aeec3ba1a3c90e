"""The desk for marking: what waits, marking an answer, releasing exams, and deciding about late answers."""

import csv
import io
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from course.groups.waiting import waiting_for
from modules.models import CoursePage
from quizzes.attempts import taking as attempts
from quizzes.exceptions import ArrivedLate
from quizzes.models import Attempt, HandMark, HeldWrite, Question
from tests.factories import (
    NOW,
    enrol,
    make_case,
    make_cohort,
    make_course,
    make_learner,
    make_module,
    make_question,
    make_quiz,
    make_staff,
    make_trainer,
)

pytestmark = pytest.mark.django_db
SECRET = "Le diría buenos días y su nombre"


@pytest.fixture
def group():
    make_course(modules=1, lessons=1, quiz=False)
    return make_cohort(trainers=[make_trainer()], learners=[make_learner()])


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
    """Answer the single choice rightly and the open question with a text, and hand in."""
    attempt = attempts.start_attempt(learner, quiz, language="es", now=now, chance=random.Random(1))
    single, written = attempt.paper["questions"]
    right = next(option["key"] for option in single["options"] if option["right"])
    for number, (item, response) in enumerate([(single, right), (written, text)]):
        attempts.save_answer(attempt, item["key"], response, client="phone", number=number, given_at=now, now=now)
    return attempts.submit_attempt(attempt, now=now)


def signed_in(client, group):
    client.force_login(group.trainers.get())
    return client


def mark_page(group, attempt, number=2):
    return reverse("desk_mark_answer", args=[group.pk, attempt.pk, number])


def pile_page(group, quiz):
    return reverse("desk_pile", args=[group.pk, quiz.translation_key])


def posted(points, *, seen=0, **more):
    return {"points": points, "comment": "", "seen": seen, "go": "next"} | more


def test_whoever_marks_reads_the_case_too(client, group, quiz):
    written = Question.objects.get(kind="open")
    make_case("C", [written, make_question("C-2")], dialogue="Portero: ¿Qué busca?")
    Question.objects.filter(identifier="C-2").update(live=False)
    attempt = send(group.learners.get(), quiz)
    page = signed_in(client, group).get(mark_page(group, attempt)).content.decode()
    assert page.index("<b>Portero:</b> ¿Qué busca?") < page.index(written.text)


def test_the_queue_says_what_waits_and_shows_no_answer(client, group, quiz):
    send(group.learners.get(), quiz)
    page = signed_in(client, group).get(reverse("desk_marking")).content.decode()
    assert "Casos del portón" in page
    assert "Por calificar (1)" in page
    assert SECRET not in page
    assert SECRET not in client.get(pile_page(group, quiz)).content.decode()


def test_a_long_queue_goes_on_on_another_page_and_who_waits_longest_comes_first(client, group, quiz, monkeypatch):
    monkeypatch.setattr("course.desk.marking_views.SHOWN", 1)
    other = make_open_quiz("otros")
    send(group.learners.get(), quiz, now=NOW + timedelta(hours=1))
    send(group.learners.get(), other)
    signed_in(client, group)
    pages = [client.get(reverse("desk_marking"), {"pagina": number}) for number in (1, 2)]
    assert [[pile.quiz_key for pile in page.context["piles"]] for page in pages] == [
        [other.translation_key],
        [quiz.translation_key],
    ]
    assert "?pagina=2" in pages[0].content.decode()


def test_the_trainer_marks_an_answer_and_goes_on_to_the_next(client, group, quiz):
    other = make_learner("EVA222", "Eva", "Tum", cohort=group)
    first = send(group.learners.get(username="ANA234"), quiz)
    second = send(other, quiz, now=NOW + timedelta(hours=1))
    signed_in(client, group)
    begin = client.get(reverse("desk_next_answer", args=[group.pk, quiz.translation_key]))
    assert begin.url == mark_page(group, first)
    page = client.get(begin.url).content.decode()
    for words in (SECRET, "Saludo y nombre", "Ana Lucía Coj de la Cruz", "De 0 a 3", "No escriba nombres ni datos de"):
        assert words in page
    assert "¿Una sola?" not in page
    waiting = first.answers.get(fraction=None)
    assert client.get(begin.wsgi_request.path, {"despues": waiting.pk}).url == mark_page(group, second)
    assert client.post(begin.url, posted("2,5", comment="Faltó su nombre")).url == mark_page(group, second)
    assert client.post(mark_page(group, second), posted("0")).url == pile_page(group, quiz)
    mark = HandMark.objects.get(attempt=first)
    assert (mark.fraction, mark.comment, mark.marked_by) == (
        Decimal("0.83333"),
        "Faltó su nombre",
        group.trainers.get(),
    )
    first.refresh_from_db()
    # 1 of 1 and 2.5 of 3.
    assert (first.grade, first.passed) == (Decimal("87.5"), True)


@pytest.mark.parametrize("points", ["", "-1", "3.01", "4", "1.234", "uno", "1e1", "٣", "1..5"])
def test_points_that_are_none_are_refused_and_nothing_typed_is_lost(client, group, quiz, points):
    attempt = send(group.learners.get(), quiz)
    answer = signed_in(client, group).post(mark_page(group, attempt), posted(points, comment="Mi comentario"))
    assert answer.status_code == 400
    assert "Mi comentario" in answer.content.decode()
    assert HandMark.objects.count() == 0


def test_a_change_asks_for_its_reason_and_shows_the_history(client, group, quiz):
    attempt = send(group.learners.get(), quiz)
    page = mark_page(group, attempt)
    signed_in(client, group).post(page, posted("1"))
    refused = client.post(page, posted("3", seen=1))
    assert (refused.status_code, HandMark.objects.count()) == (400, 1)
    assert "Escriba por qué cambia la calificación" in refused.content.decode()
    assert client.post(page, posted("3", seen=1, reason="Sí saludó", go="stay")).url == page
    history = client.get(page).content.decode()
    for words in ("de 1 a 3", "Sí saludó", "Marta Ajú Ñáñez"):
        assert words in history
    attempt.refresh_from_db()
    assert attempt.grade == 100
    assert "pregunta 2" in client.get(pile_page(group, quiz)).content.decode()


def test_two_markers_are_told_of_each_other(client, group, quiz):
    attempt = send(group.learners.get(), quiz)
    other = make_trainer("otra", "Rosa", "Tum")
    group.trainers.add(other)
    client.force_login(other)
    client.post(mark_page(group, attempt), posted("1"))
    client.force_login(make_staff("admin", is_staff=True, is_superuser=True))
    answer = client.post(mark_page(group, attempt), posted("3", comment="Muy bien"))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Mientras tanto, Rosa Tum dio 1 de 3 puntos." in page
    assert "Muy bien" in page
    assert 'name="seen" value="1"' in page
    assert HandMark.objects.get().marked_by == other
    client.post(mark_page(group, attempt), posted("3", seen=1, reason="Lo hablamos"))
    assert HandMark.objects.count() == 2


def test_exams_are_released_together_and_show_the_automatic_part_as_one_sum(client, group):
    quiz = make_open_quiz(is_exam=True)
    ana, eva = group.learners.get(), make_learner("EVA222", "Eva", "Tum", cohort=group)
    first, second = send(ana, quiz), send(eva, quiz)
    signed_in(client, group)
    for attempt in (first, second):
        client.post(mark_page(group, attempt), posted("2"))
    page = client.get(pile_page(group, quiz)).content.decode()
    assert "3 de 4" in page
    assert SECRET not in page
    release = reverse("desk_release", args=[group.pk, quiz.translation_key])
    assert "marque primero" in client.post(release, {"attempt": "no"}, follow=True).content.decode()
    done = client.post(release, {"attempt": [str(first.pk)]}, follow=True).content.decode()
    assert "Se publicó 1 calificación." in done
    grades = dict(Attempt.objects.values_list("learner__username", "grade"))
    assert grades == {"ANA234": 75, "EVA222": None}
    assert Attempt.objects.get(pk=first.pk).released_by == group.trainers.get()


def hold_late(attempt, number=5):
    single = attempt.paper["questions"][0]
    with pytest.raises(ArrivedLate):
        attempts.save_answer(
            attempt,
            single["key"],
            single["options"][1]["key"],
            client="phone",
            number=number,
            given_at=NOW,
            now=NOW + timedelta(hours=1),
        )
    return HeldWrite.objects.get(number=number)


def test_late_answers_stand_under_to_review_without_what_was_answered(client, group, quiz):
    attempt = send(group.learners.get(), quiz)
    held = hold_late(attempt)
    page = signed_in(client, group).get(reverse("desk_held")).content.decode()
    for words in ("Por revisar (1)", "Coj de la Cruz, Ana Lucía", "Casos del portón", "pregunta 1", "Contarla"):
        assert words in page
    texts = [option["text"] for option in attempt.paper["questions"][0]["options"]]
    assert not [text for text in [*texts, held.response, SECRET] if text in page]


def test_of_an_answer_given_without_a_line_the_device_says_when(client, group, quiz):
    attempt = send(group.learners.get(), quiz)
    held = hold_late(attempt)
    page = signed_in(client, group).get(reverse("desk_held")).content.decode()
    assert "según el aparato" not in page
    HeldWrite.objects.filter(pk=held.pk).update(by_device=True, given_at=datetime(2026, 3, 3, 20, 5, tzinfo=UTC))
    page = client.get(reverse("desk_held")).content.decode()
    assert "según el aparato, respondido el 3 de marzo de 2026, 14:05" in page
    text = client.get(reverse("desk_held_csv")).content.decode("utf-8-sig")
    headings, row = csv.reader(io.StringIO(text))
    assert dict(zip(headings, row, strict=True))["Respondido, según el aparato"] == "2026-03-03 14:05"


def test_counting_and_leaving_out_are_said_and_done_once(client, group, quiz):
    attempt = send(group.learners.get(), quiz, text="")
    counted, left = hold_late(attempt, 5), hold_late(attempt, 6)
    signed_in(client, group)
    for held, decision in ((counted, "contar"), (left, "dejar")):
        for _time in range(2):
            client.post(reverse("desk_decide", args=[held.pk]), {"decision": decision})
    rows = HeldWrite.objects.order_by("number").values_list("resolution", "resolved_by")
    assert list(rows) == [("counted", group.trainers.get().pk), ("left", group.trainers.get().pk)]
    told = client.post(reverse("desk_decide", args=[left.pk]), {"decision": "contar"}, follow=True).content.decode()
    assert "ya decidió sobre esta respuesta: No se cuenta" in told
    assert client.post(reverse("desk_decide", args=[left.pk]), {"decision": "otra"}).status_code == 404


def test_what_has_no_place_offers_only_to_be_left_out(client, group, quiz):
    attempt = send(group.learners.get(), quiz)
    given = attempts.AnswerGiven("another", "x", "phone", 9, NOW)
    attempts.save_answers(attempt.pk, [given], learner=attempt.learner, now=NOW)
    page = signed_in(client, group).get(reverse("desk_held")).content.decode()
    assert ("Contarla<" in page, "No contarla" in page) == (False, True)


def addresses(group, attempt, held):
    key = attempt.quiz_key
    return [
        ("get", reverse("desk_pile", args=[group.pk, key])),
        ("get", reverse("desk_next_answer", args=[group.pk, key])),
        ("get", mark_page(group, attempt)),
        ("post", mark_page(group, attempt)),
        ("post", reverse("desk_release", args=[group.pk, key])),
        ("post", reverse("desk_decide", args=[held.pk])),
    ]


def statuses(client, group, attempt, held):
    form = posted("1", decision="contar", attempt=str(attempt.pk))
    return [getattr(client, how)(url, form if how == "post" else {}) for how, url in addresses(group, attempt, held)]


def test_nobody_marks_the_answers_of_other_groups_nor_the_own(client, group, quiz):
    attempt = send(group.learners.get(), quiz)
    held = hold_late(attempt)
    own_lists = [reverse(name) for name in ("desk_marking", "desk_marking_csv", "desk_marking_xlsx", "desk_held")]
    for answer in statuses(client, group, attempt, held) + [client.get(url) for url in own_lists]:
        assert (answer.status_code, answer.url.startswith(reverse("account_login"))) == (302, True)
    client.force_login(group.learners.get())
    found = statuses(client, group, attempt, held) + [client.get(url) for url in own_lists]
    assert {answer.status_code for answer in found} == {404}
    stranger = make_trainer("otra")
    make_cohort("Otro grupo", trainers=[stranger])
    client.force_login(stranger)
    assert {answer.status_code for answer in statuses(client, group, attempt, held)} == {404}
    for url in own_lists:
        assert "Casos" not in client.get(url).content.decode("utf-8", "replace")
    # The trainer of the group takes the quiz too: somebody else marks that.
    trainer = group.trainers.get()
    enrol(trainer, group)
    own = send(trainer, quiz)
    client.force_login(trainer)
    assert client.get(mark_page(group, own)).status_code == 404
    assert client.post(mark_page(group, own), posted("3")).status_code == 404
    assert client.post(reverse("desk_decide", args=[hold_late(own, 7).pk]), {"decision": "contar"}).status_code == 404
    assert (HandMark.objects.count(), HeldWrite.objects.exclude(resolution="").count()) == (0, 0)


def test_not_even_an_administrator_marks_the_own_answers(client, group, quiz):
    learner = group.learners.get()
    attempt = send(learner, quiz)
    type(learner).objects.filter(pk=learner.pk).update(is_staff=True, is_superuser=True)
    client.force_login(learner)
    assert client.get(mark_page(group, attempt)).status_code == 404
    assert client.post(mark_page(group, attempt), posted("3")).status_code == 404
    assert not HandMark.objects.exists()


def test_who_left_the_group_is_not_marked_by_its_trainer(client, group, quiz):
    attempt = send(group.learners.get(), quiz)
    group.enrolments.update(left_at=NOW)
    signed_in(client, group)
    assert client.get(mark_page(group, attempt)).status_code == 404
    assert "Casos" not in client.get(reverse("desk_marking")).content.decode()


def test_a_page_for_marking_exists_only_for_an_open_answer_that_was_sent(client, group, quiz):
    learner = group.learners.get()
    begun = attempts.start_attempt(learner, quiz, language="es", now=NOW, chance=random.Random(1))
    written = begun.paper["questions"][1]
    attempts.save_answer(begun, written["key"], SECRET, client="phone", number=1, given_at=NOW, now=NOW)
    signed_in(client, group)
    assert client.get(mark_page(group, begun)).status_code == 404
    attempts.submit_attempt(begun, now=NOW)
    pages = {number: client.get(mark_page(group, begun, number)).status_code for number in (0, 1, 2, 3, 10**20)}
    assert pages == {0: 404, 1: 404, 2: 200, 3: 404, 10**20: 404}
    quiz.delete()
    Question.objects.all().delete()
    assert SECRET in client.get(mark_page(group, begun)).content.decode()
    assert "Casos del portón" in client.get(reverse("desk_marking")).content.decode()


def test_the_queue_goes_along_as_csv_and_excel_without_answers(client, group, quiz):
    send(group.learners.get(), quiz)
    signed_in(client, group)
    text = client.get(reverse("desk_marking_csv")).content.decode("utf-8-sig")
    headings, row = csv.reader(io.StringIO(text))
    assert headings[:2] == ["Grupo", "Cuestionario"]
    assert row == ["Grupo de la mañana", "Casos del portón", "1", "0", "1", "2026-11-25", "0"]
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("desk_marking_xlsx")).content))
    assert [cell.value for cell in book.worksheets[0][2]][:4] == ["Grupo de la mañana", "Casos del portón", 1, 0]
    assert SECRET not in text


@pytest.mark.nightly
def test_the_pages_take_the_same_queries_at_any_size(client, group):
    quizzes = [make_open_quiz("casos"), make_open_quiz("mas", is_exam=True)]
    signed_in(client, group)

    def queries():
        counts = []
        attempt = Attempt.objects.filter(quiz_key=quizzes[0].translation_key).first()
        pages = [reverse("desk_marking"), reverse("desk_held"), mark_page(group, attempt)]
        for page in [*pages, *(pile_page(group, quiz) for quiz in quizzes)]:
            with CaptureQueriesContext(
                connection,
            ) as captured:
                assert client.get(page).status_code == 200
            counts.append(len(captured))
        return counts

    def take_both(learner):
        for quiz in quizzes:
            hold_late(send(learner, quiz), number=10 * learner.pk + quizzes.index(quiz))
        exam = Attempt.objects.get(learner=learner, quiz_key=quizzes[1].translation_key)
        client.post(mark_page(group, exam), posted("2"))

    take_both(group.learners.get())
    few = queries()
    for n in range(8):
        take_both(make_learner(f"MAS{n:03}", cohort=group))
    assert queries() == few
    assert max(few) <= 22


def test_a_pile_is_shown_fifty_people_at_a_time(client, group, quiz):
    for number in range(51):
        send(make_learner(f"MAS{number:03}", cohort=group), quiz, now=NOW + timedelta(minutes=number))
    signed_in(client, group)
    pages = [client.get(pile_page(group, quiz), {"pagina": number}).context["to_mark"] for number in (1, 2)]
    assert [[attempt.learner.username for attempt in page] for page in pages] == [
        [f"MAS{number:03}" for number in range(50)],
        ["MAS050"],
    ]


def test_the_menu_costs_one_query(group, quiz, django_assert_num_queries):
    hold_late(send(group.learners.get(), quiz))
    trainer = group.trainers.get()
    assert not trainer.administers  # What the roles are is asked once a page, whoever needs it.
    with django_assert_num_queries(1):
        assert waiting_for(trainer) == (1, 1, 0)


def test_the_persons_page_says_that_the_grade_is_pending(client, group):
    module = make_module(CoursePage.objects.get(), 7, quiz=False)
    module.quiz = make_open_quiz("m7")
    module.save()
    learner = group.learners.get()
    send(learner, module.quiz)
    page = signed_in(client, group).get(reverse("desk_person", args=[group.pk, learner.pk])).content.decode()
    assert "Pendiente de calificar" in page
    assert "Por repasar" not in page
