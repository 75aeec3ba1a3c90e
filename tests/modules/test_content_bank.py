from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.forms.models import model_to_dict
from django.utils.timezone import make_aware
from PIL import Image as Picture
from wagtail.images import get_image_model

from modules.content.loading.files import read_course
from modules.models import LoadedContent, ModulePage
from quizzes.base.identifiers import stable_key
from quizzes.exporting.questions import gather_questions
from quizzes.importing.library import make_image
from quizzes.importing.loading import write_import
from quizzes.importing.parts.reading import ReadImage, Reading
from quizzes.importing.planning import plan_import
from quizzes.models import Choice, Competency, Question, Quiz, QuizDraw, QuizQuestion, ScoreBand, Stimulus, Topic
from tests.factories import spanish
from tests.quizzes.generated_questions import make_placed_questions, make_questions

from .content import bytes_of, load, make_content, save

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


def empty_the_bank():
    ModulePage.objects.update(quiz=None)
    for model in (QuizQuestion, QuizDraw, ScoreBand, Quiz, Choice, Question, Stimulus):
        model.objects.all().delete()
    while Topic.objects.exists():
        Topic.objects.filter(children=None).delete()
    get_image_model().objects.all().delete()
    LoadedContent.objects.all().delete()


def bank():
    questions = {}
    for read, question in gather_questions(Question.objects.order_by("identifier")):
        read = _unnamed(replace(read, case=read.case and _unnamed(read.case)))
        questions[read.identifier] = asdict(read) | {
            "key": question.translation_key,
            "verify": question.needs_checking,
            "sources": sorted(source.identifier for source in question.sources.all()),
            "choice_keys": [(c.identifier, c.translation_key, c.sort_order) for c in question.choices.all()],
        }
    quizzes = {}
    for quiz in Quiz.objects.select_related("topic"):
        quizzes[quiz.identifier] = model_to_dict(quiz, exclude=["id", "topic", "latest_revision", "live_revision"]) | {
            "topic": quiz.topic and quiz.topic.identifier,
            "entries": [entry.question.identifier for entry in quiz.entries.order_by("sort_order")],
            "draws": [
                (d.topic and d.topic.identifier, d.pool, d.with_subtopics, d.difficulty, d.count)
                for d in quiz.draws.all()
            ],
            "bands": [(band.from_percent, band.text) for band in quiz.bands.all()],
        }
        for moment in ("first_published_at", "last_published_at", "go_live_at", "expire_at"):
            quizzes[quiz.identifier].pop(moment, None)
    topics = {topic.identifier: (topic.name, topic.parent and topic.parent.identifier) for topic in Topic.objects.all()}
    return questions, quizzes, topics


def _unnamed(read):
    return replace(read, image=read.image and replace(read.image, name="x"))


def test_two_hundred_questions_of_every_kind_come_back_into_an_empty_site(tmp_path):
    # HTML is refused in the files, also where it is only meant as words.
    questions = [plain_of(question) for question in [*make_questions(), *make_placed_questions()]]
    with transaction.atomic():
        load(make_content(tmp_path))
        write_import(plan_import(Reading(questions), locale=spanish()))
        before = bank()
        assert len(before[0]) == 209
        said = save(tmp_path / "saved")
        transaction.set_rollback(True)
    assert said[-1].startswith("  - "), said
    assert not [line for line in said if "Corrija" in line]
    assert not Question.objects.exists()
    load(tmp_path / "saved")

    after = bank()
    assert {key: value for key, value in after[0].items() if value != before[0].get(key)} == {}
    assert after == before
    saved = bytes_of(tmp_path / "saved")
    assert save(tmp_path / "saved") == ["es: sin cambios."]
    assert bytes_of(tmp_path / "saved") == saved
    assert not load(tmp_path / "saved").changed


def plain_of(question):
    def words(text):
        return text.replace("<b>no</b>", "«no»")

    choices = [
        replace(choice, text=words(str(choice.text)), match=words(choice.match), feedback=words(choice.feedback))
        for choice in question.choices
    ]
    return replace(
        question,
        text=words(question.text),
        feedback=words(question.feedback),
        marking_guide=words(question.marking_guide),
        choices=choices,
        published=True,
    )


def refusal_of(content):
    with pytest.raises(CommandError):
        call_command("load_content", directory=content, check=True, stderr=(said := StringIO()))
    return said.getvalue()


QUIZ = """\
- id: EXAMEN
  title: Examen final
  topic: puerta
  intro: Lea con calma.
  warning: Hay escenas duras.
  pass_mark: 75
  questions_drawn: 2
  keep_option_order: true
  shuffle_questions: true
  attempts_allowed: 3
  wait_minutes: 90
  counting_attempt: last
  feedback_time: now
  opens_at: '2026-03-14 08:00:00-06:00'
  closes_at: '2026-04-14 18:30:00-06:00'
  time_limit: 45
  grace_seconds: 0
  layout: all
  exam: true
  asks_certainty: true
  passed_text: |-
    **Felicidades.**

    Siga así.
  not_passed_text: Intente otro día.
  bands:
  - from: 0
    text: Vuelva a leer.
  - from: 90
    text: Excelente [S42].
  draws:
  - topic: estigma
    count: 2
  - topic: puerta
    only_this_topic: true
    difficulty: hard
    count: 1
  questions:
  - same_as: M1-Q1
  - id: EX-1
    kind: number
    topic: puerta
    difficulty: medium
    tags:
    - horas
    - vih
    act: M1-C1
    roles:
    - clinica
    - apoyo
    indispensable: true
    lesson: M1-L2#en-la-fila
    text: |-
      ¿En cuántas horas se inicia la PEP?

      Escriba el máximo.
    image: porton.png
    image_text: Un reloj
    points: 5
    unit: horas
    choices:
    - id: a
      text: '72'
      tolerance: 0.5
      feedback: Así es.
    - id: b
      text: '48'
      percent: 33.33333
      tolerance: 12
    - id: c
      text: '*'
      percent: 0
      feedback: Lea otra vez.
      lesson: M1-L1
  - id: EX-2
    kind: single
    text: ¿Qué va primero?
    choices:
    - id: a
      text: El saludo
      correct: true
    - id: b
      text: El turno
      percent: -12.5
- id: POZOS
  title: Por puesto
  pass_mark: 80
  draws:
  - pool: core
    count: 1
  - topic: puerta
    pool: own
    count: 1
  questions:
  - same_as: EX-1
  - same_as: EX-2
"""
QUESTIONS = """\
- id: EX-3
  kind: short_text
  case: PUERTA
  case_place: 1
  text: Escriba la sigla.
  capitals_matter: true
  accents_matter: true
  choices:
  - id: a
    text: PrEP
- id: EX-4
  kind: open
  case: PUERTA
  case_place: 2
  text: ¿Qué haría usted?
  points: 10
  feedback: Gracias.
  right_feedback: Así es.
  partly_feedback: Falta una parte.
  wrong_feedback: Lea otra vez la [S42].
  marking_guide: Busque *tres* ideas.
  verify: true
"""
CASES = """\
- id: PUERTA
  title: En la puerta
  text: |-
    Llega una señora [S42].

    Trae a su hija.
  dialogue: |-
    Portero: ¿Qué busca?
    Señora: A la **doctora**.
  image: porton.png
  image_text: Un portón
"""
ACTS = """\
- id: M1-C1
  text: Saluda igual a toda persona.
  core: true
- id: M1-apoyo-1
  text: Orienta sin preguntar el motivo.
"""
TOPICS = [("  name: Ley y deberes\n", "  name: Ley y deberes\n- id: puerta\n  name: En la puerta\n  part_of: ley\n")]


def make_bank(tmp_path, quizzes=QUIZ, questions=QUESTIONS, picture="PNG", cases=CASES):
    content = make_content(tmp_path, course=TOPICS)
    (content / "es/quizzes.yaml").write_text(quizzes, encoding="utf-8")
    (content / "es/questions.yaml").write_text(questions, encoding="utf-8")
    (content / "es/cases.yaml").write_text(cases, encoding="utf-8")
    (content / "es/acts.yaml").write_text(ACTS, encoding="utf-8")
    (content / "es/images").mkdir()
    Picture.new("RGB", (30, 20), "teal").save(content / "es/images/porton.png", picture)
    return content


def test_every_field_and_rule_of_the_files_is_in_the_cms_and_is_saved_in_the_same_bytes(tmp_path):
    content = make_bank(tmp_path)

    load(content)

    quiz = Quiz.objects.get(identifier="examen")
    assert (quiz.attempts_allowed, quiz.wait_minutes, quiz.grace_seconds) == (3, 90, 0)
    assert (quiz.counting_attempt, quiz.feedback_time, quiz.layout) == ("last", "now", "all")
    flags = (quiz.is_exam, quiz.asks_certainty, quiz.shuffle_questions, quiz.shuffle_options)
    assert flags == (True, True, True, False)
    assert quiz.opens_at == make_aware(datetime(2026, 3, 14, 8))
    assert quiz.passed_text == "**Felicidades.**\n\nSiga así."
    draws = quiz.draws.values_list("topic__identifier", "with_subtopics", "difficulty", "count")
    assert list(draws) == [("estigma", True, "", 2), ("puerta", False, "hard", 1)]
    pools = QuizDraw.objects.filter(quiz__identifier="pozos").values_list("topic__identifier", "pool", "count")
    assert list(pools) == [(None, "core", 1), ("puerta", "own", 1)]
    number, short = (Question.objects.get(identifier=identifier) for identifier in ("EX-1", "EX-3"))
    assert (number.marks, number.unit, number.difficulty, number.image_text) == (5, "horas", "medium", "Un reloj")
    assert sorted(number.tags.names()) == ["horas", "vih"]
    assert (number.act.identifier, number.audiences) == ("M1-C1", ["clinica", "apoyo"])
    assert (number.is_indispensable, number.lesson) == (True, "M1-L2#en-la-fila")
    choices = number.choices.values_list("fraction", "tolerance", "lesson")
    assert list(choices) == [(None, Decimal("0.5"), ""), (Decimal("33.33333"), 12, ""), (0, None, "M1-L1")]
    assert (short.forgives_case, short.forgives_accents) == (False, False)
    case = Stimulus.objects.get()
    assert (case.translation_key, case.live, case.image_text) == (stable_key("case:PUERTA"), True, "Un portón")
    assert list(case.questions.order_by("case_place")) == [short, Question.objects.get(identifier="EX-4")]
    assert Topic.objects.get(identifier="puerta").parent.identifier == "ley"
    acts = Competency.objects.order_by("pk").values_list("identifier", "is_core", "translation_key")
    keys = [stable_key(f"act:{identifier}") for identifier in ("M1-C1", "M1-apoyo-1")]
    assert list(acts) == [("M1-C1", True, keys[0]), ("M1-apoyo-1", False, keys[1])]
    save(tmp_path / "saved")
    assert bytes_of(tmp_path / "saved") == bytes_of(content)
    assert not load(content).changed


def test_another_picture_under_the_same_name_is_taken(tmp_path):
    content = make_bank(tmp_path)
    load(content)
    Picture.new("RGB", (30, 20), "maroon").save(content / "es/images/porton.png")
    assert load(content).updated == ["case:PUERTA", "EX-1"]
    assert not load(content).changed
    assert save(content) == ["es: sin cambios."]


def test_pictures_of_one_title_get_files_of_their_own(tmp_path):
    load(make_bank(tmp_path))
    first = Question.objects.get(identifier="EX-1").image
    Picture.new("RGB", (30, 20), "maroon").save(tmp_path / "otra.png")
    second = make_image(ReadImage("porton.png", (tmp_path / "otra.png").read_bytes()), text="")
    assert second.title == first.title
    question = Question.objects.get(identifier="EX-4")
    question.image, question.image_text = second, "Otra"
    question.save_revision().publish()

    save(tmp_path / "saved")

    names = sorted(path.name for path in (tmp_path / "saved/es/images").iterdir())
    assert names == [f"porton-{second.get_file_hash()[:6]}.png", "porton.png"]
    before = bank()
    empty_the_bank()
    load(tmp_path / "saved", replace=True)
    assert bank()[0] == before[0]


def test_a_case_that_is_a_draft_keeps_its_questions_out_of_the_files(tmp_path):
    load(make_bank(tmp_path))
    Stimulus.objects.update(live=False)
    save(tmp_path / "saved")
    assert not (tmp_path / "saved/es/questions.yaml").exists()
    assert not (tmp_path / "saved/es/cases.yaml").exists()
    Stimulus.objects.update(live=True)
    Question.objects.filter(identifier="EX-4").update(live=False)
    save(tmp_path / "saved")
    assert (tmp_path / "saved/es/cases.yaml").read_text() == CASES
    assert read_course(tmp_path / "saved", "es").questions[0]["case"] == "PUERTA"


def test_a_question_that_goes_into_a_module_leaves_the_file_of_the_others(tmp_path):
    content = make_content(tmp_path)
    (content / "es/questions.yaml").write_text("- id: EX-4\n  kind: open\n  text: ¿Qué haría usted?\n")
    load(content)
    quiz = Quiz.objects.get(identifier="m1")
    QuizQuestion.objects.create(
        quiz=quiz, question=Question.objects.get(identifier="EX-4"), sort_order=2, locale=quiz.locale
    )

    assert "  - questions.yaml" in save(content)

    assert not (content / "es/questions.yaml").exists()
    assert "id: EX-4" in (content / "es/m1/quiz.yaml").read_text()
    assert not load(content).changed


@pytest.mark.parametrize(
    "old, new, sentence",
    [
        ("percent: 33.33333", "percent: un tercio", "Aquí va un número de -100 a 100, con hasta 5 decimales."),
        ("percent: -12.5", "percent: -100.5", "Aquí va un número de -100 a 100"),
        ("image: porton.png", "image: otro.png", "No hay ninguna imagen «otro.png» en la carpeta «images»."),
        (
            "'2026-03-14 08:00:00-06:00'",
            "mañana",
            "«mañana» no es una fecha con hora. Escríbala como 2026-03-14 08:00.",
        ),
        ("    - id: a\n      text: El saludo\n      correct: true\n", "", "al menos dos opciones"),
        ("      tolerance: 12\n", "      tolerance: 12\n      correct: true\n", "ninguna opción lleva «correct»"),
        ("act: M1-C1", "act: M1-C9", "No hay ningún acto «M1-C9» en acts.yaml."),
        ("    act: M1-C1\n", "", "Agregue «act»."),
        ("- clinica", "- clínica", "«clínica»"),
        ("lesson: M1-L2#en-la-fila", "lesson: M1-L9", "No hay ninguna lección «M1-L9»."),
        ("lesson: M1-L1", "lesson: M1", "«M1» no es un lugar de una lección."),
        ("kind: number", "kind: open", "no puede ser indispensable"),
        ("  - pool: core\n    count: 1\n", "  - pool: all\n    count: 1\n", "«all»"),
        ("  pass_mark: 80\n  draws:", "  pass_mark: 80\n  questions_drawn: 2\n  draws:", "Quite «questions_drawn»"),
        (
            "- same_as: EX-2\n",
            "- same_as: EX-2\n  - id: EX-9\n    kind: reflection\n    text: ¿Y usted?\n",
            "ya no se pide ninguna reflexión",
        ),
        ("  questions:\n  - same_as: EX-1\n  - same_as: EX-2\n", "", "y no tiene ninguna"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, old, new, sentence):
    assert old in QUIZ
    said = refusal_of(make_bank(tmp_path, QUIZ.replace(old, new, 1)))
    assert sentence in said
    assert "quizzes.yaml, línea " in said


def test_what_is_wrong_with_gaps_and_places_is_said_with_its_line(tmp_path):
    wrong = """\
- id: G
  kind: gaps
  text: La [[1]] y [[2]].
  choices:
  - id: a
    gap: 1
    text: una
    correct: true
  - id: b
    gap: 3
    text: otra
    x: 5
    correct: true
- id: H
  kind: open
  text: La [[1]].
- id: I
  kind: open
  text: ¿Qué?
  feedback: Es [[1]].
"""
    said = refusal_of(make_bank(tmp_path, questions=QUESTIONS + wrong))
    first = QUESTIONS.count("\n")
    assert [line.partition("questions.yaml, línea ")[2] for line in said.splitlines()] == [
        f"{first + 4}: El espacio [[2]] no tiene opciones.",
        f"{first + 4}: El texto no tiene el espacio [[3]].",
        f"{first + 12}: En una pregunta de este tipo ninguna opción lleva «x». Quítelo.",
        f"{first + 14}: «[[1]]» es un espacio, y solo las preguntas con espacios los llevan: quítelo del texto.",
        f"{first + 20}: «[[1]]» es un espacio, y solo el texto de una pregunta los lleva. Quítelo.",
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("case: PUERTA", "case: OTRO", "questions.yaml, línea 3: No hay ningún caso «OTRO» en cases.yaml."),
        ("case: PUERTA", "case: OTRO", "cases.yaml, línea 1: Ninguna pregunta tiene «case: PUERTA»."),
        ("  image_text: Un portón\n", "", "cases.yaml, línea 10: Escriba qué muestra la imagen, como «image_text»."),
        (CASES[CASES.index("  text") :], "", "cases.yaml, línea 1: Un caso cuenta algo"),
        (None, None, "cases.yaml, línea 1: 7 preguntas tienen «case: PUERTA». Un caso lo comparten seis como máximo."),
    ],
)
def test_what_is_wrong_with_a_case_is_said_with_its_line(tmp_path, old, new, sentence):
    more = [f"- id: MORE-{n}\n  kind: open\n  case: PUERTA\n  text: ¿Qué?\n" for n in range(5)]
    cases, questions = CASES, QUESTIONS + "".join(more)
    if old:
        cases, questions = CASES.replace(old, new), QUESTIONS.replace(old, new)
    assert sentence in refusal_of(make_bank(tmp_path, cases=cases, questions=questions))


def test_a_quiz_asks_something_and_no_topic_is_part_of_itself(tmp_path):
    content = make_bank(tmp_path, "- id: VACIO\n  title: Vacío\n  pass_mark: 80\n")
    course = content / "es/course.yaml"
    course.write_text(course.read_text().replace("  name: Ley y deberes\n", "  name: Ley\n  part_of: puerta\n"))
    said = refusal_of(content)
    assert "Un cuestionario tiene preguntas propias o las sortea de temas." in said
    assert "El tema «puerta» es parte de sí mismo." in said
    assert "El tema «ley» es parte de sí mismo." in said


def test_a_picture_is_one_and_is_called_so(tmp_path):
    content = make_bank(tmp_path, picture="JPEG")
    (content / "es/images/x.png").write_bytes(b"<svg/>")
    said = refusal_of(content)
    assert "images/porton.png: Use letras minúsculas" in said.replace(", línea 0", "")
    assert "«x.png» no es una imagen" in said
