import pytest
from wagtail.images import get_image_model
from wagtail.models import Locale

from quizzes.base.identifiers import stable_key
from quizzes.base.markup import escape_markup, render_inline, strip_markup
from quizzes.importing.formats import FORMATS, read_file
from quizzes.importing.loading import NotImported, QuizHasDraft, write_import
from quizzes.importing.parts.html import LONGEST, TextTooLong, convert_html
from quizzes.importing.parts.reading import ReadChoice, ReadImage, Reading, ReadQuestion, UnreadableFile
from quizzes.importing.parts.texts import decode
from quizzes.importing.planning import plan_import
from quizzes.models import Question, Topic
from tests.factories import make_question, make_quiz, make_staff, spanish

from .factories import png

pytestmark = pytest.mark.usefixtures("media")


AIKEN = """¿Qué se le dice primero a quien llega?
A. Su turno
B. Buenos días
C) Nada
ANSWER: B

¿Quién puede leer el expediente?
a lo largo del día
A) Quien atiende
B) Quien pase
ANSWER: A
"""


def read_one(text="¿Qué se dice?", **fields):
    choices = fields.pop("choices", [ReadChoice("Buenos días", is_correct=True), ReadChoice("Nada")])
    return ReadQuestion("línea 1", fields.pop("kind", "single"), text, choices=choices, **fields)


def plan(*questions, topic=None):
    return plan_import(Reading(list(questions)), locale=spanish(), topic=topic)


def test_aiken_is_recognised_and_read():
    reading = read_file(AIKEN.encode())
    assert [(q.place, q.kind, q.text) for q in reading.questions] == [
        ("línea 1", "single", "¿Qué se le dice primero a quien llega?"),
        ("línea 7", "single", "¿Quién puede leer el expediente?\na lo largo del día"),
    ]
    assert [[(c.text, c.is_correct) for c in q.choices] for q in reading.questions] == [
        [("Su turno", False), ("Buenos días", True), ("Nada", False)],
        [("Quien atiende", True), ("Quien pase", False)],
    ]
    assert reading.problems == reading.warnings == []


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("¿Sí?\nA. Sí\nB. No\nANSWER: C\n", "La respuesta es C y ninguna opción tiene esa letra."),
        ("¿Sí?\nA. Sí\nB. No\n\n¿No?\nA. Sí\nB. No\nANSWER: A", "Después de sus opciones falta la línea «ANSWER:»"),
        ("ANSWER: A\n\n¿Sí?\nA. Sí\nANSWER: A", "Hay una respuesta sin pregunta ni opciones antes de ella."),
    ],
)
def test_an_aiken_question_that_is_not_whole_is_named(text, sentence):
    (problem,) = read_file(text.encode(), format_name="aiken").problems
    assert sentence in problem.sentence


def test_every_format_has_what_the_others_have():
    for name, module in FORMATS.items():
        assert (module.name, bool(str(module.label))) == (name, True)
        assert all(suffix.startswith(".") for suffix in module.suffixes)
        assert not any(module.sniff(content) for content in (b"", b"Un texto cualquiera, sin preguntas."))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "El archivo está vacío"),
        (b"  \n\x00", "El archivo está vacío"),
        (b"Un texto cualquiera.", "no parece de ninguno de los formatos"),
    ],
)
def test_what_is_no_file_of_questions_is_refused(content, sentence):
    with pytest.raises(UnreadableFile, match=sentence):
        read_file(content)


def test_the_plan_gives_identifiers_from_the_file_or_the_topic(db):
    make_question("Q-7", text="Otra pregunta que ya tiene ese nombre")
    taken = read_one("¿Uno?", name="Q-7", topic=("Trato", "En la puerta"))
    made = plan(taken, read_one("¿Dos?", identifier="M9-Q1"), read_one("¿Tres?", name="P3"), read_one("¿Cuatro?"))
    assert [row.identifier for row in made.rows] == ["EN-LA-PUERTA-001", "M9-Q1", "P3", "PREGUNTA-001"]
    assert {row.state for row in made.rows} == {"new"}
    assert not Topic.objects.exists()


def test_what_the_bank_has_is_not_made_again(db):
    by_identifier = make_question("M9-Q1", text="¿Lo mismo, ya corregido?")
    by_text = make_question("M9-Q2", text="¿Qué  se dice?", choices=None)
    same = [ReadChoice(choice.text, is_correct=choice.is_correct) for choice in by_text.choices.all()]
    known = [read_one("¿Lo mismo?", identifier="m9-q1"), read_one("¿Qué se dice?", choices=same)]
    made = plan(*known, read_one("¿Qué se dice?"), read_one("¿Qué se dice?"))
    assert [row.state for row in made.rows] == ["present", "present", "new", "present"]
    assert [row.present for row in made.rows] == [by_identifier, by_text, None, None]
    assert [warning.sentence for warning in made.warnings] == [
        "Está en el banco con otro texto, que se queda como está.",
        "Está dos veces en el archivo; cuenta la primera.",
    ]


@pytest.mark.parametrize(
    "fields, sentence",
    [
        ({"kind": "opinión"}, "«opinión» pide una opinión y no tiene respuesta correcta"),
        ({"kind": "poema"}, "Aquí no hay preguntas de tipo «poema»."),
        ({"kind": "likert"}, "va en una encuesta, no en un cuestionario."),
        ({"text": "  "}, "La pregunta no tiene texto."),
        ({"choices": [ReadChoice("Sí", is_correct=True), ReadChoice(" ")]}, "Una opción no tiene texto."),
        ({"choices": [ReadChoice("Sí"), ReadChoice("No")]}, "correcta"),
        ({"marks": 0}, "Una pregunta vale de 1 a 100 puntos."),
        ({"difficulty": "imposible"}, "La dificultad es una de estas: easy, medium, hard."),
        ({"unit": "x" * 41}, "Es demasiado largo, más de 40 letras: unidad."),
        ({"tags": ("x" * 101,)}, "Es demasiado largo, más de 100 letras: etiqueta."),
        ({"feedback": "a\x00b"}, "El texto trae caracteres que ningún texto tiene; el archivo está dañado."),
        ({"image": ReadImage("../../foto.png", b"nada")}, "«foto.png» no es una imagen PNG, JPEG, GIF o WebP que se"),
    ],
)
def test_what_keeps_a_question_out_is_said_in_a_sentence(db, fields, sentence):
    made = plan(read_one(**fields))
    assert sentence in " ".join(problem.sentence for problem in made.problems)
    assert made.rows[0].state == "refused"


def test_an_import_makes_topics_questions_options_and_tags(db):
    more = {"tags": ("saludo", "año"), "difficulty": "easy", "marks": 2, "feedback": "Siempre."}
    done = write_import(plan(read_one(name="P1", topic=("Trato", "Puerta"), **more)))
    question = Question.objects.get(identifier="P1")
    assert done.created == [question]
    assert (question.live, question.marks, question.difficulty, question.feedback) == (True, 2, "easy", "Siempre.")
    assert question.translation_key == stable_key("P1")
    assert (question.topic.name, question.topic.parent.name) == ("Puerta", "Trato")
    assert sorted(tag.name for tag in question.tags.all()) == ["año", "saludo"]
    assert [(c.identifier, c.text, c.is_correct, c.translation_key) for c in question.choices.all()] == [
        ("a", "Buenos días", True, stable_key("P1/a")),
        ("b", "Nada", False, stable_key("P1/b")),
    ]
    assert question.latest_revision_id == question.live_revision_id != None  # noqa: E711


def test_importing_twice_is_importing_once(db):
    made = plan(read_one(topic=("Trato",)), read_one("¿Otra?", topic=("trato",)))
    first, second = write_import(made), write_import(made)
    assert (len(first.created), len(first.topics)) == (2, 1)
    assert (len(second.created), len(second.present), second.topics) == (0, 2, [])
    assert Question.objects.count() == 2


def test_of_two_questions_with_one_identifier_the_second_gets_its_own_and_so_again(db):
    questions = [
        read_one(f"¿{n}?", identifier=identifier, name=name)
        for n, (identifier, name) in enumerate([("P-1", ""), ("P-1", ""), ("", "P-1"), ("E 1/2", ""), ("P-1", "")])
    ]
    questions[4].text = questions[0].text
    done = write_import(plan(*questions))
    again = plan(*questions)
    assert [question.identifier for question in done.created] == ["P-1", "PREGUNTA-001", "PREGUNTA-002", "PREGUNTA-003"]
    assert [warning.sentence.split(":")[0] for warning in done.warnings] == [
        "Otra pregunta del archivo ya se llama «P-1»",
        "«E 1/2» tiene más de 40 letras u otros signos que - _ .",
        "Está dos veces en el archivo; cuenta la primera.",
    ]
    assert [row.state for row in again.rows] == ["present"] * 5
    assert [row.identifier for row in again.rows][1:4] == ["PREGUNTA-001", "PREGUNTA-002", "PREGUNTA-003"]


def test_all_or_nothing_unless_the_good_ones_are_asked_for(db):
    made = plan(read_one(topic=("Trato",)), read_one(" ", topic=("Otro",)))
    with pytest.raises(NotImported) as refusal:
        write_import(made)
    assert [problem.sentence for problem in refusal.value.plan.problems] == ["La pregunta no tiene texto."]
    assert not Question.objects.exists()
    assert not Topic.objects.exists()
    done = write_import(made, only_good=True)
    assert (len(done.created), len(done.refused)) == (1, 1)
    assert [topic.name for topic in done.topics] == ["Trato"]


def test_topics_of_the_file_become_parts_of_the_topic_given(db):
    outer = Topic.objects.create(identifier="m1", name="Módulo 1", locale=spanish())
    write_import(plan(read_one(), read_one("¿Otra?", topic=("Puerta",)), topic=outer))
    assert [str(q.topic) for q in Question.objects.order_by("identifier")] == ["Módulo 1", "Puerta"]
    assert Topic.objects.get(name="Puerta").parent == outer


def test_a_translation_is_joined_by_its_identifier_and_by_nothing_else(db):
    make_question("M9-Q1")
    english = Locale.objects.get(language_code="en")
    reading = Reading([read_one("What?", identifier="M9-Q1"), read_one("Who?", name="M9-Q1")])
    done = write_import(plan_import(reading, locale=english))
    assert [q.identifier for q in done.created] == ["M9-Q1", "PREGUNTA-001"]
    assert done.created[0].get_translations().get().locale == spanish()


def test_an_image_is_kept_once_and_one_that_nobody_described_waits(db):
    image = ReadImage("C:\\fotos\\portón.png", png())
    described = read_one("¿Qué se ve?", image=image, image_text="Un portón abierto")
    done = write_import(plan(described, read_one("¿Y aquí?", image=image), read_one("¿Y acá?", published=False)))
    assert [question.live for question in done.created] == [True, False, False]
    stored = get_image_model().objects.get()
    assert {question.image for question in done.created} == {stored, None}
    assert (stored.title, stored.width, stored.height) == ("portón", 40, 30)


def test_no_file_is_left_of_an_import_that_failed(db, tmp_path, monkeypatch):
    monkeypatch.setattr(Question, "save", None)
    with pytest.raises(TypeError):
        write_import(plan(read_one(image=ReadImage("a.png", png()))))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert not get_image_model().objects.exists()


def test_the_questions_go_to_the_end_of_a_quiz_once(db):
    quiz = make_quiz("m1", questions=2)
    made = plan(read_one(name="P1"), read_one("¿Otra?", name="P2"))
    assert [write_import(made, quiz=quiz).added for _time in range(2)] == [2, 0]
    quiz.refresh_from_db()
    assert [entry.question.identifier for entry in quiz.entries.all()] == ["M1-Q1", "M1-Q2", "P1", "P2"]
    assert not quiz.has_unpublished_changes


def test_a_quiz_that_someone_is_changing_gets_no_questions(db):
    quiz = make_quiz("m1", questions=2)
    quiz.title = "Un borrador"
    quiz.save_revision()
    with pytest.raises(QuizHasDraft):
        write_import(plan(read_one()), quiz=quiz)
    assert Question.objects.count() == 2


def test_who_may_not_publish_imports_drafts(db):
    done = write_import(plan(read_one()), by=make_staff("nueva"))
    assert [question.live for question in done.created] == [False]
    assert done.created[0].latest_revision.user.username == "nueva"


@pytest.mark.parametrize(
    "html, text",
    [
        ("<p>Hola <b>mundo</b>.</p><p>Otro<br>renglón</p>", "Hola **mundo**.\n\nOtro\nrenglón"),
        ("a <strong>b </strong>c <em>d</em>", "a **b** c *d*"),
        ("<p><b><i>todo</i></b> y <b></b>nada</p>", "***todo*** y nada"),
        ("La <b>[[1]]</b> y <i>más</i> [VL]", "La **[[1]]** y *más* [VL]"),
        ("<h2>Título</h2>texto", "**Título**\n\ntexto"),
        ("<ul><li>uno</li><li><p>dos</p></li></ul><p>fin", "- uno\n- dos\n\nfin"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ('<a href="https://x.gt/a">ver</a>', "ver (https://x.gt/a)"),
        ('<a href="https://x.gt/a">https://x.gt/a</a>', "https://x.gt/a"),
        ('<a href="javascript:alert(1)">ver</a>', "ver"),
        ("2*3*4 y a_b_ &lt;b&gt; &amp;amp;", "2\\*3\\*4 y a_b_ <b> &amp;"),
        ("<b>a</b>b<b>.</b>c", "**a**b**.**c"),
        ("El _____ y la (_____).", "El _____ y la (_____)."),
        ("año\x00 &#0;&nbsp; &ntilde;\u0301 fin", "año \ufffd ñ\u0301 fin"),
    ],
)
def test_html_becomes_marks(html, text):
    assert convert_html(html).text in (text, strip_markup(text))


def test_nothing_of_a_script_comes_over():
    converted = convert_html("a<script>alert('x')</script><style>b{}</style><svg onload=x><text>y</text></svg>z")
    assert converted.text == "az"
    assert converted.lost == ["se dejó fuera un programa", "se dejó fuera un dibujo"]
    assert "<" not in render_inline(convert_html("&lt;script&gt;x&lt;/script&gt;").text)


def test_the_longest_hostile_texts_are_read():
    for part in ("<div>", "<", "<!--", "<a b='", "<![", "<b>", "**a", "<a href=x>", "&", "<li>"):
        convert_html((part * LONGEST)[:LONGEST])
    with pytest.raises(TextTooLong):
        convert_html("a" * (LONGEST + 1))


@pytest.mark.parametrize(
    "text", ["2*3*4", "a\\*b", "**no**", "un _____ y (_____)", "_ya_", "C:\\dir\\n", "fin\\", "\\"]
)
def test_escaped_text_is_shown_as_it_stands(text):
    assert strip_markup(escape_markup(text)).replace("\\_", "_") == text
    assert "<" not in render_inline(escape_markup(text))


@pytest.mark.parametrize(
    "content, text",
    [
        ("año\r\nluz\rfin".encode(), "año\nluz\nfin"),
        (b"\xef\xbb\xbfa\xc3\xb1o", "año"),
        ("año".encode("utf-16"), "año"),
        ("año".encode("cp1252"), "año"),
        ("n\u0303".encode(), "ñ"),
        (b"a\x00b\x07c", "abc"),
        (bytes(range(256)), None),
    ],
)
def test_bytes_become_text_whatever_they_are(content, text):
    decoded = decode(content)
    assert "\x00" not in decoded
    assert text is None or decoded == text
