"""Moodle XML, as Moodle exports it; and files made to do harm."""

import base64
import time
from decimal import Decimal
from io import BytesIO

import pytest
from PIL import Image as Picture

from quizzes.importing.formats import read_file
from quizzes.importing.parts.images import image_name
from quizzes.importing.parts.reading import ReadImage, UnreadableFile
from quizzes.importing.planning import plan_import
from tests.factories import spanish


def quiz(*questions, head='<?xml version="1.0" encoding="UTF-8"?>\n'):
    return f"{head}<quiz>\n{''.join(questions)}</quiz>".encode()


def question(kind, inside="", text="<p>¿Qué <b>corresponde</b>?</p>", name="P1", files=""):
    return f"""<question type="{kind}">
  <name><text>{name}</text></name>
  <questiontext format="html"><text><![CDATA[{text}]]></text>{files}</questiontext>
  <generalfeedback format="html"><text><![CDATA[<p>Siempre.</p>]]></text></generalfeedback>
  <defaultgrade>2.0000000</defaultgrade><penalty>0.0000000</penalty><hidden>0</hidden>
  {inside}
</question>
"""


def answer(fraction, text, feedback="", more="", text_format="html"):
    return (
        f'<answer fraction="{fraction}" format="{text_format}"><text>{text}</text>'
        f'<feedback format="html"><text>{feedback}</text></feedback>{more}</answer>'
    )


def read_only(*arguments, **fields):
    (read,) = read_file(quiz(question(*arguments, **fields))).questions
    return read


def options(read):
    return [(str(c.text), c.is_correct, c.fraction, c.feedback) for c in read.choices]


def png(width=3, height=2):
    stream = BytesIO()
    Picture.new("RGB", (width, height), "teal").save(stream, "PNG")
    return stream.getvalue()


# Kinds


def test_multichoice_with_one_answer():
    read = read_only(
        "multichoice",
        "<single>true</single><shuffleanswers>true</shuffleanswers>"
        + answer(100, "<![CDATA[<p>Saludar</p>]]>", "<![CDATA[<p>Así es.</p>]]>")
        + answer(50, "Mirar", "Casi.")
        + answer(0, "Callar &amp; salir")
        + "<tags><tag><text>saludo</text></tag><tag><text>año</text></tag></tags><idnumber>M9-Q1</idnumber>",
    )

    assert (read.kind, read.text, read.name, read.identifier) == ("single", "¿Qué **corresponde**?", "P1", "M9-Q1")
    assert (read.marks, read.feedback, read.tags, read.published) == (2, "Siempre.", ("saludo", "año"), True)
    assert read.place == "línea 3"
    assert options(read) == [
        ("Saludar", True, None, "Así es."),
        ("Mirar", False, Decimal(50), "Casi."),
        ("Callar & salir", False, None, ""),
    ]


def test_multichoice_with_several():
    own = answer("50", "a") + answer("50", "b") + answer("-33.33333", "c")
    usual = answer("33.33333", "a") * 3 + answer("-100", "c")

    assert [options(read_only("multichoice", f"<single>false</single>{a}")) for a in (own, usual)] == [
        [("a", True, 50, ""), ("b", True, 50, ""), ("c", False, Decimal("-33.33333"), "")],
        [("a", True, None, "")] * 3 + [("c", False, None, "")],
    ]


@pytest.mark.parametrize("truth", [True, False])
def test_truefalse_is_true_first(truth):
    right, wrong = ("true", "false") if truth else ("false", "true")
    read = read_only("truefalse", answer(100, right, "Bien.") + answer(0, wrong, "No."))

    assert options(read) == [
        ("Verdadero", truth, None, "Bien." if truth else "No."),
        ("Falso", not truth, None, "No." if truth else "Bien."),
    ]


@pytest.mark.parametrize("usecase, forgives", [("0", True), ("1", False)])
def test_shortanswer(usecase, forgives):
    read = read_only(
        "shortanswer",
        f"<usecase>{usecase}</usecase>"
        + answer(100, "V*H", text_format="moodle_auto_format")
        + answer("33.33333", "<![CDATA[si&da]]>", "Casi", text_format="moodle_auto_format")
        + answer(0, "*", "No"),
    )

    assert (read.kind, read.forgives_case) == ("short_text", forgives)
    assert [(c.text, c.fraction, c.feedback) for c in read.choices] == [
        ("V*H", None, ""),
        ("si&da", Decimal("33.33333"), "Casi"),
        ("*", 0, "No"),
    ]


def test_numerical_with_tolerance_and_units():
    units = "<units>" + "".join(f"<unit><multiplier>1</multiplier><unit_name>{u}</unit_name></unit>" for u in "hm")
    reading = read_file(
        quiz(
            question(
                "numerical",
                answer(100, "72", "Así es.", "<tolerance>0.5</tolerance>")
                + answer(50, "70", more="<tolerance>2</tolerance>")
                + answer(0, "*", "No.")
                + f"{units}</units>",
            )
        )
    )
    (read,) = reading.questions

    assert (read.kind, read.unit) == ("number", "h")
    assert [(c.text, c.tolerance, c.fraction, c.feedback) for c in read.choices] == [
        ("72", Decimal("0.5"), None, "Así es."),
        ("70", 2, 50, ""),
        ("*", None, 0, "No."),
    ]
    assert "queda «h»" in reading.warnings[0].sentence


def test_matching_essay_and_ordering():
    pairs = "".join(
        f'<subquestion format="html"><text>{left}</text><answer><text>{right}</text></answer></subquestion>'
        for left, right in (("&lt;p&gt;Uno&lt;/p&gt;", "1"), ("Dos", "2"), ("Tres", "3"), ("", "sobra"))
    )
    guide = '<graderinfo format="html"><text><![CDATA[<p>Busque <i>tres</i> ideas.</p>]]></text></graderinfo>'
    steps = "".join(answer(n, f"Paso {n}") for n in (2, 1, 3))
    reading = read_file(quiz(question("matching", pairs), question("essay", guide), question("ordering", steps)))

    matching, essay, ordering = reading.questions
    assert [(c.text, c.match) for c in matching.choices] == [("Uno", "1"), ("Dos", "2"), ("Tres", "3"), ("", "sobra")]
    assert [warning.sentence for warning in reading.warnings] == [
        "Sus pasos están numerados en otro orden: como en Moodle, cuenta el orden del archivo.",
        "En Moodle el orden se califica según los pasos vecinos de cada uno; aquí cuenta cada paso en su lugar.",
    ]
    assert (essay.kind, essay.marking_guide, essay.choices) == ("open", "Busque *tres* ideas.", [])
    assert [c.text for c in ordering.choices] == ["Paso 2", "Paso 1", "Paso 3"]


@pytest.mark.parametrize(
    "kind, shown",
    [
        ("ddimageortext", "Arrastrar y soltar sobre una imagen"),
        ("calculated", "Calculada"),
        ("random", "Pregunta aleatoria"),
        ("crossword", "crossword"),
    ],
)
def test_what_has_no_kind_here_is_named_and_left_alone(kind, shown):
    reading = read_file(quiz(question(kind), question("essay", name="P2")))

    assert [str(problem) for problem in reading.problems] == [f"línea 3 «P1»: Aquí no hay preguntas de tipo «{shown}»."]
    assert [read.name for read in reading.questions] == ["P2"]


def test_a_description_is_left_out_and_named():
    reading = read_file(quiz(question("description")))

    assert (reading.questions, reading.problems, len(reading.warnings)) == ([], [], 1)


# Around the questions


def test_categories_are_topics_of_what_follows():
    def category(path):
        return f'<question type="category"><category><text>{path}</text></category></question>'

    reading = read_file(
        quiz(category("$course$/top/Trato/A // B"), question("essay"), category("top"), question("essay", name="P2"))
    )

    assert [read.topic for read in reading.questions] == [("Trato", "A / B"), ()]


def test_what_is_ignored_is_said_once():
    inside = "<penalty>0.3333333</penalty><hint><text>Piense</text></hint>"

    reading = read_file(quiz(question("essay", inside), question("essay", inside)))

    assert [warning.sentence for warning in reading.warnings] == [
        "Las penalizaciones por intentar de nuevo se dejaron fuera: "
        "aquí cada pregunta se responde una vez por intento.",
        "Las pistas entre intentos se dejaron fuera.",
    ]


def test_hidden_ones_wait_and_odd_grades_are_rounded():
    text = question("essay").replace("<hidden>0", "<hidden>1").replace("2.0000000", "0.5000000")

    reading = read_file(quiz(text))

    assert (reading.questions[0].published, reading.questions[0].marks) == (False, 1)
    assert "0.5 quedó en 1" in reading.warnings[0].sentence


def test_the_image_of_a_text_comes_with_what_it_shows():
    encoded = base64.b64encode(png()).decode()
    files = f'<file name="el portón.png" path="/" encoding="base64">{encoded}</file>'
    text = '<p>Mire:</p><img src="@@PLUGINFILE@@/el%20port%C3%B3n.png" alt="Un portón"><img src="@@PLUGINFILE@@/b.png">'

    reading = read_file(quiz(question("essay", text=text, files=files)))

    read = reading.questions[0]
    assert (read.text, read.image.name, read.image.content, read.image_text) == (
        "Mire:",
        "el portón.png",
        png(),
        "Un portón",
    )
    assert [warning.sentence for warning in reading.warnings] == [
        "Se dejó fuera una imagen: cada pregunta tiene una, y las opciones y la retroalimentación ninguna."
    ]


def test_an_image_inside_the_address_is_read_and_one_elsewhere_is_named():
    inside = f'<img src="data:image/png;base64,{base64.b64encode(png()).decode()}">'
    reading = read_file(
        quiz(question("essay", text=inside + "x"), question("essay", text='<img src="https://x.gt/a.png">x'))
    )

    assert [bool(read.image) for read in reading.questions] == [True, False]
    assert "Nadie describió su imagen" in reading.warnings[0].sentence
    assert "estaba en «https://x.gt/a.png»" in reading.warnings[1].sentence


@pytest.mark.parametrize("encoding", ["UTF-8", "utf-16", "windows-1252", "ISO-8859-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_encoding_gives_the_same(encoding, end):
    text = quiz(question("essay", text="¿Qué niñez?"), head=f'<?xml version="1.0" encoding="{encoding}"?>\n').decode()

    reading = read_file(text.replace("\n", end).encode(encoding))

    assert [(read.text, read.place) for read in reading.questions] == [("¿Qué niñez?", "línea 3")]


def test_a_file_that_says_another_encoding_than_it_has_is_read():
    assert read_file(quiz(question("essay", text="¿Año?")).decode().encode("cp1252")).questions[0].text == "¿Año?"


# Harmful files


BOMB = '<!DOCTYPE q [<!ENTITY a "ja"><!ENTITY b "&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("head", [BOMB, EXTERNAL, '<!DOCTYPE quiz SYSTEM "http://x.gt/q.dtd">'])
def test_entities_and_document_types_are_refused(head):
    with pytest.raises(UnreadableFile, match="define entidades o un tipo de documento"):
        read_file(quiz(question("essay", text="&x;"), head=head))


def test_endless_depth_and_endless_parts_are_refused(monkeypatch):
    began = time.process_time()
    with pytest.raises(UnreadableFile, match="más partes, o más hondas"):
        read_file(quiz("<question>" + "<a>" * 200_000), format_name="moodle-xml")
    monkeypatch.setattr("quizzes.importing.parts.xml.MOST_PARTS", 1000)
    with pytest.raises(UnreadableFile, match="más partes, o más hondas"):
        read_file(quiz("<question/>" * 2000))
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    "content, sentence",
    [
        (b"<quiz><question></quiz>", "algo está mal en la línea 1"),
        (b"<quiz>\n<question type='essay'>\n<a", "algo está mal en la línea 3"),
        (b"<html><question/></html>", "su primer elemento es «html»"),
    ],
)
def test_broken_xml_is_refused_with_its_line(content, sentence):
    with pytest.raises(UnreadableFile, match=sentence):
        read_file(content, format_name="moodle-xml")


def test_null_bytes_and_control_characters_are_taken_out():
    content = quiz(question("essay", name="a&#0;b\x00c&#x1F;d&#10;e"))

    assert read_file(content).questions[0].name == "abcd e"


def test_scripts_of_a_text_do_not_come_over():
    read = read_only("essay", text='<p onclick="x()">Hola<script>alert(1)</script><img src=x onerror=alert(1)></p>')

    assert (read.text, read.image) == ("Hola", None)


@pytest.mark.parametrize("name", ["../../../etc/passwd", "..\\..\\x.png", "/abs/x.png", "C:\\x.png", "a\x07.png", ""])
def test_the_name_of_an_image_leads_nowhere(name):
    safe = image_name(ReadImage(name, b""))
    assert safe
    assert not set(safe) & set("/\\:\x07")
    assert not safe.startswith(".")


def test_images_that_are_none_or_too_large_keep_the_question_out(db):
    def with_image(content):
        files = f'<file name="a.png" encoding="base64">{base64.b64encode(content).decode()}</file>'
        return question("essay", text='<img src="@@PLUGINFILE@@/a.png" alt="x">¿Y?', files=files)

    svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    reading = read_file(quiz(with_image(svg), with_image(png(8000, 5000)), with_image(png()[:40])))

    sentences = [problem.sentence for problem in plan_import(reading, locale=spanish()).problems]

    assert sentences == [
        "«a.png» no es una imagen PNG, JPEG, GIF o WebP que se pueda leer.",
        "La imagen «a.png» tiene 8000 × 5000 puntos, demasiados. Hágala más pequeña.",
        "«a.png» no es una imagen PNG, JPEG, GIF o WebP que se pueda leer.",
    ]


def test_damaged_base64_is_named():
    files = '<file name="a.png" encoding="base64">¡no!</file>'
    (problem,) = read_file(quiz(question("essay", text='<img src="@@PLUGINFILE@@/a.png">', files=files))).problems

    assert problem.sentence == "Su imagen está dañada: no es base64."
