import json
import re
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import call_command

from quizzes.exporting.formats import gift
from quizzes.exporting.parts.losses import LeftOut
from quizzes.exporting.parts.pairs import write_right_side
from quizzes.exporting.parts.percents import full_percents
from quizzes.exporting.questions import gather_questions, select_questions
from quizzes.importing.parts.cases import tell_case
from quizzes.importing.parts.reading import ReadCase, ReadChoice
from tests.factories import spanish
from tests.quizzes.generated_questions import make_questions

pytestmark = pytest.mark.nightly


TYPES = {
    "single": "MC",
    "multiple": "MC",
    "true_false": "TF",
    "short_text": "Short",
    "number": "Numerical",
    "matching": "Matching",
    "open": "Essay",
}
# Signs of GIFT, of HTML and of Markdown, and letters beyond the first 65,536.
HARD = [
    "{llaves} y }{",
    "::doble:: y : sola",
    "#1 y ####cuatro",
    "=uno ~otro =~",
    "\\ \\\\ \\n \\{",
    "uno\ndos\n\ntres\n\n// no es comentario\n$CATEGORY: tampoco",
    '<b class="x">fuerte</b> &amp; &lt;',
    "🙂 ñandú 👩🏽‍⚕️ ½",
    "[html] al inicio",
    "%50% al inicio",
    "**marcas** *de* \\*aquí\\* [S42] [[estigma]]",
    "-5 %",
]


def make_hard_questions():
    questions = [question for question in make_questions(9) if question.kind in TYPES]
    return [
        replace(
            question,
            name=f"{question.kind}-{number}",
            identifier=f"{question.kind}-{number}",
            text=text,
            feedback=text,
            topic=(text.replace("\n", " "),),
            choices=[_harden(choice, question.kind, place, text) for place, choice in enumerate(question.choices)],
        )
        for question in questions
        for number, text in enumerate(HARD)
    ]


def _harden(choice, kind, place, text):
    line = f"{' '.join(text.split())} {place}"
    words = (
        line if kind in ("single", "multiple", "matching") or (kind == "short_text" and choice.text != "*") else None
    )
    return ReadChoice(
        words or choice.text,
        choice.is_correct,
        choice.fraction,
        text,
        line if kind == "matching" else "",
        choice.tolerance,
    )


def parse(content):
    done = subprocess.run(
        ["node", "parse_gift.cjs"], cwd=Path(__file__).parent, input=content, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return [question for question in json.loads(done.stdout) if question["type"] != "Category"]


def words(text):
    return " ".join((text["text"] if isinstance(text, dict) else text or "").split())


def theirs(question):
    read = {
        "kind": question["type"],
        "title": question["title"],
        "text": words(question["stem"]),
        "feedback": words(question["globalFeedback"]),
        "id": question["id"],
    }
    if question["type"] == "TF":
        read["truth"] = question["isTrue"]
        # Whatever they are called: the first is that for who is wrong.
        read["said"] = [words(question["trueFeedback"]), words(question["falseFeedback"])]
    if question["type"] == "Matching":
        # On the right it leaves its own sign for what was escaped: `&&061;` is «=».
        read["pairs"] = [
            (words(pair["subquestion"]), re.sub(r"&&(\d+);", lambda sign: chr(int(sign[1])), words(pair["subanswer"])))
            for pair in question["matchPairs"]
        ]
    if "choices" in question:
        read["choices"] = [
            (_value(choice["text"]), _weight(choice), words(choice["feedback"])) for choice in question["choices"]
        ]
    return read


def _value(text):
    if "number" in text:
        return (text["number"], text.get("range", 0))
    return words(text)


def _weight(choice):
    return choice["weight"] if choice["weight"] is not None else 100 * choice["isCorrect"]


def ours(question):
    written = {
        "kind": TYPES[question.kind],
        "title": question.name,
        "text": words(question.text),
        "feedback": words(question.feedback),
        "id": question.identifier,
    }
    choices = question.choices
    if question.kind == "true_false":
        right, wrong = sorted(choices, key=lambda choice: not choice.is_correct)
        written["truth"] = str(right.text) == "Verdadero"
        written["said"] = [words(wrong.feedback), words(right.feedback)]
    elif question.kind == "matching":
        written["pairs"] = [(words(choice.text), words(write_right_side(choice.match))) for choice in choices]
    elif question.kind != "open":
        written["choices"] = [
            (_written_value(choice, question.kind), float(round(percent, 5)), words(choice.feedback))
            for choice, percent in zip(choices, full_percents(question), strict=True)
        ]
    return written


def _written_value(choice, kind):
    if kind == "number" and choice.text != "*":
        return (float(choice.text), float(choice.tolerance or 0))
    return words(choice.text)


def check(questions):
    content, warnings = gift.write(questions)
    left_out = {warning.name for warning in warnings if isinstance(warning, LeftOut)}
    expected = [ours(question) for question in questions if question.name not in left_out]
    found = [theirs(question) for question in parse(content)]
    print(Counter(question["kind"] for question in found))
    assert [question["title"] for question in found] == [question["title"] for question in expected]
    assert [pair for pair in zip(found, expected, strict=True) if pair[0] != pair[1]] == []
    return left_out


def test_every_kind_with_every_hard_text_is_read_as_it_was_written(libraries):
    questions = [question for question in make_questions(200) if question.kind in TYPES]
    questions[5].choices.append(ReadChoice("", match="de más"))

    assert check(questions) == set()
    assert check(make_hard_questions()) == set()


def test_a_case_is_read_as_a_text_before_its_questions(libraries):
    questions = [question for question in make_questions(60) if question.kind in TYPES][: 3 * len(HARD)]
    for number, text in enumerate(HARD):
        case = ReadCase("", f"Caso {number}", text, f"C-{number}", f"Portero: {' '.join(text.split())}\nElla: Sí.")
        for question in questions[2 * number : 2 * number + 2]:
            question.case = case
    content, _warnings = gift.write(questions)

    found = parse(content)

    cases = [question for question in found if question["type"] == "Description"]
    shared = [question.case for question in questions if question.case][::2]
    assert [(one["title"], one["id"], words(one["stem"])) for one in cases] == [
        (case.title, case.identifier, words(tell_case(case))) for case in shared
    ]
    assert [found[found.index(one) + 1]["title"] for one in cases] == [
        question.name for question in questions if question.case
    ][::2]


@pytest.mark.django_db
def test_the_whole_bank_of_the_course_is_read_as_it_was_written(libraries):
    call_command("load_content", language="es", verbosity=0)
    questions = [read for read, _question in gather_questions(select_questions(locale=spanish()), with_images=False)]

    left_out = check(questions)

    assert {question.kind for question in questions if question.name in left_out} <= {"gaps", "places"}
