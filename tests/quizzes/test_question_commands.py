import io
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from django.core.management import CommandError, call_command

from quizzes.importing import formats
from quizzes.models import Question, Topic
from tests.factories import make_question, make_quiz
from tests.quizzes.factories import make_kind, make_topic

pytestmark = pytest.mark.usefixtures("media")


GOOD = """::P1::¿Qué se le dice a quien llega? {
    =Buenos días#Así es.
    ~%25%Su turno
    ~Nada}

::P2::El saludo transmite el VIH. {F}
"""
BAD = GOOD + "\n::P3::¿Y esta? {a ~b}\n\n::P4::¿Quién? {=Ana ~Luz}\n\n::P5::¿Rota? {#=mucho}\n"


@pytest.fixture
def file(db, tmp_path):
    path = tmp_path / "banco.gift"
    path.write_text(GOOD, encoding="utf-8")
    return path


def run(name, *arguments, **options):
    said, told = io.StringIO(), io.StringIO()
    try:
        call_command(name, *map(str, arguments), stdout=said, stderr=told, **options)
    except CommandError as error:
        error.said, error.told = said.getvalue(), told.getvalue()
        raise
    return said.getvalue(), told.getvalue()


def failure(name, *arguments, **options):
    with pytest.raises(CommandError) as caught:
        run(name, *arguments, **options)
    return caught.value


def test_every_question_is_listed_with_its_state_and_is_in_the_bank(file):
    make_question("P2", kind="true_false", text="Otra cosa")
    said, told = run("import_questions", file)
    assert said.splitlines() == [
        "línea 1 · nueva · Opción única · P1 · «¿Qué se le dice a quien llega?»",
        "línea 6 · nueva · Verdadero o falso · PREGUNTA-001 · «El saludo transmite el VIH.»",
        "Se importaron 2 preguntas.",
    ]
    assert told == ""
    assert Question.objects.count() == 3
    assert Question.objects.get(identifier="P1").live
    said, _told = run("import_questions", file)
    assert "línea 1 · ya está · Opción única · P1" in said
    assert "Se importaron 0 preguntas." in said
    assert "Ya estaban en el banco y se quedan como están: 2." in said
    assert Question.objects.count() == 3


def test_a_dry_run_writes_nothing(file):
    said, _told = run("import_questions", file, dry_run=True, topic="Trato/Puerta", make_topic=True)
    assert "línea 1 · nueva · Opción única · P1 · Trato / Puerta ·" in said
    assert said.endswith("No se guardó nada. Nuevas: 2; ya están: 0; rechazadas: 0.\n")
    assert not Question.objects.exists()
    assert not Topic.objects.exists()


@pytest.mark.parametrize("dry_run", [True, False])
def test_one_bad_question_keeps_everything_out_and_each_is_named_with_its_line(file, dry_run):
    file.write_text(BAD, encoding="utf-8")
    error = failure("import_questions", file, dry_run=dry_run)
    assert str(error).startswith("No se importó nada: 2 preguntas no se pueden importar.")
    assert error.told.splitlines() == [
        "Lo que no se puede importar:",
        "  - línea 8 «P3»: Antes del primer «=» o «~» está «a».",
        "  - línea 12 «P5»: «mucho» no es un número ni un rango de números.",
    ]
    assert not Question.objects.exists()


def test_only_the_good_ones_when_asked_with_the_rest_listed(file):
    file.write_text(BAD, encoding="utf-8")
    said, told = run("import_questions", file, only_good=True)
    assert [question.identifier for question in Question.objects.order_by("pk")] == ["P1", "P2", "P4"]
    assert said.splitlines()[-2:] == ["Se importaron 3 preguntas.", "Se dejaron fuera, como dice la lista: 2."]
    assert "línea 12 «P5»" in told


def test_a_question_refused_after_reading_is_listed_in_its_place(file):
    file.write_text("¿Rota? {#=mucho}\n\n" * 9 + "::Sola::¿Sola? {=Sí}\n\n" + "::L::¿Y? {~a ~b}\n", encoding="utf-8")
    error = failure("import_questions", file)
    assert "línea 21 · rechazada · Respuesta múltiple · «¿Y?»" in error.said
    listed = [line.split("»")[0] for line in error.told.splitlines()[9:11]]
    assert listed == ["  - línea 17 «¿Rota? {#=mucho}", "  - línea 21 «L"]


def test_topics_by_identifier_by_path_or_made(file):
    outer = make_topic("trato", name="Trato digno")
    inner = make_topic("puerta", outer, name="En la puerta")
    for words, topic in (("puerta", inner), ("trato digno/En la Puerta", inner), ("TRATO", outer)):
        Question.objects.all().delete()
        run("import_questions", file, topic=words)
        assert set(Question.objects.values_list("topic", flat=True)) == {topic.pk}
    said = str(failure("import_questions", file, topic="Trato digno/En la puerat"))
    near = "¿Quiso decir: En la puerta? Con --make-topic se crea."
    assert said == f"No hay ningún tema «Trato digno/En la puerat». {near}"
    Question.objects.all().delete()
    said, _told = run("import_questions", file, topic="Trato digno/El pasillo", make_topic=True)
    assert "Temas nuevos: El pasillo." in said
    assert Question.objects.filter(topic__parent=outer, topic__name="El pasillo").count() == 2


def test_the_questions_come_at_the_end_of_a_quiz_or_in_another_language(file):
    quiz = make_quiz("m1", 1)
    said, _told = run("import_questions", file, quiz="M1")
    assert f"Se agregaron a «{quiz.title}»: 2." in said
    assert list(quiz.entries.values_list("question__identifier", flat=True)) == ["M1-Q1", "P1", "P2"]
    run("import_questions", file, language="en")
    english = Question.objects.get(kind="true_false", locale__language_code="en")
    assert [choice.text for choice in english.choices.all()] == ["True", "False"]


def test_what_comes_through_standard_input_is_read_up_to_the_limit(db, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("¿Qué año?{=Ñ ~N}".encode("cp1252"))))
    run("import_questions", "-")
    assert Question.objects.get().text == "¿Qué año?"
    pipe = io.BytesIO(b"x" * (formats.LARGEST + 100))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(pipe))
    assert "el límite es 20 MB" in str(failure("import_questions", "-"))
    assert pipe.tell() == formats.LARGEST + 1


@pytest.mark.parametrize("stdin", [SimpleNamespace(isatty=lambda: True), None])
def test_a_terminal_is_no_input(db, monkeypatch, stdin):
    monkeypatch.setattr("sys.stdin", stdin)
    assert "No llega nada" in str(failure("import_questions", "-"))


@pytest.mark.parametrize(
    "options, sentence",
    [
        ({"language": "fr"}, "El sitio no tiene preguntas en el idioma «fr». Tiene: en, es."),
        ({"quiz": "m9"}, "No hay ningún cuestionario «m9». Hay: —."),
        ({"topic": "zzz"}, "No hay ningún tema «zzz». Con --make-topic se crea."),
    ],
)
def test_what_is_not_there_is_said(file, options, sentence):
    assert str(failure("import_questions", file, **options)) == sentence
    assert not Question.objects.exists()


def test_files_that_can_not_be_read_are_refused_in_a_sentence(file, tmp_path, monkeypatch):
    assert str(failure("import_questions", tmp_path / "otro.gift")) == f"No hay ningún archivo «{tmp_path}/otro.gift»."
    assert "es una carpeta" in str(failure("import_questions", tmp_path))
    assert f"«{file}/x» no se puede leer:" in str(failure("import_questions", file / "x"))
    monkeypatch.setattr(Path, "open", Mock(side_effect=PermissionError(13, "Permission denied")))
    assert str(failure("import_questions", file)) == f"«{file}» no se puede leer: Permission denied."


@pytest.mark.parametrize(
    "name, begin", [("b.gift", b"//"), ("b.gift.txt", b"//"), ("B.XML", b"<?xml"), ("b.xlsx", b"PK")]
)
def test_the_name_says_the_format(file, tmp_path, name, begin):
    run("import_questions", file)
    said, _told = run("export_questions", tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(begin)
    assert said == f"2 preguntas están en «{tmp_path / name}».\n"


def test_what_the_file_can_not_hold_is_said(db, tmp_path):
    make_kind("single", "Q1", marks=3)
    make_kind("reflection", "Q2")
    said, _told = run("export_questions", tmp_path / "b.txt", format_name="gift")
    assert said.splitlines() == [
        f"1 pregunta está en «{tmp_path / 'b.txt'}».",
        "Lo que el archivo no puede llevar:",
        "  - «Q1»: GIFT no lleva puntos: valía 3.",
        "  - «Q2»: GIFT no tiene preguntas de este tipo: no está en el archivo.",
    ]


def test_only_a_topic_or_a_quiz(db, tmp_path):
    make_question("A", topic=make_topic("trato"))
    make_quiz("m1", [make_question("B")])
    run("export_questions", tmp_path / "t.gift", topic="Trato")
    run("export_questions", tmp_path / "q.gift", quiz="m1")
    texts = [(tmp_path / name).read_text() for name in ("t.gift", "q.gift")]
    assert [("[id:A]" in text, "[id:B]" in text) for text in texts] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    "name, options, sentence",
    [
        ("b.doc", {}, "El nombre «b.doc» no dice el formato. Termínelo en "),
        ("b.gift", {"topic": "zzz"}, "No hay ningún tema «zzz»."),
        ("b.gift", {"language": "fr"}, "El sitio no tiene preguntas en el idioma «fr»."),
        ("b.gift", {"quiz": "vacio"}, "Allí no hay preguntas para exportar. No se guardó nada."),
        ("no/b.gift", {}, "no se puede escribir: No such file or directory."),
    ],
)
def test_what_can_not_be_written_is_said(db, tmp_path, name, options, sentence):
    make_question("A")
    make_quiz("vacio", 0)
    assert sentence in str(failure("export_questions", tmp_path / name, **options))
    assert not list(tmp_path.glob("*.*"))
