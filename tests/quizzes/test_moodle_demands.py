import base64
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from quizzes.exporting.formats import gift, moodle_xml
from quizzes.importing.formats import read_file
from quizzes.importing.parts.moodle_gaps import take_codes
from quizzes.importing.parts.percent import find_weight
from quizzes.importing.parts.reading import ReadCase, ReadChoice, ReadImage, ReadQuestion
from quizzes.importing.planning import find_problems, find_unfinished
from tests.quizzes.generated_questions import make_questions

from .factories import png

WHOLES = ["correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"]
BEFORE = ["name", "questiontext", "generalfeedback", "defaultgrade", "penalty", "hidden", "idnumber"]
# Of each type what its export always writes, in its order; with «?» only where there is any.
TYPES = {
    "description": [],
    "multichoice": ["single", "shuffleanswers", "answernumbering", "showstandardinstruction", *WHOLES, "answer"],
    "truefalse": ["answer"],
    "shortanswer": ["usecase", "answer"],
    "numerical": ["answer", "units?", "unitgradingtype", "unitpenalty", "showunits", "unitsleft"],
    "matching": ["shuffleanswers", *WHOLES, "subquestion"],
    "ordering": [
        *("layouttype", "selecttype", "selectcount", "gradingtype", "showgrading", "numberingstyle"),
        *WHOLES,
        *("shownumcorrect", "answer"),
    ],
    "essay": [
        *("responseformat", "responserequired", "responsefieldlines", "minwordlimit", "maxwordlimit", "attachments"),
        *("attachmentsrequired", "maxbytes", "filetypeslist", "graderinfo", "responsetemplate"),
    ],
}


def find_faults(question):
    kind = question.get("type")
    tags = list(dict.fromkeys(child.tag for child in question))
    wanted = [*BEFORE, *TYPES[kind], "tags?"]
    expected = [tag.rstrip("?") for tag in wanted if not tag.endswith("?") or tag.rstrip("?") in tags]
    if tags != expected:
        yield f"{kind}: {tags} instead of {expected}"
    for tag in ("name", "questiontext", "generalfeedback"):
        if question.find(f"{tag}/text") is None:
            yield f"{kind}: {tag} without text"
    for path in ("defaultgrade", "penalty", "usecase", "shownumcorrect", "selectcount"):
        found = question.find(path)
        if found is not None and not (found.text or "").replace(".", "", 1).isdigit():
            yield f"{kind}: {path} is «{found.text}»"
    if len(question.findtext("idnumber") or "") > 100:
        yield f"{kind}: a long idnumber"
    if any(not (tag.findtext("text") or "") for tag in question.iterfind("tags/tag")):
        yield f"{kind}: a tag without text"
    yield from find_faults_of_answers(kind, question.findall("answer"))
    if any(pair.find("text") is None or not pair.findtext("answer/text") for pair in question.iterfind("subquestion")):
        yield f"{kind}: a pair without its right side"


def find_faults_of_answers(kind, answers):
    weights = [Decimal(answer.get("fraction")) for answer in answers]
    texts = [answer.findtext("text") or "" for answer in answers]
    if kind in ("multichoice", "ordering") and (len(answers) < 2 or not all(texts)):
        yield f"{kind}: {texts}"
    if kind == "truefalse" and (texts != ["true", "false"] or sorted(weights) != [0, 100]):
        yield f"{kind}: {texts}, {weights}"
    if kind in ("shortanswer", "numerical") and 100 not in weights:
        yield f"{kind}: {weights}"
    if kind == "ordering" and weights != list(range(1, len(weights) + 1)):
        yield f"{kind}: {weights}"
    if kind != "ordering" and any(find_weight(weight) is None for weight in weights):
        yield f"{kind}: {weights}"
    for answer in answers if kind == "numerical" else ():
        if answer.findtext("text") != "*":
            Decimal(answer.findtext("text"))
        Decimal(answer.findtext("tolerance"))


def export(questions):
    content, warnings = moodle_xml.write(questions)
    return ElementTree.fromstring(content), warnings


def test_every_export_has_what_moodle_demands_in_its_order():
    questions = [question for question in make_questions(160) if question.kind != "reflection"]
    for number, question in enumerate(questions):
        if number % 2:
            question.right_feedback, question.partly_feedback, question.wrong_feedback = "**Así es**", "", "Repase."
        if question.kind == "matching":
            question.choices.insert(number % 4, ReadChoice("", match=f"de más {number}"))

    shared = ReadCase("", "En la puerta", "Llega.", "M1-C1", "Portero: ¿Qué busca?\nElla: A la doctora.")
    questions[4].case = questions[8].case = shared

    root, _warnings = export(questions)

    found = [element for element in root.iterfind("question") if element.get("type") != "category"]
    assert {element.get("type") for element in found} == set(TYPES)
    assert [fault for element in found for fault in find_faults(element)] == []
    assert all(category.findtext("category/text") for category in root.iterfind("question[@type='category']"))
    assert len(found) == len(questions) + 1


def test_a_weight_that_moodle_refuses_is_named():
    question = next(one for one in make_questions(7) if one.kind == "single")
    question.choices[[choice.is_correct for choice in question.choices].index(False)].fraction = Decimal(45)

    root, warnings = export([question])

    assert any("no conoce un peso de 45\u00a0%" in warning.sentence for warning in warnings)
    assert any("45" in fault for fault in find_faults(root.find("question[@type='multichoice']")))


def read(body):
    reading = read_file(f"<quiz>{body}</quiz>".encode(), format_name="moodle-xml")
    return reading.questions, [problem.sentence for problem in reading.problems], [w.sentence for w in reading.warnings]


def cloze(text):
    return (
        f'<question type="cloze"><name><text>N</text></name><questiontext format="html"><text><![CDATA[{text}]]></text>'
        "</questiontext></question>"
    )


def choices_of(question):
    return [(c.gap, str(c.text), c.is_correct, c.fraction, c.feedback) for c in question.choices]


def make_gaps(*choices, text="Diga: **la [[1]]** viene {sola} y [[2]].", **fields):
    return ReadQuestion("", "gaps", text, name="G", identifier="G", choices=list(choices), **fields)


LISTS = (
    ReadChoice("persona", True, gap=1),
    ReadChoice("loca", gap=1),
    ReadChoice("triste", gap=2),
    ReadChoice("tranquila", True, gap=2),
)
MIXED = (
    ReadChoice("a~b # {c} = 50% C\\ñ **d** & <e>", True, feedback="*Así* es: ~#}."),
    ReadChoice("otra", fraction=Decimal("33.33333"), feedback="Casi."),
    ReadChoice("ninguna"),
)
TYPED = (
    ReadChoice("dolor*", True, feedback="Eso dijo."),
    ReadChoice("1/2 = }", True, fraction=Decimal(50)),
    ReadChoice("*", True, fraction=Decimal(0), feedback="Escuche otra vez."),
)


def place(choices, gap):
    return [ReadChoice(c.text, c.is_correct, c.fraction, feedback=c.feedback, gap=gap) for c in choices]


def there_and_back(question):
    content, warnings = moodle_xml.write([question])
    (back,), problems, _warnings = read(ElementTree.tostring(ElementTree.fromstring(content)[1]).decode())
    assert problems == []
    return content.decode(), back, [warning.sentence for warning in warnings]


def test_lists_go_out_as_missing_words_and_come_back():
    question = make_gaps(*LISTS, right_feedback="Bien.", marks=2)
    content, back, warnings = there_and_back(question)
    assert warnings == []
    element = ElementTree.fromstring(content)[1]
    assert element.get("type") == "gapselect"
    assert list(dict.fromkeys(child.tag for child in element)) == [*BEFORE, "shuffleanswers", *WHOLES, "selectoption"]
    assert "[[1]]" in element.findtext("questiontext/text")
    assert "[[4]]" in element.findtext("questiontext/text")
    groups = [(one.findtext("text"), one.findtext("group")) for one in element.iterfind("selectoption")]
    assert groups == [("persona", "1"), ("loca", "1"), ("triste", "2"), ("tranquila", "2")]
    assert (back.text, choices_of(back)) == (question.text, choices_of(question))
    assert (back.marks, back.right_feedback) == (2, "Bien.")


@pytest.mark.parametrize("text", ["**dos**", "a &amp; b", "<b>", "2 \\* 3"])
def test_an_option_that_a_list_would_show_otherwise_goes_out_in_a_code(text):
    question = make_gaps(ReadChoice(text, gap=1), *LISTS[:1], *LISTS[2:])
    content, back, _warnings = there_and_back(question)
    assert ('type="cloze"' in content, choices_of(back)) == (True, choices_of(question))


def test_what_lists_can_not_hold_goes_out_as_embedded_answers_and_comes_back_sign_by_sign():
    question = make_gaps(*place(MIXED, 1), *place(TYPED, 2), marks=4, wrong_feedback="Repase.")
    content, back, warnings = there_and_back(question)
    element = ElementTree.fromstring(content)[1]
    assert element.get("type") == "cloze"
    assert list(dict.fromkeys(child.tag for child in element)) == [tag for tag in BEFORE if tag != "defaultgrade"]
    assert "{2:MULTICHOICE_S:=" in element.findtext("questiontext/text")
    assert "{2:SHORTANSWER:=" in element.findtext("questiontext/text")
    assert (back.text, choices_of(back), back.marks) == (question.text, choices_of(question), 4)
    assert warnings == [
        "Moodle compara las tildes: agregue las respuestas sin ellas si allí también deben contar.",
        "En Moodle este tipo no tiene retroalimentación común a las respuestas correctas, a medias o incorrectas.",
    ]


def test_points_that_gaps_can_not_share_are_named_and_gift_has_none_of_it():
    question = make_gaps(*place(MIXED, 1), *place(TYPED, 2), forgives_accents=False)
    _content, warnings = moodle_xml.write([question])
    assert [w.sentence for w in warnings] == ["En Moodle cada espacio vale un punto, así que allá vale 2."]
    _content, warnings = gift.write([question])
    assert [w.sentence for w in warnings] == ["GIFT no tiene preguntas de este tipo: no está en el archivo."]


@pytest.mark.parametrize(
    ("code", "choices"),
    [
        (
            "{1:MC:~%50%a#x~=b~%-20%<b>c</b>}",
            [("a", False, 50, "x"), ("b", True, None, ""), ("**c**", False, None, "")],
        ),
        ("{:MULTICHOICE_HS:=sí~no}", [("sí", True, None, ""), ("no", False, None, "")]),
        ("{1:SA:=uno~%33.333%dos#b}", [("uno", True, None, ""), ("dos", True, Decimal("33.33333"), "b")]),
        ("{2:MWC:%100%Uno\\#1&#126;}", [("Uno#1~", True, None, "")]),
    ],
)
def test_each_code_is_a_gap(code, choices):
    questions, problems, _warnings = read(cloze(f"<p>Es {code}.</p>"))
    assert (problems, [question.text for question in questions]) == ([], ["Es [[1]]."])
    assert choices_of(questions[0]) == [(1, *choice) for choice in choices]
    assert questions[0].forgives_case == ("MWC" not in code)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("{1:NM:=3:1}", "Su espacio 1 pide un número, y aquí los espacios llevan palabras."),
        ("{1:MR:=a~=b~c}", "Su espacio 1 admite varias opciones, y aquí va una a la vez."),
        ("{1:MC:=a~=b~c}", "Su espacio 1 tiene varias opciones correctas, y aquí lleva una."),
        ("{1:MC:=a}", "Su espacio 1 tiene una sola opción: no hay entre qué elegir."),
        ("{1:SA:=sin cerrar", "Su texto no tiene ninguna respuesta incrustada que se pueda leer."),
    ],
)
def test_what_no_gap_can_hold_is_refused_by_name(code, sentence):
    assert read(cloze(f"Es {code}"))[:2] == ([], [sentence])


def test_points_of_gaps_are_added_and_what_differs_is_said():
    (question,), _problems, warnings = read(cloze("Uno {1:SA:=a} dos {3:SAC:=b}"))
    assert (question.marks, question.forgives_case) == (4, True)
    assert warnings[:2] == [
        "Sus espacios valen distinto en Moodle; aquí valen lo mismo.",
        "En algunos de sus espacios importan las mayúsculas en Moodle, y aquí en ninguno.",
    ]


@pytest.mark.parametrize("body", [cloze("{1:SA:=a} " * 100), cloze("{1:MC:=a" + "~b" * 500 + "}")])
def test_more_gaps_than_one_can_look_through_are_refused_at_once(body):
    sentence = "Tiene más espacios, o más opciones en ellos, de los que se pueden revisar."
    boxes = "".join(f"<selectoption><text>{n}</text><group>1</group></selectoption>" for n in range(2_000))
    lists = cloze("[[1]] " * 2_000).replace('"cloze"', '"gapselect"').replace("</question>", f"{boxes}</question>")
    assert [read(one)[:2] for one in (body, lists)] == [([], [sentence])] * 2
    assert read(cloze(f"{{1:SA:=a~%{'9' * 6_000}%b}}"))[0][0].choices[1].fraction == 0


def test_many_codes_that_do_not_end_are_read_at_once():
    codes, left = take_codes("{1:SA:" * 8_000)
    assert (codes, len(left)) == ([], 48_000)


def test_a_word_to_drag_may_go_into_several_gaps():
    boxes = "".join(f"<dragbox><text>{word}</text><group>1</group></dragbox>" for word in ("voz", "oído"))
    (question,), _problems, warnings = read(
        f'<question type="ddwtos"><name><text>N</text></name><questiontext format="html"><text>La [[2]] y el [[2]]'
        f"</text></questiontext>{boxes}</question>"
    )
    assert question.text == "La [[1]] y el [[2]]"
    assert [(c.gap, c.text) for c in question.choices if c.is_correct] == [(1, "oído"), (2, "oído")]
    assert warnings == ["Sus palabras para arrastrar son aquí listas para elegir, una en cada espacio."]
    assert list(find_problems(question)) == []


def markers(*drops, drags=("Aquí",)):
    file = base64.b64encode(png(400, 200)).decode()
    named = "".join(f"<drag><no>{n}</no><text>{name}</text></drag>" for n, name in enumerate(drags, start=1))
    placed = "".join(
        f"<drop><no>{n}</no><shape>{shape}</shape><coords>{coords}</coords><choice>{choice}</choice></drop>"
        for n, (shape, coords, choice) in enumerate(drops, start=1)
    )
    return (
        '<question type="ddmarker"><name><text>N</text></name><questiontext format="html"><text>¿Dónde?</text>'
        f'</questiontext><file name="sala.png" encoding="base64">{file}</file>{named}{placed}</question>'
    )


def test_markers_become_places_and_wait_for_an_editor_as_a_draft():
    areas = [("circle", "40,50;10", 1), ("rectangle", "100,20;40,20", 1), ("polygon", "0,0;40,0;40,40;0,40", 1)]
    (question,), problems, warnings = read(markers(*areas, drags=("Aquí", "De más")))
    assert problems == list(find_problems(question)) == []
    assert [(c.text, c.x, c.y, c.radius, c.is_correct) for c in question.choices] == [
        ("Lugar 1", 10, 25, 2.5, True),
        ("Lugar 2", 30, 15, 2.5, True),
        ("Lugar 3", 5, 10, Decimal("5.642"), True),
    ]
    assert question.image.name == "sala.png"
    assert find_unfinished(question) == ["Deje al menos una opción que no sea correcta. Hasta entonces es un borrador."]
    assert warnings == [
        "Nadie describió su imagen: escriba qué muestra y luego publique. Hasta entonces queda como borrador.",
        "Se dejó fuera un marcador que no corresponde en ninguna parte: «De más».",
        "Sus áreas se volvieron puntos con un radio.",
        "Sus lugares no tienen nombre en Moodle: escriba de cada uno qué es.",
    ]


@pytest.mark.parametrize(
    "area",
    [("circle", "1e999,1;1"), ("circle", "a,1;1"), ("circle", "1,1"), ("polygon", "1;2;3"), ("polygon", "1,2,3;4;5")],
)
def test_an_area_that_is_none_is_named_and_takes_no_other_question_along(area):
    questions, problems, _warnings = read(markers((*area, 1)) + markers(("circle", "1,1;1", 1)))
    assert problems == [f"No se puede leer dónde van sus marcadores: «{' '.join(area)}»."]
    assert len(questions) == 1


def test_markers_of_several_names_are_refused_by_name():
    drops = [("circle", "40,50;10", 1), ("circle", "90,50;10", 2)]
    [problem] = read(markers(*drops, drags=("Entrada", "Salida")))[1]
    assert problem.startswith("Tiene marcadores con varios nombres («Entrada», «Salida»)")


def test_places_go_out_as_one_marker_and_what_stays_here_is_named():
    choices = [
        ReadChoice("Ventanilla", True, x=Decimal(20), y=Decimal("30.5"), feedback="Todos oyen."),
        ReadChoice("Pizarra", True, x=Decimal("62.5"), y=Decimal(12), radius=Decimal(8)),
        ReadChoice("Puerta", x=Decimal(85), y=Decimal(70)),
    ]
    shown = {"image": ReadImage("sala.png", png(400, 200)), "image_text": "Una sala"}
    question = ReadQuestion("", "places", "¿Dónde?", name="P", identifier="P", choices=choices, **shown)
    content, back, warnings = there_and_back(question)
    element = ElementTree.fromstring(content)[1]
    assert element.get("type") == "ddmarker"
    assert list(dict.fromkeys(child.tag for child in element)) == [*BEFORE, *WHOLES, "file", "drag", "drop"]
    assert (element.findtext("drag/text"), element.findtext("drag/noofdrags")) == ("Aquí", "2")
    assert [drop.findtext("coords") for drop in element.iterfind("drop")] == ["80,61;20", "250,24;32"]
    assert [(c.x, c.y, c.is_correct) for c in back.choices] == [(20, 30.5, True), (62.5, 12, True)]
    assert warnings == [
        "En Moodle se pone un marcador en cualquier parte de la imagen: los nombres de sus lugares se quedan aquí.",
        "Moodle no tiene lugares que no sean correctos: «Puerta» se queda aquí.",
        "Moodle no tiene retroalimentación de cada lugar.",
        "Moodle no tiene palabras para la imagen bajo sus marcadores.",
    ]
