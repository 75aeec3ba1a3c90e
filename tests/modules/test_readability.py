import re

import pytest

from modules.text.prose import passages_of_lesson
from modules.text.readability import measure, sentences_in, syllables_in, words_in

# Hiatus, diphthong, ü, y, h between vowels, gue and que, names of places: the words that hyphenation patterns miscount.
SYLLABLES = """
ahora 3 prohíbe 3 búho 2 vehículo 4 alcohol 3 zanahoria 4 rehúsa 3 pingüino 3 lingüística 4 averigüe 4 antigüedad 4
guía 2 guitarra 3 quien 1 agua 2 país 2 paisaje 3 policía 4 enfermería 5 farmacia 3 farmacéutico 5 leer 2 leído 3
aéreo 4 muy 1 leyes 2 y 1 Uruguay 3 estudiáis 3 cuidado 3 ciudad 2 construir 2 construía 4 huida 2 jesuita 3 oído 3
baúl 2 continúa 4 continua 3 reúne 3 reeducar 4 confidencialidad 6 Huehuetenango 5 Coatepeque 5 Coj 1 Retalhuleu 4
"""


@pytest.mark.parametrize("word, count", re.findall(r"(\w+) (\d)", SYLLABLES))
def test_syllables_are_counted_as_they_are_written(word, count):
    assert syllables_in(word) == int(count)


@pytest.mark.parametrize(
    "word, count", [("yy", 1), ("yyyy", 1), ("ñ" * 10_000, 1), ("ba" * 5_000, 5_000), ("b" * 61, 1)]
)
def test_what_is_no_word_is_counted_too(word, count):
    assert syllables_in(word) == count
    assert measure([f"Fecha dd/mm/{word}."]).words == 4


def test_a_figure_counts_one_syllable_a_digit():
    assert [syllables_in(figure) for figure in ("7", "2012", "3,000")] == [1, 4, 4]


@pytest.mark.parametrize(
    "passage, sentences",
    [
        ("La saludan. Ella entra.", ["La saludan.", "Ella entra."]),
        ("Punto de una lista sin punto", ["Punto de una lista sin punto"]),
        ("La Dra. Coj y el Lic. Pop llegan. Hablan.", ["La Dra. Coj y el Lic. Pop llegan.", "Hablan."]),
        ("Vea el art. 4 y la núm. 5, p. ej. aquí. Siga.", ["Vea el art. 4 y la núm. 5, p. ej. aquí.", "Siga."]),
        ("Llegó a las 7 a. m. La puerta estaba abierta.", ["Llegó a las 7 a. m.", "La puerta estaba abierta."]),
        ("Es el acuerdo No. 57. Dijo que no. Y salió.", ["Es el acuerdo No. 57.", "Dijo que no.", "Y salió."]),
        ("Cuesta Q3,000.50 más. Pague.", ["Cuesta Q3,000.50 más.", "Pague."]),
        ("«Buenos días. ¿Qué necesita?». Ella sonríe.", ["«Buenos días.", "¿Qué necesita?».", "Ella sonríe."]),
        ("¿Y si pregunta?, pensó. No sé… quizá mañana.", ["¿Y si pregunta?, pensó.", "No sé… quizá mañana."]),
        ("«Pase adelante». «Gracias».", ["«Pase adelante».", "«Gracias»."]),
        ("Firma J. A. López. Listo.", ["Firma J. A. López.", "Listo."]),
        ("Viaja a EE. UU. Mañana vuelve.", ["Viaja a EE. UU.", "Mañana vuelve."]),
        ("¿Qué? ¡No! ¿Por qué?", ["¿Qué?", "¡No!", "¿Por qué?"]),
        ("  ", []),
    ],
)
def test_sentences_end_where_a_reader_stops(passage, sentences):
    assert sentences_in(passage) == sentences


def test_words_are_letters_or_figures():
    words = ["La", "K'iche", "entró", "a", "las", "7:30", "con", "Q3,000", "auto-examen"]
    assert words_in("«La K'iche' entró a las 7:30, con Q3,000… (auto-examen)».") == [
        *words[:7],
        "Q",
        "3,000",
        "auto-examen",
    ]


def test_the_index_is_the_published_formula():
    # 7 words, 14 syllables, 2 sentences: La pa-cien-te lle-ga a-quí. Us-ted la sa-lu-da.
    text = measure(["La paciente llega aquí. Usted la saluda."])
    assert (text.words, text.syllables, len(text.sentences)) == (7, 14, 2)
    assert (text.index, str(text.label)) == (pytest.approx(206.84 - 0.60 * 200 - 1.02 * 3.5), "fácil")
    assert (text.mark, text.is_easy, measure(["Responsabilidades institucionales."]).is_easy) == (70, True, False)


def test_a_text_without_words_has_no_index_and_is_in_order():
    text = measure(["", "…"])
    assert (text.words, text.index, text.label, text.is_easy) == (0, None, "", True)


def test_long_sentences_and_long_words_are_named():
    long = " ".join(["La confidencialidad"] + ["sirve"] * 24) + "."
    text = measure([long, "Confidencialidad y organizaciones."])
    assert [(sentence.text, sentence.words) for sentence in text.longest(1)] == [(long, 26)]
    assert text.long_words == [("confidencialidad", 2)]


LESSON = {
    "warning": "Habla de violencia.",
    "body": [
        {"text": "### Un título\n\nUna etiqueta [[estigma|que duele]] [S42].\n\n- Primero\n- Segundo [VL]"},
        {"key_message": "Un saludo **también** cura."},
        {"role_tips": {"apoyo": "Oriente sin preguntar."}},
        {"do_avoid": {"title": "No se lee", "rows": [{"do": "Saludar", "avoid": "Callar", "why": ""}]}},
        {"figure": {"drawing": "porton", "alt": "No se lee", "caption": "La entrada."}},
        {"quiz": "M1"},
        {"directory": {"title": "No se lee", "needs": ["refugio"]}},
        {"callout": {"kind": "note", "title": "No se lee", "text": "Una nota."}},
        {"checklist": {"title": "No se lee", "items": ["Un punto"]}},
        {"reflection": {"prompt": "Piense.", "feedback": ""}},
        {
            "scenario": {
                "id": "M1-E1",
                "title": "No se lee",
                "role": "apoyo",
                "steps": [
                    {
                        "name": "inicio",
                        "text": "Son las 6:50.",
                        "choices": [
                            {"text": "Saludar", "rating": "best", "consequence": "Entra.", "feedback": "Bien."}
                        ],
                    }
                ],
            }
        },
    ],
}


def test_everything_that_is_read_counts_and_titles_do_not():
    assert passages_of_lesson(LESSON) == [
        "Habla de violencia.",
        "Una etiqueta que duele.",
        "Primero",
        "Segundo",
        "Un saludo también cura.",
        "Oriente sin preguntar.",
        "Saludar",
        "Callar",
        "La entrada.",
        "Una nota.",
        "Un punto",
        "Piense.",
        "Son las 6:50.",
        "Saludar",
        "Entra.",
        "Bien.",
    ]
