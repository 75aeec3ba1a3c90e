import base64
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.importing.formats import read_file
from quizzes.importing.parts.gift_text import escape, split_at, split_once, unescape
from quizzes.importing.parts.images import image_name
from quizzes.importing.parts.percent import read_as
from quizzes.importing.parts.reading import ReadImage, UnreadableFile
from quizzes.importing.planning import plan_import
from tests.factories import spanish

from .factories import png


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


def test_what_has_no_kind_here_is_named_and_left_alone():
    kinds = {"ddimageortext": "Arrastrar y soltar sobre una imagen", "calculated": "Calculada"}
    kinds |= {"random": "Pregunta aleatoria", "crossword": "crossword"}
    reading = read_file(quiz(*map(question, kinds), question("essay", name="P2")))
    said = [problem.sentence for problem in reading.problems]
    assert said == [f"Aquí no hay preguntas de tipo «{shown}»." for shown in kinds.values()]
    assert ([read.name for read in reading.questions], reading.problems[0].place) == (["P2"], "línea 3")


def test_what_is_ignored_is_said_once():
    inside = "<penalty>0.3333333</penalty><hint><text>Piense</text></hint>"
    reading = read_file(quiz(question("essay", inside), question("essay", inside)))
    begins = [
        "Las penalizaciones por intentar de nuevo se dejaron fuera",
        "Las pistas entre intentos se dejaron fuera.",
    ]
    assert [warning.sentence.partition(":")[0] for warning in reading.warnings] == begins


def test_hidden_ones_wait_and_odd_grades_are_rounded():
    reading = read_file(quiz(question("essay").replace("<hidden>0", "<hidden>1").replace("2.0000000", "0.5000000")))
    assert (reading.questions[0].published, reading.questions[0].marks) == (False, 1)
    assert "0.5 quedó en 1" in reading.warnings[0].sentence


def test_the_image_of_a_text_comes_with_what_it_shows():
    encoded = base64.b64encode(png()).decode()
    files = f'<file name="el portón.png" path="/" encoding="base64">{encoded}</file>'
    text = '<p>Mire:</p><img src="@@PLUGINFILE@@/el%20port%C3%B3n.png" alt="Un portón"><img src="@@PLUGINFILE@@/b.png">'
    reading = read_file(quiz(question("essay", text=text, files=files)))
    (read,) = reading.questions
    found = (read.text, read.image.name, read.image.content, read.image_text)
    assert found == ("Mire:", "el portón.png", png(), "Un portón")
    assert [warning.sentence for warning in reading.warnings] == [
        "Se dejó fuera una imagen: cada pregunta tiene una, y las opciones y la retroalimentación ninguna."
    ]


def test_an_image_inside_the_address_is_read_and_one_elsewhere_is_named():
    inside = f'<img src="data:image/png;base64,{base64.b64encode(png()).decode()}">'
    elsewhere = question("essay", text='<img src="https://x.gt/a.png">x')
    reading = read_file(quiz(question("essay", text=inside + "x"), elsewhere))
    assert [bool(read.image) for read in reading.questions] == [True, False]
    assert "Nadie describió su imagen" in reading.warnings[0].sentence
    assert "estaba en «https://x.gt/a.png»" in reading.warnings[1].sentence


@pytest.mark.parametrize("encoding", ["UTF-8", "utf-16", "windows-1252", "ISO-8859-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_encoding_gives_the_same(encoding, end):
    text = quiz(question("essay", text="¿Qué niñez?"), head=f'<?xml version="1.0" encoding="{encoding}"?>\n').decode()
    reading = read_file(text.replace("\n", end).encode(encoding))
    assert [(read.text, read.place) for read in reading.questions] == [("¿Qué niñez?", "línea 3")]
    # As where the file says another encoding than it has.
    assert read_file(quiz(question("essay", text="¿Año?")).decode().encode("cp1252")).questions[0].text == "¿Año?"


BOMB = '<!DOCTYPE q [<!ENTITY a "ja"><!ENTITY b "&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("head", [BOMB, EXTERNAL, '<!DOCTYPE quiz SYSTEM "http://x.gt/q.dtd">'])
def test_entities_and_document_types_are_refused(head):
    with pytest.raises(UnreadableFile, match="define entidades o un tipo de documento"):
        read_file(quiz(question("essay", text="&x;"), head=head))


def test_endless_depth_and_endless_parts_are_refused(monkeypatch):
    with pytest.raises(UnreadableFile, match="más partes, o más hondas"):
        read_file(quiz("<question>" + "<a>" * 200_000), format_name="moodle-xml")
    monkeypatch.setattr("quizzes.importing.parts.xml.MOST_PARTS", 1000)
    with pytest.raises(UnreadableFile, match="más partes, o más hondas"):
        read_file(quiz("<question/>" * 2000))


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


@pytest.mark.parametrize("name", ["../../../etc/passwd", "..\\..\\x.png", "/abs/x.png", "C:\\x.png", "a\x07.png", ""])
def test_the_name_of_an_image_leads_nowhere(name):
    safe = image_name(ReadImage(name, b""))
    assert safe
    assert not set(safe) & set("/\\:\x07")
    assert not safe.startswith(".")


def test_images_that_are_none_or_too_large_keep_the_question_out(db):
    def with_image(encoded):
        files = f'<file name="a.png" encoding="base64">{encoded}</file>'
        return question("essay", text='<img src="@@PLUGINFILE@@/a.png" alt="x">¿Y?', files=files)

    svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    pictures = [base64.b64encode(content).decode() for content in (svg, png(8000, 5000), png()[:40])]
    reading = read_file(quiz(*map(with_image, [*pictures, "¡no!"])))
    assert {problem.sentence for problem in plan_import(reading, locale=spanish()).problems} == {
        "«a.png» no es una imagen PNG, JPEG, GIF o WebP que se pueda leer.",
        "La imagen «a.png» tiene 8000 × 5000 puntos, demasiados. Hágala más pequeña.",
        "Su imagen está dañada: no es base64.",
    }
    assert len(plan_import(reading, locale=spanish()).problems) == 4


ANYTHING = st.text(alphabet=st.sampled_from("\\~=#{}:%->n ñ*\n_[]"))


def read_all(text):
    return read_file(text.encode(), format_name="gift")


def read_gift(text):
    (question,) = read_all(text).questions
    return question


@given(ANYTHING)
def test_what_is_escaped_comes_back(text):
    assert unescape(escape(text)) == text


@given(st.lists(ANYTHING, min_size=1, max_size=4))
def test_escaped_texts_are_cut_only_at_the_signs_between_them(texts):
    joined = escape(texts[0]) + "".join(f"~{escape(text)}" for text in texts[1:])
    assert [unescape(text) for _sign, text in split_at(joined, "=~")] == texts
    before, sign, after = split_once(joined, "~")
    assert (unescape(before), sign) == (texts[0], "~" if texts[1:] else "")
    assert before + sign + after == joined


@given(ANYTHING)
def test_whatever_stands_in_a_file_is_read_or_named(text):
    for begin in ("", "¿Sí?{", "::x::", "¿Sí?{#", "¿Sí?{=a\n~"):
        reading = read_all(begin + text + "}")
        told = {p.place for p in reading.problems + reading.warnings} | {q.place for q in reading.questions}
        assert len(told) >= any(line for line in (begin + text + "}").split("\n") if line.strip() not in ("", "//"))


def test_equal_signs_alone_make_a_short_text():
    reading = read_all("Escriba el nombre {=VIH#Bien =%50%sida#Casi =%0%*#Lea otra vez}")
    assert reading.questions[0].kind == "short_text"
    assert options(reading.questions[0]) == [
        ("VIH", False, None, "Bien"),
        ("sida", False, Decimal(50), "Casi"),
        ("*", False, Decimal(0), "Lea otra vez"),
    ]
    assert [warning.sentence for warning in reading.warnings] == [
        "Aquí las respuestas cortas perdonan las tildes, y en Moodle no. Cada pregunta puede decir otra cosa."
    ]


def test_the_place_of_a_missing_word_is_a_line():
    assert read_gift("El {=VIH} no es el sida.").text == "El _____ no es el sida."
    assert read_gift("Dos y dos son {=cuatro}.").text == "Dos y dos son _____."


def test_categories_comments_and_notes():
    reading = read_all("""// Exportado de Moodle
$CATEGORY: $course$/top/Trato/En la puerta // y el pasillo

// question: 12  name: P1
// [id:M9-Q1] [tag:saludo] [tag:a\\]ño]
::P1::¿Uno?{T}

$CATEGORY: top/Otra
¿Dos?{F}

$CATEGORY: $course$/top

¿Tres?{F}""")
    assert [(q.topic, q.identifier, q.tags, q.place) for q in reading.questions] == [
        (("Trato", "En la puerta / y el pasillo"), "M9-Q1", ("saludo", "a]ño"), "línea 6"),
        (("Otra",), "", (), "línea 9"),
        ((), "", (), "línea 13"),
    ]


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("¿Sí? {=a", "Su respuesta comienza con «{» y no tiene «}»."),
        ("¿Sí? {=a} o {=b}", "Tiene varias respuestas entre llaves"),
        ("¿Sí? {a ~b}", "Antes del primer «=» o «~» está «a»."),
        ("¿Sí? {=a -> b =c}", "Tiene parejas y «c» no lleva la flecha «->»."),
        ("¿Sí? {=}", "No tiene respuesta: después de «=» no hay nada."),
        ("¿Sí? {#=mucho}", "«mucho» no es un número ni un rango de números."),
        ("¿Sí? {#200:10%}", "«200:10%»: aquí la tolerancia es un número y no un porcentaje."),
        ("¿Sí? {~%33,3%a ~b}", "«%33,3%» no es un porcentaje de GIFT"),
        ("¿Sí? {1:SHORTANSWER:=b}", "Tiene un hueco propio de Moodle (Cloze)"),
        ("¿Sí? {=" + "a" * 50_001 + "~b}", "Un texto es demasiado largo para ser de una pregunta."),
    ],
)
def test_what_can_not_be_read_is_named_with_its_line(text, sentence):
    reading = read_all(f"¿Bien? {{T}}\n\n{text}")
    (problem,) = reading.problems
    assert (problem.place, problem.name[:4]) == ("línea 3", "¿Sí?")
    assert sentence in problem.sentence
    assert len(reading.questions) == 1


def test_an_empty_option_is_dropped_and_what_goes_with_it_is_named():
    reading = read_all("¿Uno? {~=sí ~no ~}\n\n¿Dos? {=sí ~no ~#nadie\n}\n\n¿Tres? {=sí ~%20%<img src\\=x> ~no}")
    first, second, third = ([c.text for c in question.choices] for question in reading.questions)
    assert first == second == ["sí", "no"]
    assert third == ["sí", "", "no"]  # a picture alone is no nothing: the plan refuses the question
    assert str(reading.warnings[0]) == (
        "línea 3 «¿Dos? {=sí ~no ~#nadie }»: Se dejó fuera una opción sin texto; daba 0 % y decía «nadie»."
    )


def test_several_right_ones_are_a_multiple_response_until_somebody_chooses():
    text = "¿Sí? {T}\n\n::Dos::¿Cuáles?{\n=**a**\n=b#bien\n~%20%c}"
    reading = read_all(text)
    question = reading.questions[1]
    assert (question.kind, question.either) == ("multiple", ("single", "short_text"))
    assert options(question) == [("\\*\\*a\\*\\*", True, None, ""), ("b", True, None, "bien"), ("c", False, None, "")]
    assert [str(warning) for warning in reading.warnings] == [
        "línea 3 «Dos»: Varias opciones son correctas cada una por sí sola: se lee como respuesta múltiple.",
        "línea 3 «Dos»: Los porcentajes de sus otras opciones se dejaron fuera.",
    ]
    single, short = (read_all(text).questions[1] for _kind in question.either)
    read_as(single, "single")
    read_as(short, "short_text")
    assert [(c.text, c.is_correct) for c in single.choices][1:] == [("b", False), ("c", False)]
    assert (short.kind, [(c.text, c.feedback) for c in short.choices]) == ("short_text", [("**a**", ""), ("b", "bien")])


def test_no_option_of_a_single_choice_takes_points_away():
    reading = read_all("¿Qué hace? {=Saluda ~%50%Mira ~%-25%Calla}")
    assert [choice.fraction for choice in reading.questions[0].choices] == [None, 50, None]
    assert "ninguna opción resta puntos" in reading.warnings[0].sentence


def test_a_title_alone_is_the_text_and_one_without_an_end_is_none():
    alone, open_ended = read_all("::¿Abre *hoy*?::{T}\n\n::¿Abre hoy? {T}").questions
    assert (alone.name, alone.text) == ("¿Abre *hoy*?", "¿Abre \\*hoy\\*?")
    assert (open_ended.name, open_ended.text) == ("", "¿Abre hoy?")


def test_an_ordering_of_moodle_says_how_it_was_marked():
    reading = read_all("""Ordene.{>3 ALL VERTICAL ABSOLUTE_POSITION SHOW 123
        Mojar
        Enjabonar \\= frotar
        Secar
        ####Siempre.}

Ordene.{>2
Hablar bajo
Ver
1 firma}""")
    first, second = reading.questions
    assert (first.kind, first.feedback) == ("ordering", "Siempre.")
    assert [c.text for c in first.choices] == ["Mojar", "Enjabonar = frotar", "Secar"]
    assert [c.text for c in second.choices] == ["Hablar bajo", "Ver", "1 firma"]
    assert [(w.place, w.sentence) for w in reading.warnings] == [
        (
            "línea 7",
            "En Moodle el orden se califica según los pasos vecinos de cada uno; aquí cuenta cada paso en su lugar.",
        ),
        ("línea 7", "Moodle pregunta 2 de sus pasos cada vez; aquí se preguntan todos."),
    ]


def test_spanish_words_are_true_or_false_and_it_is_said():
    reading = read_all("¿Sí? {VERDADERO}\n\n¿Sí? {falso#No.}\n\n¿Sí? {=V}")
    assert [question.kind for question in reading.questions] == ["true_false", "true_false", "short_text"]
    assert [choice.is_correct for choice in reading.questions[1].choices] == [False, True]
    assert [warning.place for warning in reading.warnings] == ["línea 1", "línea 3", ""]


def test_notes_without_an_end_are_read_in_the_time_of_their_length():
    reading = read_all("// " + "[id:" * 50_000 + "\n::A:: Uno {T}\n")
    assert [question.identifier for question in reading.questions] == [""]
