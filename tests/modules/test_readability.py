"""Sentences, words and syllables of Spanish and English, and the indexes, against counts made by hand."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from modules.text.prose import passages_of_lesson, passages_of_quiz
from modules.text.readability import Readability, Sentence, measure, sentences_in, syllables_in, words_in

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


# Silent letters, vowels that are two syllables, past tenses, possessives, letters said one by one, British spelling.
ENGLISH_SYLLABLES = """
area 3 asked 1 wanted 2 handled 2 hundred 2 called 1 centre 2 queue 1 colleague 2 colleagues 2 nurse’s 2 courses 2
course’s 2 gates 1 they’re 1 didn’t 2 it’ll 2 she’d 1 quiet 2 science 2 society 4 patient 2 client 2
confidentiality 7 exploitation 4 being 2 carrying 3 playing 2 stayed 1 player 2 someone 2 everyone 3 somebody 3
whoever 3 therefore 2 safely 2 something 2 careful 2 element 3 replacement 3 settlement 3 HIV 3 STI 3 PEP 1 DPI 3
police 2 people 2 idea 3 language 2 guarantee 3 January 4 medicine 3 clothes 1 ruin 2 million 2 region 2 religion 3
behaviour 3 earlier 3 theatre 3 rhythm 2 the 1 she 1 maybe 2 sex-worker 3 apologise 4 programme 2 judgement 2
practise 2 labour 2 paediatric 4 K’iche 2 X 1 pill 1 condoms 2
"""


@pytest.mark.parametrize("word, count", re.findall(r"([^\s\d]+) (\d)", ENGLISH_SYLLABLES))
def test_english_syllables_are_counted_as_they_are_said(word, count):
    assert syllables_in(word, "en") == int(count)


@pytest.mark.parametrize(
    "word, count", [("yy", 1), ("yyyy", 1), ("ñ" * 10_000, 1), ("ba" * 5_000, 5_000), ("b" * 61, 1)]
)
def test_what_is_no_word_is_counted_too(word, count):
    """Whatever an editor pastes into a lesson, its form and the report open again."""
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


@pytest.mark.parametrize(
    "passage, sentences",
    [
        ("“Good morning. What do you need?” She smiles.", ["“Good morning.", "What do you need?”", "She smiles."]),
        ("He says: “She said ‘no.’ And left.” Go on.", ["He says: “She said ‘no.’", "And left.”", "Go on."]),
        ("Dr. Coj and Mrs. Pop wait. They talk.", ["Dr. Coj and Mrs. Pop wait.", "They talk."]),
        ("Agreement No. 57. He said no. Then he left.", ["Agreement No. 57.", "He said no.", "Then he left."]),
        ("At 7 a.m. the gate is open. I see.", ["At 7 a.m. the gate is open.", "I see."]),
        ("“Come in.” ‘Thank you.’", ["“Come in.”", "‘Thank you.’"]),
        ("She’s here… she can’t wait. Is it art? No.", ["She’s here… she can’t wait.", "Is it art?", "No."]),
    ],
)
def test_english_sentences_end_where_a_reader_stops(passage, sentences):
    assert sentences_in(passage, "en") == sentences


def test_words_are_letters_or_figures():
    words = ["La", "K'iche", "entró", "a", "las", "7:30", "con", "Q3,000", "auto-examen"]
    assert words_in("«La K'iche' entró a las 7:30, con Q3,000… (auto-examen)».") == [
        *words[:7],
        "Q",
        "3,000",
        "auto-examen",
    ]


def test_the_indexes_are_the_published_formulas():
    # 7 words, 14 syllables, 2 sentences: La pa-cien-te lle-ga a-quí. Us-ted la sa-lu-da.
    text = measure(["La paciente llega aquí. Usted la saluda."])
    assert (text.words, text.syllables, len(text.sentences)) == (7, 14, 2)
    assert [(one.name, one.value, str(one.label)) for one in text.judged] == [
        ("Fernández Huerta", pytest.approx(206.84 - 0.60 * 200 - 1.02 * 3.5), "fácil"),
        ("INFLESZ", pytest.approx(206.835 - 62.3 * 2 - 3.5), "bastante fácil"),
    ]
    # 9 words, 10 syllables, 2 sentences: only pa-tient has two.
    text = measure(["The patient comes in. You greet her by name."], "en")
    assert (text.words, text.syllables, len(text.sentences)) == (9, 10, 2)
    assert [(one.name, one.value, str(one.label)) for one in text.judged] == [
        ("Flesch", pytest.approx(206.835 - 84.6 * 10 / 9 - 1.015 * 4.5), "muy fácil")
    ]


def test_each_language_has_its_mark_and_what_nobody_can_measure_has_none():
    hard = ["Institutional responsibilities."]
    assert [(text.mark, text.is_easy) for text in (measure(hard), measure(hard, "en"))] == [(70, False), (60, False)]
    text = measure(["Ri qachalal ke’ok. Keb’e."], "cak")
    assert (text.words, len(text.sentences), text.judged, text.index, text.label, text.is_easy) == (
        *(4, 2, [], None, "", True),
    )


def test_a_text_without_words_has_no_index_and_is_in_order():
    text = measure(["", "…"])
    assert (text.words, text.judged, text.index, text.label, text.is_easy) == (0, [], None, "", True)


@pytest.mark.parametrize("words, syllables", [(5, 2.2), (10, 2.1), (20, 1.9), (40, 1.6)])
def test_who_reaches_fairly_easy_is_at_least_quite_easy_by_the_scale_made_for_patients(words, syllables):
    text = Readability(
        words=words * 100, syllables=round(syllables * words * 100), sentences=[Sentence("", words)] * 100
    )
    assert not text.is_easy or text.judged[1].value >= 65


def test_long_sentences_and_long_words_are_named():
    long = " ".join(["La confidencialidad"] + ["sirve"] * 24) + "."
    text = measure([long, "Confidencialidad y organizaciones."])
    assert [(sentence.text, sentence.words) for sentence in text.too_long] == [(long, 26)]
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


def test_a_quiz_counts_questions_options_and_feedback():
    quiz = {
        "intro": "Puede repetirlo.",
        "questions": [
            {
                "text": "¿Cuál?",
                "choices": [{"text": "Una", "match": "otra", "feedback": "Sí."}],
                "feedback": "Vea [S3].",
            },
            {"same_as": "M1-Q1"},
        ],
    }
    assert passages_of_quiz(quiz) == ["Puede repetirlo.", "¿Cuál?", "Una", "otra", "Sí.", "Vea."]


HARD = "La institucionalización de procedimientos administrativos interinstitucionales obligatorios"
EASY = "La puerta se abre. Ella entra y se sienta. Usted la saluda."


def write_lesson(folder, text, reason=""):
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["id: M1-L1", "title: Prueba", "minutes: 2", *([f"plain_language_reason: {reason}"] if reason else [])]
    (folder / "lesson-1.yaml").write_text("\n".join([*lines, "body:", f"- key_message: {text}", ""]), encoding="utf-8")


def check(directory, **options):
    output = StringIO()
    call_command("check_readability", directory=directory, stdout=output, **options)
    return output.getvalue()


def test_the_command_needs_neither_the_other_files_nor_a_database(tmp_path):
    write_lesson(tmp_path / "es" / "m1", EASY)
    said = check(tmp_path, module="M1")
    assert "m1/lesson-1.yaml" in said
    assert "Todos los textos llegan a 70" in said


def test_the_command_fails_for_a_hard_lesson_and_shows_its_sentences(tmp_path):
    write_lesson(tmp_path / "es" / "m1", HARD)
    with pytest.raises(CommandError, match=r"m1/lesson-1\.yaml"):
        check(tmp_path, fail_under=70)
    said = check(tmp_path)
    assert HARD in said
    assert "m1/lesson-1.yaml: sin razón escrita" in said


def test_a_reason_lets_a_hard_lesson_pass_and_is_shown(tmp_path):
    write_lesson(tmp_path / "es" / "m1", HARD, reason="Cita la ley.")
    assert "m1/lesson-1.yaml: Cita la ley." in check(tmp_path, fail_under=70)


def test_the_command_says_where_there_is_nothing_to_measure(tmp_path):
    with pytest.raises(CommandError, match="No hay nada que medir"):
        check(tmp_path)
