"""Fields in the words of a design: Spanish and English names, a wrong one refused by name, an empty one left out."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from wagtail.models import Locale

from certificates.issuing.composing import (
    built_in_design,
    current_course,
    design_in_use,
    example_print,
    expiry,
    grade_to_print,
)
from certificates.models import CertificateDesign
from certificates.text.fields import FIELDS, check_fields, fields_in, fill_line, fill_lines, study_time_in_words
from modules.progress.deriving import progress_of
from quizzes.models import Attempt
from tests.factories import NOW, make_learner

from .factories import issue, make_design, make_graduate, make_small_course

PRINTED = {
    "name": "Ana Coj",
    "role": "",
    "clinic": "San Pedro",
    "course": "Trato digno",
    "modules_count": "ocho módulos",
    "hours": "dos horas de estudio",
    "edition": "Edición 1",
    "finished_in_words": "12 de marzo de 2026",
    "date_in_words": "14 de marzo de 2026",
    "grade": "",
    "expires_in_words": "14 de marzo de 2028",
}


def problems_of(**words):
    design = built_in_design("es")
    for field, text in words.items():
        setattr(design, field, text)
    try:
        check_fields(design)
    except ValidationError as refusal:
        return {field: " ".join(messages) for field, messages in refusal.message_dict.items()}
    return {}


@pytest.mark.django_db
def test_a_preview_prints_what_a_person_could_have(course):
    printed = example_print(make_design(text="{nombre}\n{nota}"), language="es")
    assert {field: printed[field] for field in ("name", "role", "clinic", "serial", "date", "language", "grade")} == {
        "name": "Ana Lucía Coj de la Cruz",
        "role": "Recepción",
        "clinic": "Centro de Salud de San Pedro Ayampuc",
        "serial": "0000000000000",
        "date": "2026-03-14",
        "language": "es",
        "grade": "87/100",
    }
    assert printed["text"] == ["Ana Lucía Coj de la Cruz", "87/100", "Emitido el 14 de marzo de 2026"]
    assert printed["heading"] == "Constancia de finalización"


def test_both_names_of_every_field_become_the_same():
    printed = PRINTED | {"role": "Enfermería", "grade": "87/100"}
    for spanish, english, field in FIELDS:
        assert fill_line(f"{{{spanish}}}, {{{english}}}", printed) == f"{printed[field]}, {printed[field]}"
    assert fill_line("{ Módulos } y {HORAS}", printed) == "ocho módulos y dos horas de estudio"


def test_a_line_with_a_field_that_is_empty_for_this_person_is_left_out():
    text = "{centro}, {fecha}\n\nCalificación: {nota}\n  Vence   el {vence}\n{puesto} de {centro}"
    assert fill_lines(text, PRINTED) == ["San Pedro, 14 de marzo de 2026", "Vence el 14 de marzo de 2028"]


def test_what_a_person_is_called_is_never_read_as_a_field():
    assert fill_line("{nombre}", PRINTED | {"name": "{curso}"}) == "{curso}"


def test_a_wrong_field_is_refused_by_its_name_with_the_list_of_right_ones():
    assert problems_of(subject="sobre {tema}") == {
        "subject": "No hay un campo {tema}. Existen estos: {nombre}, {puesto}, {centro}, {curso}, {modulos}, {horas}, "
        "{edicion}, {finalizo}, {fecha}, {nota}, {vence}."
    }


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"heading": "Certificado de {curso}"}, "Los campos entre llaves se llenan más abajo"),
        ({"issuer": "Área } de salud"}, "Los campos entre llaves se llenan más abajo"),
        ({"statement": "completó {curso"}, "Un campo va entre dos llaves, como {curso}"),
        ({"text": "{}"}, "No hay un campo {}"),
        ({"text": "{{curso}}"}, "Un campo va entre dos llaves"),
        ({"statement": "completó con {nota}"}, "No todas las personas tienen {nota}"),
        ({"statement": "de {centro} completó"}, "No todas las personas tienen {centro}"),
        ({"text": "uno\ndos\ntres\ncuatro\ncinco\nseis"}, "Caben 5 líneas"),
        ({"text": "{fecha}. Vence el {vence}"}, "Este diseño no vence"),
        ({"text": "{modulos}, {horas}"}, "Aquí nada dice cuándo se emite. Escriba {fecha} en una de estas líneas."),
        ({"text": "Se terminó el {finalizo}"}, "Aquí nada dice cuándo se emite. Escriba {fecha}"),
    ],
)
def test_what_has_no_place_is_refused_with_a_sentence(words, sentence):
    [(field, said)] = problems_of(**words).items()
    assert field in words
    assert said.startswith(sentence)


def test_right_words_pass():
    assert (
        problems_of(
            statement="completó el curso {curso}",
            text="{modulos}, {horas}\nVence el {vence}\n{nota}\n{fecha}",
            validity_months=12,
        )
        == {}
    )
    # The day may stand above the further lines, in English too; without such lines it is printed in any case.
    assert problems_of(statement="completed on {date}", text="{modulos}") == {}
    assert problems_of(subject="el {FECHA}", text="{modulos}") == {}
    assert problems_of(text="") == problems_of(text=" \n") == {}
    assert fields_in("{curso} {Nota} {nada}") == {"course", "grade"}


@pytest.mark.django_db
def test_the_course_is_named_once_and_validity_always(ana):
    make_design(statement="terminó {curso} con provecho", subject="", text="", validity_months=24)
    printed = issue(ana).printed
    assert printed["statement"] == "terminó Trato digno con provecho"
    assert printed["text"] == [
        "un módulo, dos horas de estudio",
        "25 de noviembre de 2026",
        "Válido hasta el 25 de noviembre de 2028",
    ]


@pytest.mark.django_db
def test_validity_is_said_once_where_the_words_say_it(ana):
    make_design(text="{fecha}\nVence el {vence}", validity_months=24)
    assert issue(ana).printed["text"] == ["25 de noviembre de 2026", "Vence el 25 de noviembre de 2028"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ({"text": "{horas}"}, ["dos horas de estudio", "Emitido el 25 de noviembre de 2026"]),
        # The line with the day is left out for whoever has no clinic.
        ({"text": "{horas}\n{centro}, {fecha}"}, ["dos horas de estudio", "Emitido el 25 de noviembre de 2026"]),
        ({"text": "{centro}, {fecha}"}, ["un módulo, dos horas de estudio", "25 de noviembre de 2026"]),
        ({"text": "{horas}", "subject": "el {fecha}"}, ["dos horas de estudio"]),
        ({"text": "{fecha}\n{horas}"}, ["25 de noviembre de 2026", "dos horas de estudio"]),
    ],
)
def test_the_day_of_issue_is_always_printed_and_once(ana, words, lines):
    # As it was saved before the day was asked for.
    make_design(**words)
    printed = issue(ana, clinic="").printed
    assert printed["text"] == lines
    assert " ".join([printed["subject"], *printed["text"]]).count("25 de noviembre de 2026") == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("title", "printed"),
    [("Buen trato", "Buen trato"), ("Curso libre de estigma", "Trato digno"), ("\u200b", "Trato digno")],
    ids=["its own", "a claim", "nothing to see"],
)
def test_the_course_is_named_by_its_page_or_by_the_name_of_the_site(course, title, printed):
    course.title = title
    course.save()
    assert example_print(make_design(), language="es")["course"] == printed


@pytest.mark.django_db
def test_in_english_the_course_has_its_english_name(course):
    english = course.copy_for_translation(Locale.objects.get(language_code="en"))
    english.title = "Good care"
    english.save_revision().publish()
    design = make_design()
    names = [example_print(design, language=language)["course"] for language in ("es", "en")]
    assert names == ["Trato digno", "Good care"]
    with translation.override("en"):
        assert current_course() == course


@pytest.mark.django_db
def test_a_site_without_a_course_previews_a_design_all_the_same():
    printed = example_print(make_design(), language="es")
    assert (printed["course"], printed["hours"]) == ("Trato digno", study_time_in_words(0))


@pytest.mark.django_db
def test_the_grade_is_the_mean_of_the_grades_that_count_and_read_only_when_a_text_asks():
    make_small_course(modules=2)
    ana = make_graduate()
    for grade, attempt in zip((Decimal("80.00"), Decimal("95.50")), Attempt.objects.order_by("pk"), strict=True):
        Attempt.objects.filter(pk=attempt.pk).update(grade=grade)
    progress = progress_of(ana)
    assert grade_to_print(built_in_design("es"), progress) is None
    make_design(text="{fecha}\nCalificación: {nota}")
    assert grade_to_print(design_in_use("es"), progress_of(make_learner("EVA234"))) is None
    assert grade_to_print(design_in_use("es"), progress) == Decimal("87.75")
    # Never more than was earned.
    assert issue(ana).printed["text"] == ["25 de noviembre de 2026", "Calificación: 87/100"]


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 3, 14), 24, date(2028, 3, 14)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 3, 14), None, None),
    ],
)
def test_a_certificate_holds_to_the_same_day_of_the_last_month(day, months, last):
    assert expiry(CertificateDesign(validity_months=months), day) == last


@pytest.mark.django_db
def test_words_of_the_first_designs_with_braces_stay_as_they_were_written(ana):
    make_design(subject="sobre {el buen trato}")
    assert issue(ana, now=NOW + timedelta(days=1)).printed["subject"] == "sobre {el buen trato}"
