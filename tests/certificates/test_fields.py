from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from wagtail.models import Locale

from certificates.issuing.field_values import (
    active_design,
    built_in_design,
    current_course,
    example_fields,
    expiry_date,
    printed_grade,
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
def test_example_fills_in_every_field(course):
    printed = example_fields(make_design(text="{nombre}\n{nota}"), language="es")
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


def test_spanish_and_english_field_names_are_equal():
    printed = PRINTED | {"role": "Enfermería", "grade": "87/100"}
    for spanish, english, field in FIELDS:
        assert fill_line(f"{{{spanish}}}, {{{english}}}", printed) == f"{printed[field]}, {printed[field]}"
    assert fill_line("{ Módulos } y {HORAS}", printed) == "ocho módulos y dos horas de estudio"


def test_line_with_empty_field_is_left_out():
    text = "{centro}, {fecha}\n\nCalificación: {nota}\n  Vence   el {vence}\n{puesto} de {centro}"
    assert fill_lines(text, PRINTED) == ["San Pedro, 14 de marzo de 2026", "Vence el 14 de marzo de 2028"]


def test_name_is_never_parsed_as_a_field():
    assert fill_line("{nombre}", PRINTED | {"name": "{curso}"}) == "{curso}"


def test_unknown_field_is_refused_with_the_known_ones():
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
def test_misplaced_field_is_refused(words, sentence):
    [(field, said)] = problems_of(**words).items()
    assert field in words
    assert said.startswith(sentence)


def test_valid_design_texts_pass():
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
def test_course_is_named_once_and_validity_always_printed(ana):
    make_design(statement="terminó {curso} con provecho", subject="", text="", validity_months=24)
    printed = issue(ana).printed
    assert printed["statement"] == "terminó Trato digno con provecho"
    assert printed["text"] == [
        "un módulo, dos horas de estudio",
        "25 de noviembre de 2026",
        "Válido hasta el 25 de noviembre de 2028",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ({"text": "{horas}"}, ["dos horas de estudio", "Emitido el 25 de noviembre de 2026"]),
        # The line with the date is left out without a clinic.
        ({"text": "{horas}\n{centro}, {fecha}"}, ["dos horas de estudio", "Emitido el 25 de noviembre de 2026"]),
        ({"text": "{centro}, {fecha}"}, ["un módulo, dos horas de estudio", "25 de noviembre de 2026"]),
        ({"text": "{horas}", "subject": "el {fecha}"}, ["dos horas de estudio"]),
        ({"text": "{fecha}\n{horas}"}, ["25 de noviembre de 2026", "dos horas de estudio"]),
        (
            {"text": "{fecha}\nVence el {vence}", "validity_months": 24},
            ["25 de noviembre de 2026", "Vence el 25 de noviembre de 2028"],
        ),
    ],
)
def test_issue_date_and_validity_are_printed_exactly_once(ana, words, lines):
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
def test_course_name_falls_back_to_site_name(course, title, printed):
    course.title = title
    course.save()
    assert example_fields(make_design(), language="es")["course"] == printed


@pytest.mark.django_db
def test_english_certificate_has_english_course_name(course):
    english = course.copy_for_translation(Locale.objects.get(language_code="en"))
    english.title = "Good care"
    english.save_revision().publish()
    design = make_design()
    names = [example_fields(design, language=language)["course"] for language in ("es", "en")]
    assert names == ["Trato digno", "Good care"]
    with translation.override("en"):
        assert current_course() == course


@pytest.mark.django_db
def test_preview_works_without_a_course():
    printed = example_fields(make_design(), language="es")
    assert (printed["course"], printed["hours"]) == ("Trato digno", study_time_in_words(0))


@pytest.mark.django_db
def test_printed_grade_is_the_mean_and_read_only_when_printed():
    make_small_course(modules=2)
    ana = make_graduate()
    for grade, attempt in zip((Decimal("80.00"), Decimal("95.50")), Attempt.objects.order_by("pk"), strict=True):
        Attempt.objects.filter(pk=attempt.pk).update(grade=grade)
    progress = progress_of(ana)
    assert printed_grade(built_in_design("es"), progress) is None
    make_design(text="{fecha}\nCalificación: {nota}")
    assert printed_grade(active_design("es"), progress_of(make_learner("EVA234"))) is None
    assert printed_grade(active_design("es"), progress) == Decimal("87.75")
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
def test_expiry_is_the_same_day_of_the_last_month(day, months, last):
    assert expiry_date(CertificateDesign(validity_months=months), day) == last


@pytest.mark.django_db
def test_unknown_braces_stay_as_written(ana):
    make_design(subject="sobre {el buen trato}")
    assert issue(ana, now=NOW + timedelta(days=1)).printed["subject"] == "sobre {el buen trato}"
