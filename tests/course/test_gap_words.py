"""What people type into gaps stays theirs: no figure, page of the analysis or file of it has it."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from quizzes.analysis.figures import count_new_attempts
from quizzes.models import ItemChoices
from tests.factories import make_cohort, make_course, make_learner, make_quiz, make_trainer
from tests.quizzes.factories import NOW, give, make_kind, start, submit

pytestmark = pytest.mark.django_db


def test_words_typed_into_gaps_are_in_no_figure_and_no_file_of_the_analysis(client):
    make_course(modules=1, lessons=1, quiz=False)
    trainer = make_trainer()
    make_cohort(trainers=[trainer])
    quiz = make_quiz("prueba", [make_kind("gaps", "G")])
    for n in range(12):
        attempt = start(make_learner(f"FIG{n:03}"), quiz)
        (item,) = attempt.paper["questions"]
        give(attempt, item, {"2": "Juana Secreta" if n else "dolor"})
        submit(attempt)
    count_new_attempts(quiz.translation_key, now=NOW + timedelta(days=1))
    # What fits an accepted answer is counted by it, and the rest by nothing.
    counted = ItemChoices.objects.exclude(option="")
    assert [(row.option.partition(":")[0], row.people) for row in counted] == [("2", 1)]
    client.force_login(trainer)
    pages = [reverse(name, args=["prueba"]) for name in ("quiz_analysis", "quiz_analysis_csv")]
    pages.append(reverse("question_analysis", args=["prueba", item["key"]]))
    for address in pages:
        answer = client.get(address)
        assert answer.status_code == 200
        assert "Secreta" not in answer.content.decode()
    sheets = load_workbook(io.BytesIO(client.get(reverse("quiz_analysis_xlsx", args=["prueba"])).content))
    assert "Secreta" not in str([[cell.value for cell in row] for sheet in sheets for row in sheet.iter_rows()])
