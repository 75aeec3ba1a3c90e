"""Words on the paper, in Spanish and English."""

from datetime import date

import pytest

from certificates.wording.words import (
    date_in_words,
    jobs_in_words,
    modules_in_words,
    post_in_words,
    study_time_in_words,
)
from quizzes.wording.audiences import JOBS

from .factories import in_english


@pytest.mark.parametrize(
    ("minutes", "spanish", "english"),
    [
        (1, "1 minuto de estudio", "1 minute of study"),
        (45, "45 minutos de estudio", "45 minutes of study"),
        (60, "una hora de estudio", "one hour of study"),
        (75, "una hora y 15 minutos de estudio", "one hour and 15 minutes of study"),
        (90, "una hora y media de estudio", "one and a half hours of study"),
        (120, "dos horas de estudio", "two hours of study"),
        (150, "dos horas y media de estudio", "two and a half hours of study"),
        (135, "dos horas y 15 minutos de estudio", "two hours and 15 minutes of study"),
        (181, "tres horas y 1 minuto de estudio", "three hours and 1 minute of study"),
        (1260, "21 horas de estudio", "21 hours of study"),
    ],
)
def test_study_time_in_words(minutes, spanish, english):
    assert study_time_in_words(minutes) == spanish
    with in_english():
        assert study_time_in_words(minutes) == english


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "un módulo"), (2, "dos módulos"), (8, "ocho módulos"), (16, "dieciséis módulos"), (21, "21 módulos")],
)
def test_modules_in_words(count, words):
    assert modules_in_words(count) == words


def test_the_date_in_words():
    assert date_in_words(date(2026, 3, 14)) == "14 de marzo de 2026"
    with in_english():
        assert date_in_words(date(2026, 3, 14)) == "14 March 2026"


def test_every_job_and_role_of_the_course_has_words_to_print():
    assert jobs_in_words()[:2] == ["Medicina", "Enfermería"]
    assert len(jobs_in_words()) == sum(map(len, JOBS.values()))
    assert post_in_words("recepcion") == "Recepción, archivo y caja"
    assert post_in_words("Enfermería") == "Enfermería"
    with in_english():
        assert [post_in_words(words) for words in ("Guardianía", "apoyo", "Comadrona")] == [
            "Guard",
            "Support staff",
            "Comadrona",
        ]
    assert post_in_words("") == ""
