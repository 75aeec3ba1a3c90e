import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from quizzes.analysis.counts import count_new_attempts
from quizzes.models import Attempt, ItemChoices, ItemScores, Question
from tests.factories import NOW, attempt_quiz, make_cohort, make_course, make_learner, make_question, make_quiz
from tests.quizzes.factories import give, make_kind, start, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return make_course(modules=1, lessons=1, quiz=False)


@pytest.fixture
def trainer_client(client, course, trainer):
    make_cohort(trainers=[trainer])
    client.force_login(trainer)
    return client


def answered_by(right, wrong=0, *, questions=2):
    quiz = make_quiz("prueba", questions)
    for n in range(right + wrong):
        attempt_quiz(make_learner(f"FIG{n:03}"), quiz, right=n < right)
    return quiz


def page(client, quiz, name="quiz_analysis", *args, query=""):
    answer = client.get(reverse(name, args=[quiz.identifier, *args]) + query)
    assert answer.status_code == 200
    return answer.text


def test_with_nine_people_the_page_shows_no_figure(trainer_client):
    quiz = answered_by(9)
    text = page(trainer_client, quiz)
    assert "Todavía no hay cifras" in text
    assert "%</td>" not in text
    key = quiz.entries.first().question.translation_key
    assert "Menos de 10 respuestas" in page(trainer_client, quiz, "question_analysis", key)
    assert not ItemScores.objects.exists()


def test_opening_the_page_counts_who_waits_and_says_of_how_many(trainer_client):
    quiz = answered_by(9, 3)
    assert f'href="{reverse("analysis_list")}"' in trainer_client.get(reverse("desk_cohorts")).text
    text = page(trainer_client, quiz)
    assert "Primeros intentos calificados de 12 personas" in text
    assert "12 personas" in trainer_client.get(reverse("analysis_list")).text
    # 9 of 12 is 75 %, and a perfect match with the rest of the quiz.
    for words in ("75.0\xa0%<small>9/12 con todos los puntos</small>", "<td>100.0\xa0%</td>", "12/12"):
        assert words in text
    assert Attempt.objects.filter(in_statistics=True).count() == 12


def test_below_twenty_answers_it_says_so_and_gives_no_advice(trainer_client):
    text = page(trainer_client, answered_by(2, 10))
    assert text.count("pocas respuestas</td>") == 2
    assert "revise si la clave está bien" not in text


def test_from_twenty_on_it_advises(trainer_client):
    quiz = answered_by(2, 18)
    assert page(trainer_client, quiz).count("revise si la clave está bien") == 2
    text = page(trainer_client, quiz, "question_analysis", quiz.entries.first().question.translation_key)
    assert "revise si la clave está bien" in text
    assert "<td>18/20<small>90.0\xa0%</small></td>" in text
    assert "<td>2/20<small>10.0\xa0%</small></td>" in text
    assert text.count("<td>0/20<small>0.0\xa0%</small></td>") == 2
    assert text.count("<svg viewBox") == 4


def test_a_question_that_fewer_than_ten_were_asked_is_shown_nowhere(trainer_client):
    quiz = answered_by(12)
    count_new_attempts(quiz.translation_key, now=NOW)
    first = quiz.entries.first().question.translation_key
    ItemScores.objects.filter(question_key=first).update(people=9)
    ItemChoices.objects.filter(question_key=first).update(people=9)
    text = page(trainer_client, quiz)
    assert text.count("Menos de 10 respuestas") == 1
    assert "9/" not in text
    assert "9/" not in page(trainer_client, quiz, "question_analysis", first)
    rows = read_csv(trainer_client, quiz)
    assert rows[1][4:14] == [""] * 10
    assert rows[2][4:7] == ["12", "12", "12"]


def test_questions_are_sorted_on_the_server_and_nonsense_counts_as_no_order(trainer_client):
    questions = [make_question(f"P-{n}", text=f"Pregunta número {n}") for n in (1, 2)]
    quiz = make_quiz("prueba", questions)
    for n in range(12):
        attempt_quiz(make_learner(f"FIG{n:03}"), quiz)
    count_new_attempts(quiz.translation_key, now=NOW)
    ItemScores.objects.filter(question_key=questions[1].translation_key).update(fraction=0)

    def order_of(query):
        text = page(trainer_client, quiz, query=query)
        return ["P-1", "P-2"] if text.index("Pregunta número 1") < text.index("Pregunta número 2") else ["P-2", "P-1"]

    assert order_of("") == ["P-1", "P-2"]
    assert order_of("?orden=facilidad") == ["P-2", "P-1"]
    assert order_of("?orden=<script>") == ["P-1", "P-2"]
    assert [row[1] for row in read_csv(trainer_client, quiz, "?orden=facilidad")[1:]] == ["P-2", "P-1"]


def read_csv(client, quiz, query=""):
    return rows_of(client.get(reverse("quiz_analysis_csv", args=[quiz.identifier]) + query).content)


def rows_of(content):
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_files_hold_the_table_and_no_formula(trainer_client):
    quiz = make_quiz("prueba", [make_question("P-1", text="=HYPERLINK(1) ¿Qué corresponde?")])
    for n in range(20):
        attempt_quiz(make_learner(f"FIG{n:03}"), quiz, right=n < 2)
    headings, row = read_csv(trainer_client, quiz)
    assert row[:3] == ["1", "P-1", "'=HYPERLINK(1) ¿Qué corresponde?"]
    assert row[4:8] == ["20", "20", "2", "10.0"]
    assert row[9:14] == ["", "", "0", "Callar", "18"]
    assert "revise si la clave está bien" in row[14]
    answer = trainer_client.get(reverse("quiz_analysis_xlsx", args=[quiz.identifier]))
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="analisis-prueba-')
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[1]] == headings
    assert [cell.value for cell in sheet[2]][2] == "'=HYPERLINK(1) ¿Qué corresponde?"
    assert sheet["C2"].data_type == "s"
    assert sheet["H2"].value == 10
    assert sheet.page_setup.paperSize == int(sheet.PAPERSIZE_LETTER)


def test_the_options_of_a_question_go_out_from_ten_people_on(trainer_client):
    quiz = answered_by(2, 7, questions=1)
    question = quiz.entries.first().question
    question.choices.filter(is_correct=True).update(text="=SALUDO()")
    key = question.translation_key
    files = {ending: reverse(f"question_analysis_{ending}", args=[quiz.identifier, key]) for ending in ("csv", "xlsx")}
    assert [trainer_client.get(address).status_code for address in files.values()] == [404, 404]
    attempt_quiz(make_learner("FIGTEN"), quiz, right=False)
    shown = page(trainer_client, quiz, "question_analysis", key)
    assert all(f'href="{address}" download' in shown for address in files.values())
    rows = rows_of(trainer_client.get(files["csv"]).content)
    assert rows[0] == ["Opción", "Correcta", "Personas", "De personas", "Por ciento"]
    assert {row[0]: row[1:] for row in rows[1:]}["Callar"] == ["", "8", "10", "80.0%"]
    assert [row[1:] for row in rows[1:] if row[1]] == [["Correcta", "2", "10", "20.0%"]]
    assert not [cell for row in rows for cell in row if cell.startswith("=")]
    sheet = load_workbook(io.BytesIO(trainer_client.get(files["xlsx"]).content)).active
    assert [cell.value for cell in sheet[1]] == rows[0]
    assert sheet.max_row == len(rows)


def test_an_edited_question_says_that_older_answers_are_among_the_figures(trainer_client):
    quiz = answered_by(12)
    Attempt.objects.update(started_at=NOW - timedelta(days=365))
    question = quiz.entries.first().question
    text = page(trainer_client, quiz, "question_analysis", question.translation_key)
    assert "respuestas al texto anterior" not in text
    question.text = "¿Y ahora qué corresponde?"
    question.choices.get(text="Callar").delete()
    question.save_revision().publish()
    ItemChoices.objects.create(
        quiz_key=quiz.translation_key,
        question_key=question.translation_key,
        option="11111111-2222-3333-4444-555555555555",
        people=3,
    )
    text = page(trainer_client, quiz, "question_analysis", question.translation_key)
    for words in ("¿Y ahora qué corresponde?", "respuestas al texto anterior", "Opciones que ya no tiene"):
        assert words in text
    assert "<td>3/12" in text


def test_a_question_that_left_the_bank_keeps_its_figures(trainer_client):
    quiz = answered_by(12)
    question = quiz.entries.first().question
    quiz.entries.filter(question=question).delete()
    Question.objects.get(pk=question.pk).delete()
    assert "Una pregunta que ya no está en el banco" in page(trainer_client, quiz)
    assert "Opciones que ya no tiene" in page(trainer_client, quiz, "question_analysis", question.translation_key)


def test_the_indices_are_worked_out_once_until_the_quiz_is_counted_again(trainer_client, settings):
    settings.CACHES = settings.CACHES | {
        "figures": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "of this test"}
    }
    quiz = answered_by(10, 10)
    assert page(trainer_client, quiz).count("50.0\xa0%") == 2
    for n in range(20):
        attempt_quiz(make_learner(f"MAS{n:03}"), quiz)
    # A page has just looked for new people: it looks again in a minute.
    assert page(trainer_client, quiz).count("50.0\xa0%") == 2
    count_new_attempts(quiz.translation_key, now=NOW)
    assert page(trainer_client, quiz).count("75.0\xa0%") == 2


def test_words_typed_into_gaps_are_in_no_figure_and_no_file_of_the_analysis(trainer_client):
    quiz = make_quiz("prueba", [make_kind("gaps", "G")])
    for n in range(12):
        attempt = start(make_learner(f"FIG{n:03}"), quiz)
        (item,) = attempt.snapshot["questions"]
        give(attempt, item, {"2": "Juana Secreta" if n else "dolor"})
        submit(attempt)
    count_new_attempts(quiz.translation_key, now=NOW + timedelta(days=1))
    counted = ItemChoices.objects.exclude(option="")
    assert [(row.option.partition(":")[0], row.people) for row in counted] == [("2", 1)]
    pages = [reverse(name, args=["prueba"]) for name in ("quiz_analysis", "quiz_analysis_csv")]
    pages.append(reverse("question_analysis", args=["prueba", item["key"]]))
    for address in pages:
        answer = trainer_client.get(address)
        assert answer.status_code == 200
        assert "Secreta" not in answer.text
    sheets = load_workbook(io.BytesIO(trainer_client.get(reverse("quiz_analysis_xlsx", args=["prueba"])).content))
    assert "Secreta" not in str([[cell.value for cell in row] for sheet in sheets for row in sheet.iter_rows()])
