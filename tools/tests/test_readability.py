"""How easy English is to read, against counts made by hand; and the check of lessons, quizzes and survey."""

import re

import pytest

from modules.text.readability import measure, sentences_in, syllables_in
from tests.modules.content import make_content
from tools.prose import passages_of_quiz
from tools.readability import ENGLISH

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
    assert syllables_in(word, ENGLISH) == int(count)


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
    assert sentences_in(passage, ENGLISH) == sentences


def test_the_index_of_english_is_the_published_formula():
    # 9 words, 10 syllables, 2 sentences: only pa-tient has two.
    text = measure(["The patient comes in. You greet her by name."], ENGLISH)
    assert (text.words, text.syllables, len(text.sentences)) == (9, 10, 2)
    assert (text.index, text.label) == (pytest.approx(206.835 - 84.6 * 10 / 9 - 1.015 * 4.5), "very easy")
    assert (text.mark, text.is_easy, measure(["Institutional responsibilities."], ENGLISH).is_easy) == (60, True, False)


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
KEY = "- key_message: "


def test_the_check_fails_for_a_hard_lesson_without_a_reason_and_shows_its_sentences(tmp_path, check, capsys):
    content = make_content(tmp_path)
    assert "Every text reaches 70 (algo fácil)." in check("readability", content)
    lesson = content / "es/m1/lesson-1.yaml"
    text = lesson.read_text(encoding="utf-8")
    hard = text[: text.index("body:")] + f"body:\n{KEY}{HARD}\n"
    lesson.write_text(hard, encoding="utf-8")
    with pytest.raises(SystemExit, match=r"m1/lesson-1\.yaml"):
        check("readability", content, "--module", "M1")
    assert HARD in capsys.readouterr().out
    lesson.write_text(hard.replace("body:", "plain_language_reason: Cita la ley.\nbody:"), encoding="utf-8")
    assert "Reason: Cita la ley." in check("readability", content)
    with pytest.raises(SystemExit, match="no module “m9”"):
        check("readability", content, "--module", "m9")
    with pytest.raises(SystemExit, match="Nobody can measure “cak”"):
        check("readability", content, "--language", "cak")
