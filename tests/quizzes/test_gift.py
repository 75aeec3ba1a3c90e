"""GIFT, as Moodle reads it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.importing.formats import read_file
from quizzes.importing.parts.gift_text import escape, split_at, split_once, unescape
from quizzes.importing.parts.percent import read_as

ANYTHING = st.text(alphabet=st.sampled_from("\\~=#{}:%->n ñ*\n_[]"))


def read(text):
    return read_file(text.encode(), format_name="gift")


def read_only(text):
    (question,) = read(text).questions
    return question


def options(question):
    return [(str(c.text), c.is_correct, c.fraction, c.feedback) for c in question.choices]


# Escapes


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
        reading = read(begin + text + "}")
        told = {p.place for p in reading.problems + reading.warnings} | {q.place for q in reading.questions}
        assert len(told) >= any(line for line in (begin + text + "}").split("\n") if line.strip() not in ("", "//"))


# Kinds


def test_equal_sign_makes_a_single_choice_with_parts():
    question = read_only("""::Origen::¿De dónde era? {
        ~Jerusalén#No era de allí.
        ~%25%Belén # Allí nació.
        =Nazaret#¡Eso es!
        ####Está en Galilea.}""")

    assert (question.kind, question.name, question.text) == ("single", "Origen", "¿De dónde era?")
    assert options(question) == [
        ("Jerusalén", False, None, "No era de allí."),
        ("Belén", False, Decimal(25), "Allí nació."),
        ("Nazaret", True, None, "¡Eso es!"),
    ]
    assert question.feedback == "Está en Galilea."


def test_equal_signs_alone_make_a_short_text():
    reading = read("Escriba el nombre {=VIH#Bien =%50%sida#Casi =%0%*#Lea otra vez}")

    assert reading.questions[0].kind == "short_text"
    assert options(reading.questions[0]) == [
        ("VIH", False, None, "Bien"),
        ("sida", False, Decimal(50), "Casi"),
        ("*", False, Decimal(0), "Lea otra vez"),
    ]
    assert [warning.sentence for warning in reading.warnings] == [
        "Aquí las respuestas cortas perdonan las tildes, y en Moodle no. Cada pregunta puede decir otra cosa."
    ]


@pytest.mark.parametrize("word, truth", [("T", True), ("true", True), ("F", False), ("FALSE", False)])
def test_a_word_makes_true_or_false_with_the_feedback_of_the_wrong_first(word, truth):
    question = read_only(f"El VIH se transmite por un saludo.{{{word}#Lea otra vez.#Así es.####Siempre.}}")

    assert question.kind == "true_false"
    right, wrong = "Así es.", "Lea otra vez."
    assert options(question) == [
        ("Verdadero", truth, None, right if truth else wrong),
        ("Falso", not truth, None, wrong if truth else right),
    ]
    assert question.feedback == "Siempre."


def test_arrows_make_pairs_and_what_goes_with_nothing_is_an_extra_right_side():
    reading = read("Una. {=Canadá -> Ottawa =Italia->Roma =Japón -> Tokio = -> París =}")

    assert [(c.text, c.match) for c in reading.questions[0].choices] == [
        ("Canadá", "Ottawa"),
        ("Italia", "Roma"),
        ("Japón", "Tokio"),
        ("", "París"),
    ]
    assert reading.warnings == reading.problems == []


@pytest.mark.parametrize(
    "answer, numbers",
    [
        ("#1822", [("1822", None, None)]),
        ("#37,5:0,5", [("37.5", Decimal("0.5"), None)]),
        ("#-4..-2", [("-3", 1, None)]),
        ("#=1822:0 =%50%1822:2", [("1822", None, None), ("1822", 2, Decimal(50))]),
        ("#=3:1#bien ~#mal", [("3", 1, None), ("*", None, Decimal(0))]),
    ],
)
def test_a_number_sign_makes_a_number_with_tolerance(answer, numbers):
    question = read_only(f"¿Cuánto? {{{answer}}}")

    assert question.kind == "number"
    assert [(c.text, c.tolerance, c.fraction) for c in question.choices] == numbers


def test_the_place_of_a_missing_word_is_a_line():
    assert read_only("El {=VIH} no es el sida.").text == "El _____ no es el sida."
    assert read_only("Dos y dos son {=cuatro}.").text == "Dos y dos son _____."


# What stands around


def test_categories_comments_and_notes():
    reading = read("""// Exportado de Moodle
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


def test_each_text_is_read_in_its_format():
    question = read_only("""[html]<p>Uno <b>dos</b></p><p>tres&nbsp;* cuatro</p>{
        =<i>cinco</i>#[plain]seis * siete <b>
        ~[markdown]**ocho**
        ~[moodle]2*3*4}""")

    assert question.text == "Uno **dos**\n\ntres \\* cuatro"
    assert [c.text for c in question.choices] == ["*cinco*", "**ocho**", "2\\*3\\*4"]
    assert question.choices[0].feedback == "seis \\* siete <b>"


def test_escaped_signs_are_what_they_are():
    question = read_only(r"¿\{Cuál\} da 5\: \#1\nu otra? {=\= 2 + 3 ~\~ ~\\ ~a\:b#\#1}")

    assert question.text == "¿{Cuál} da 5: #1\nu otra?"
    assert [c.text for c in question.choices] == ["= 2 + 3", "~", "\\", "a:b"]
    assert question.choices[3].feedback == "#1"


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
    reading = read(f"¿Bien? {{T}}\n\n{text}")

    (problem,) = reading.problems
    assert (problem.place, problem.name[:4]) == ("línea 3", "¿Sí?")
    assert sentence in problem.sentence
    assert len(reading.questions) == 1


def test_a_text_without_an_answer_is_left_out_and_named():
    reading = read("¿Bien? {T}\n\nLea con calma.\n")

    assert [str(warning) for warning in reading.warnings] == [
        "línea 3 «Lea con calma.»: Es un texto sin respuesta y se dejó fuera."
    ]
    assert reading.problems == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_and_end_of_line_gives_the_same(encoding, end):
    text = "¿Qué niñez, señal o cigüeña?{=«Sí», corazón ~Ningún baño}\n\n¿Otra?{T}\n"

    reading = read_file(text.replace("\n", end).encode(encoding))

    assert [q.text for q in reading.questions] == ["¿Qué niñez, señal o cigüeña?", "¿Otra?"]
    assert [c.text for c in reading.questions[0].choices] == ["«Sí», corazón", "Ningún baño"]


# As teachers write it


def test_an_empty_option_is_dropped_and_what_goes_with_it_is_named():
    reading = read("¿Uno? {~=sí ~no ~}\n\n¿Dos? {=sí ~no ~#nadie\n}\n\n¿Tres? {=sí ~%20%<img src\\=x> ~no}")

    first, second, third = ([c.text for c in question.choices] for question in reading.questions)
    assert first == second == ["sí", "no"]
    assert third == ["sí", "", "no"]  # a picture alone is no nothing: the plan refuses the question
    assert str(reading.warnings[0]) == (
        "línea 3 «¿Dos? {=sí ~no ~#nadie }»: Se dejó fuera una opción sin texto; daba 0 % y decía «nadie»."
    )


@pytest.mark.parametrize(
    "answers, choices",
    [
        ("Guatemala", [("Guatemala", None)]),
        ("Guatemala =Guate", [("Guatemala", None), ("Guate", None)]),
        ("%50%Guate =Guatemala", [("Guate", Decimal(50)), ("Guatemala", None)]),
        ("#37.5:0.5 =%50%39:0.5", [("37.5", None), ("39", Decimal(50))]),
    ],
)
def test_the_first_answer_needs_no_sign(answers, choices):
    question = read_only(f"¿Dónde? {{{answers}}}")

    assert [(c.text, c.fraction) for c in question.choices] == choices


@pytest.mark.parametrize("third", ["33.333", "33.3333", "33.33333", "33.3333333"])
def test_thirds_are_thirds_with_three_decimals_too(third):
    question = read_only(f"¿Cuáles? {{~%{third}%a ~%{third}%b ~%{third}%c ~%-66.667%d ~e}}")

    assert [choice.fraction for choice in question.choices] == [Decimal("33.33333")] * 3 + [Decimal("-66.66667"), 0]


def test_several_right_ones_are_a_multiple_response_until_somebody_chooses():
    text = "¿Sí? {T}\n\n::Dos::¿Cuáles?{\n=**a**\n=b#bien\n~%20%c}"
    reading = read(text)

    question = reading.questions[1]
    assert (question.kind, question.either) == ("multiple", ("single", "short_text"))
    assert options(question) == [("\\*\\*a\\*\\*", True, None, ""), ("b", True, None, "bien"), ("c", False, None, "")]
    assert [str(warning) for warning in reading.warnings] == [
        "línea 3 «Dos»: Varias opciones son correctas cada una por sí sola: se lee como respuesta múltiple.",
        "línea 3 «Dos»: Los porcentajes de sus otras opciones se dejaron fuera.",
    ]
    single, short = (read(text).questions[1] for _kind in question.either)
    read_as(single, "single")
    read_as(short, "short_text")
    assert [(c.text, c.is_correct) for c in single.choices][1:] == [("b", False), ("c", False)]
    assert (short.kind, [(c.text, c.feedback) for c in short.choices]) == ("short_text", [("**a**", ""), ("b", "bien")])


def test_no_option_of_a_single_choice_takes_points_away():
    reading = read("¿Qué hace? {=Saluda ~%50%Mira ~%-25%Calla}")

    assert [choice.fraction for choice in reading.questions[0].choices] == [None, 50, None]
    assert "ninguna opción resta puntos" in reading.warnings[0].sentence


def test_a_title_alone_is_the_text_and_one_without_an_end_is_none():
    alone, open_ended = read("::¿Abre *hoy*?::{T}\n\n::¿Abre hoy? {T}").questions

    assert (alone.name, alone.text) == ("¿Abre *hoy*?", "¿Abre \\*hoy\\*?")
    assert (open_ended.name, open_ended.text) == ("", "¿Abre hoy?")


def test_an_ordering_of_moodle_says_how_it_was_marked():
    reading = read("""Ordene.{>3 ALL VERTICAL ABSOLUTE_POSITION SHOW 123
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
    reading = read("¿Sí? {VERDADERO}\n\n¿Sí? {falso#No.}\n\n¿Sí? {=V}")

    assert [question.kind for question in reading.questions] == ["true_false", "true_false", "short_text"]
    assert [choice.is_correct for choice in reading.questions[1].choices] == [False, True]
    assert [warning.place for warning in reading.warnings] == ["línea 1", "línea 3", ""]


def test_notes_without_an_end_are_read_in_the_time_of_their_length():
    reading = read("// " + "[id:" * 50_000 + "\n::A:: Uno {T}\n")
    assert [question.identifier for question in reading.questions] == [""]
