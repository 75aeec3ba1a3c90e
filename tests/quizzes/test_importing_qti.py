"""IMS QTI as Canvas, Blackboard and editors of 2.1 write it; packages with images, and packages made to do harm."""

from decimal import Decimal

import pytest

from quizzes.importing.formats import qti, read_file
from quizzes.importing.parts.reading import ReadChoice, UnreadableFile
from quizzes.importing.planning import find_problems
from tests.quizzes.test_importing import picture
from tests.quizzes.test_importing_sheets import zipped

THIRD = Decimal("33.33333")


def canvas(*items, title="Módulo 1"):
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2">
<assessment ident="g1" title="{title}"><section ident="root_section">{"".join(items)}</section></assessment>
</questestinterop>""".encode()


def item(kind, presentation, processing="", feedback="", title="Question", points="1.0"):
    return f"""<item ident="g2" title="{title}"><itemmetadata><qtimetadata>
<qtimetadatafield><fieldlabel>question_type</fieldlabel><fieldentry>{kind}</fieldentry></qtimetadatafield>
<qtimetadatafield><fieldlabel>points_possible</fieldlabel><fieldentry>{points}</fieldentry></qtimetadatafield>
</qtimetadata></itemmetadata><presentation>{presentation}</presentation>
<resprocessing><outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>
{processing}</resprocessing>{feedback}</item>"""


def material(html):
    html = html.replace("&", "&amp;").replace("<", "&lt;")
    return f'<material><mattext texttype="text/html">{html}</mattext></material>'


def lid(*options, ident="r", cardinality="Single", text=""):
    labels = "".join(f'<response_label ident="{key}">{material(words)}</response_label>' for key, words in options)
    render = f"<render_choice>{labels}</render_choice>"
    return f'<response_lid ident="{ident}" rcardinality="{cardinality}">{text}{render}</response_lid>'


def condition(variables, points="100", action="Set", feedback=""):
    shown = f'<displayfeedback feedbacktype="Response" linkrefid="{feedback}"/>' if feedback else ""
    setvar = f'<setvar action="{action}" varname="SCORE">{points}</setvar>' if points else ""
    return f"<respcondition><conditionvar>{variables}</conditionvar>{setvar}{shown}</respcondition>"


def equal(value, ident="r"):
    return f'<varequal respident="{ident}">{value}</varequal>'


def itemfeedback(ident, words):
    return f'<itemfeedback ident="{ident}"><flow_mat>{material(words)}</flow_mat></itemfeedback>'


def read_one(content, **fields):
    reading = read_file(content, **fields)
    assert reading.problems == []
    (question,) = reading.questions
    assert list(find_problems(question)) == []
    return question


WRITE = (
    '<response_str ident="r" rcardinality="Single"><render_fib><response_label ident="x"/></render_fib></response_str>'
)


def test_single_choice_of_canvas_with_feedback():
    question = read_one(
        canvas(
            item(
                "multiple_choice_question",
                material("<p>¿Qué se <strong>dice</strong> primero?</p>") + lid(("1", "Buenos días"), ("2", "Nada")),
                condition("<other/>", points="", feedback="general_fb")
                + condition(equal("2"), points="", feedback="2_fb")
                + condition(equal("1"), feedback="1_fb"),
                itemfeedback("general_fb", "Se saluda siempre.")
                + itemfeedback("1_fb", "Así es.")
                + itemfeedback("2_fb", "El silencio <em>calla</em>."),
                points="2.0",
            )
        )
    )

    assert (question.kind, question.text, question.marks) == ("single", "¿Qué se **dice** primero?", 2)
    assert (question.topic, question.name, question.feedback) == (("Módulo 1",), "", "Se saluda siempre.")
    assert question.choices == [
        ReadChoice("Buenos días", True, feedback="Así es."),
        ReadChoice("Nada", False, feedback="El silencio *calla*."),
    ]


def test_multiple_answers_of_canvas_are_scored_by_our_rule():
    right = f"<and>{equal('1')}<not>{equal('2')}</not>{equal('3')}</and>"
    question = read_one(
        canvas(
            item(
                "multiple_answers_question",
                material("¿Cuáles?") + lid(("1", "A"), ("2", "B"), ("3", "C"), cardinality="Multiple"),
                condition(right),
            )
        )
    )

    assert question.kind == "multiple"
    assert question.choices == [ReadChoice("A", True), ReadChoice("B"), ReadChoice("C", True)]


def test_parts_of_the_points_are_kept():
    question = read_one(
        canvas(
            item(
                "multiple_choice_question",
                material("¿?") + lid(("1", "A"), ("2", "B"), ("3", "C")),
                condition(equal("1")) + condition(equal("2"), points="50"),
            )
        )
    )

    assert question.choices == [ReadChoice("A", True), ReadChoice("B", False, Decimal(50)), ReadChoice("C")]


def test_true_or_false_matching_and_essay_of_canvas():
    truth = item("true_false_question", material("¿Sí?") + lid(("1", "True"), ("2", "False")), condition(equal("2")))
    options = (("10", "Tegucigalpa"), ("11", "Ciudad de Guatemala"), ("12", "San Salvador"), ("13", "Managua"))
    pairs = item(
        "matching_question",
        material("Una")
        + lid(*options, ident="a", text=material("Guatemala"))
        + lid(*options, ident="b", text=material("Honduras"))
        + lid(*options, ident="c", text=material("El Salvador")),
        condition(equal("11", "a"), "33.33", "Add")
        + condition(equal("10", "b"), "33.33", "Add")
        + condition(equal("12", "c"), "33.33", "Add"),
    )
    essay = item("essay_question", material("Cuente.") + WRITE, condition("<other/>", points=""))

    reading = read_file(canvas(truth, pairs, essay))

    assert reading.problems == []
    assert [question.kind for question in reading.questions] == ["true_false", "matching", "open"]
    assert [[(c.text, c.is_correct, c.match) for c in q.choices] for q in reading.questions] == [
        [("Verdadero", False, ""), ("Falso", True, "")],
        [
            ("Guatemala", False, "Ciudad de Guatemala"),
            ("Honduras", False, "Tegucigalpa"),
            ("El Salvador", False, "San Salvador"),
            ("", False, "Managua"),
        ],
        [],
    ]
    assert reading.warnings == []


def test_written_answers_of_canvas():
    short = item("short_answer_question", material("¿?") + WRITE, condition(equal("año") + equal("AÑO")))
    exact = f"<or>{equal('72')}<and><vargte respident='r'>71.5</vargte><varlte respident='r'>72.5</varlte></and></or>"
    number = item("numerical_question", material("¿Horas?") + WRITE, condition(exact))
    between = "<vargte respident='r'>10</vargte><varlte respident='r'>20</varlte>"
    between = item("numerical_question", material("¿?") + WRITE, condition(between))

    questions = read_file(canvas(short, number, between)).questions

    assert [(q.kind, q.choices) for q in questions] == [
        ("short_text", [ReadChoice("año"), ReadChoice("AÑO")]),
        ("number", [ReadChoice("72", tolerance=Decimal("0.5"))]),
        ("number", [ReadChoice("15", tolerance=Decimal(5))]),
    ]


@pytest.mark.parametrize(
    "kind, sentence",
    [
        ("multiple_dropdowns_question", "Aquí no hay preguntas de tipo «Elige la palabra perdida»."),
        ("calculated_question", "Aquí no hay preguntas de tipo «Calculada»."),
        ("file_upload_question", "Aquí no hay preguntas de tipo «Archivo que se entrega»."),
        ("multiple_choice_question", "No dice cuál respuesta es la correcta."),
    ],
)
def test_what_is_not_supported_is_named_and_skipped(kind, sentence):
    reading = read_file(canvas(item(kind, material("¿?") + lid(("1", "A"), ("2", "B")), title="Difícil")))

    assert reading.questions == []
    assert [(p.name, p.sentence) for p in reading.problems] == [("Difícil", sentence)]


def test_blackboard_and_an_older_file_with_the_name_of_its_grammar():
    content = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE questestinterop SYSTEM "ims_qtiasiv1p2.dtd">
<questestinterop><item title="Saludo">
<itemmetadata><bbmd_questiontype>Multiple Choice</bbmd_questiontype></itemmetadata>
<presentation><flow class="Block"><flow class="QUESTION_BLOCK"><material><mat_extension>
<mat_formattedtext type="HTML">&lt;p&gt;\xbfQu\xe9 a\xf1o?&lt;/p&gt;</mat_formattedtext>
</mat_extension></material></flow>
<response_lid ident="response" rcardinality="Single"><render_choice><flow_label class="Block">
<response_label ident="a1">
<flow_mat><material><mattext>Uno</mattext></material></flow_mat></response_label></flow_label>
<flow_label class="Block"><response_label ident="a2"><flow_mat><material><mattext>Dos</mattext></material></flow_mat>
</response_label></flow_label></render_choice></response_lid></flow></presentation>
<resprocessing><outcomes><decvar varname="SCORE" minvalue="0" maxvalue="10"/></outcomes>
<respcondition title="correct"><conditionvar><varequal respident="response">a2</varequal></conditionvar>
<setvar variablename="SCORE" action="Set">SCORE.max</setvar></respcondition></resprocessing></item></questestinterop>"""

    question = read_one(content)

    assert (question.name, question.kind, question.text) == ("Saludo", "single", "¿Qué año?")
    assert question.choices == [ReadChoice("Uno"), ReadChoice("Dos", True)]


def blackboard(kind, response, conditions, feedback):
    """Return a pool as Blackboard exports it: what is asked, what can be answered, and its feedback."""
    shown = "".join(itemfeedback(ident, words) for ident, words in feedback.items())
    return f"""<questestinterop><assessment title="Banco"><section><item maxattempts="0">
<itemmetadata><bbmd_questiontype>{kind}</bbmd_questiontype><qmd_absolutescore_max>2.0</qmd_absolutescore_max>
</itemmetadata>
<presentation><flow class="Block"><flow class="QUESTION_BLOCK"><flow class="FORMATTED_TEXT_BLOCK">
<material><mat_extension><mat_formattedtext type="HTML">¿Qué va aquí?</mat_formattedtext></mat_extension></material>
</flow>
<flow class="LINK_BLOCK"><material><mattext uri=""/></material></flow></flow>{response}</flow></presentation>
<resprocessing><outcomes><decvar varname="SCORE" minvalue="0.0" maxvalue="2.0"/></outcomes>{conditions}
<respcondition title="incorrect"><conditionvar><other/></conditionvar>
<setvar variablename="SCORE" action="Set">0.0</setvar>
<displayfeedback feedbacktype="Response" linkrefid="incorrect"/></respcondition></resprocessing>{shown}</item></section>
</assessment></questestinterop>""".encode()


def accepted(value, *feedback, ident="response", case="No", points=""):
    shown = "".join(f'<displayfeedback feedbacktype="Response" linkrefid="{name}"/>' for name in feedback)
    setvar = f'<setvar variablename="SCORE" action="Set">{points}</setvar>' if points else ""
    equal = f'<conditionvar><varequal case="{case}" respident="{ident}">{value}</varequal></conditionvar>'
    return f"<respcondition>{equal}{setvar}{shown}</respcondition>"


def in_flow(words, inside=""):
    html = f'<mat_extension><mat_formattedtext type="HTML">{words}</mat_formattedtext></mat_extension>'
    return f'<flow class="Block"><flow class="FORMATTED_TEXT_BLOCK"><material>{html}</material></flow>{inside}</flow>'


def test_a_gap_of_blackboard_is_a_short_text_and_its_feedback_is_for_whom_it_is_meant():
    box = '<response_str ident="response"><render_fib fibtype="String"/></response_str>'
    content = blackboard(
        "Fill in the Blank",
        f'<flow class="RESPONSE_BLOCK">{box}</flow>',
        accepted("Guatemala", "correct", "uno") + accepted("Guate", "correct"),
        {"correct": "¡Así es!", "incorrect": "Mire el mapa.", "uno": "Con su nombre entero."},
    )

    question = read_one(content)

    assert (question.kind, question.marks, question.forgives_case) == ("short_text", 2, True)
    assert question.choices == [ReadChoice("Guatemala", feedback="Con su nombre entero."), ReadChoice("Guate")]
    assert (question.right_feedback, question.wrong_feedback) == ("¡Así es!", "Mire el mapa.")
    assert question.feedback == ""
    assert not read_one(content.replace(b'case="No"', b'case="Yes"')).forgives_case


def test_true_or_false_is_in_the_language_of_the_bank_and_pairs_of_blackboard_are_joined():
    both = lid(("true", "true"), ("false", "false"), ident="response")
    right = accepted("false", "correct", points="SCORE.max")
    truth = read_one(blackboard("True/False", both, right, {"correct": "Sí.", "incorrect": "No."}))
    lefts = "".join(
        in_flow(
            words,
            f'<response_lid ident="{words}"><render_choice><flow_label class="Block">'
            + "".join(f'<response_label ident="{words}{n}"/>' for n in range(4))
            + "</flow_label></render_choice></response_lid>",
        )
        for words in ("gato", "rana", "mosca")
    )
    rights = "".join(in_flow(words) for words in ("insecto", "mamífero", "anfibio", "ave"))
    sides = f'<flow class="RESPONSE_BLOCK">{lefts}</flow><flow class="RIGHT_MATCH_BLOCK">{rights}</flow>'
    joined = "".join(
        accepted(f"{words}{n}", "correct", ident=words) for words, n in (("gato", 1), ("rana", 2), ("mosca", 0))
    )
    pairs = read_one(blackboard("Matching", sides, joined, {"correct": "", "incorrect": "Mire otra vez."}))

    assert [(str(c.text), c.is_correct, c.feedback) for c in truth.choices] == [
        ("Verdadero", False, ""),
        ("Falso", True, ""),
    ]
    assert (truth.right_feedback, truth.wrong_feedback, truth.feedback) == ("Sí.", "No.", "")
    assert (pairs.kind, pairs.text, pairs.wrong_feedback) == ("matching", "¿Qué va aquí?", "Mire otra vez.")
    assert [(c.text, c.match) for c in pairs.choices] == [
        ("gato", "mamífero"),
        ("rana", "anfibio"),
        ("mosca", "insecto"),
        ("", "ave"),
    ]


def item_2(declaration, body, more="", identifier="i1", title="Ítem"):
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="{identifier}" title="{title}"
 adaptive="false" timeDependent="false">{declaration}<itemBody>{body}</itemBody>{more}</assessmentItem>""".encode()


def declare(*right, cardinality="single", base="identifier", mapping=""):
    values = "".join(f"<value>{value}</value>" for value in right)
    correct = f"<correctResponse>{values}</correctResponse>" if right else ""
    attributes = f'identifier="RESPONSE" cardinality="{cardinality}" baseType="{base}"'
    return f"<responseDeclaration {attributes}>{correct}{mapping}</responseDeclaration>"


def choices_2(*options, tag="choiceInteraction", prompt=""):
    inner = "".join(f'<simpleChoice identifier="{key}">{words}</simpleChoice>' for key, words in options)
    prompt = f"<prompt>{prompt}</prompt>" if prompt else ""
    return f'<{tag} responseIdentifier="RESPONSE" shuffle="true">{prompt}{inner}</{tag}>'


def test_single_choice_of_2_1_with_its_feedback_in_place_and_apart():
    shown = '<feedbackInline outcomeIdentifier="F" identifier="B" showHide="show">No.</feedbackInline>'
    modal = '<modalFeedback outcomeIdentifier="F" identifier="A" showHide="show">¡Así es!</modalFeedback>'
    question = read_one(
        item_2(
            declare("A"),
            "<p>En la <b>puerta</b>:</p>"
            + choices_2(("A", "Saludar"), ("B", f"Callar {shown}"), prompt="¿Qué corresponde?"),
            modal,
        )
    )

    assert (question.kind, question.name) == ("single", "Ítem")
    assert question.text == "En la **puerta**:\n\n¿Qué corresponde?"
    assert question.choices == [ReadChoice("Saludar", True, feedback="¡Así es!"), ReadChoice("Callar", feedback="No.")]


def test_multiple_choice_of_2_1_keeps_what_its_mapping_gives():
    entries = (("A", 1), ("B", 3), ("C", -1))
    mapped = "".join(f'<mapEntry mapKey="{key}" mappedValue="{value}"/>' for key, value in entries)
    mapping = f'<mapping lowerBound="0" upperBound="4" defaultValue="0">{mapped}</mapping>'
    options = choices_2(("A", "a"), ("B", "b"), ("C", "c"), ("D", "d"), prompt="¿Cuáles?")

    question = read_one(item_2(declare("A", "B", cardinality="multiple", mapping=mapping), options))

    assert [(c.is_correct, c.fraction) for c in question.choices] == [
        (True, Decimal(25)),
        (True, Decimal(75)),
        (False, Decimal(-25)),
        (False, Decimal(0)),
    ]


def test_true_or_false_order_and_pairs_of_2_1():
    truth = read_one(item_2(declare("T"), choices_2(("T", "Verdadero"), ("F", "Falso"), prompt="¿Sí?")))
    steps = choices_2(("a", "Después"), ("b", "Primero"), ("c", "Al final"), tag="orderInteraction", prompt="Ordene.")
    order = read_one(item_2(declare("b", "a", "c", cardinality="ordered"), steps))
    sets = "".join(
        "<simpleMatchSet>"
        + "".join(
            f'<simpleAssociableChoice identifier="{side}{n}" matchMax="1">{side} {n}</simpleAssociableChoice>'
            for n in range(3)
        )
        + "</simpleMatchSet>"
        for side in ("L", "R")
    )
    body = f'<matchInteraction responseIdentifier="RESPONSE"><prompt>Una.</prompt>{sets}</matchInteraction>'
    pairs = declare("L0 R2", "R1 L1", "L2 R0", cardinality="multiple", base="directedPair")
    pairs = read_one(item_2(pairs, body))

    assert (truth.kind, [c.is_correct for c in truth.choices]) == ("true_false", [True, False])
    assert (order.kind, [c.text for c in order.choices]) == ("ordering", ["Primero", "Después", "Al final"])
    assert [(c.text, c.match) for c in pairs.choices] == [("L 0", "R 2"), ("L 1", "R 1"), ("L 2", "R 0")]


def test_written_answers_of_2_1():
    entry = '<p>Hay <textEntryInteraction responseIdentifier="RESPONSE"/> horas.</p>'
    processing = '<responseProcessing><equal toleranceMode="absolute" tolerance="0.5 0.5"/></responseProcessing>'
    number = read_one(item_2(declare("72", base="float"), entry, processing))
    mapping = '<mapping><mapEntry mapKey="año" mappedValue="2"/><mapEntry mapKey="ano" mappedValue="1"/></mapping>'
    short = read_one(item_2(declare("año", base="string", mapping=mapping), entry))
    body = (
        '<rubricBlock view="scorer"><p>Busque el saludo.</p></rubricBlock><p>Cuente.</p>'
        '<extendedTextInteraction responseIdentifier="RESPONSE"/>'
    )
    essay = read_one(item_2(declare(base="string"), body))

    assert (number.kind, number.text) == ("number", "Hay _____ horas.")
    assert number.choices == [ReadChoice("72", tolerance=Decimal("0.5"))]
    assert (short.kind, short.choices) == ("short_text", [ReadChoice("año"), ReadChoice("ano", fraction=Decimal(50))])
    assert (essay.kind, essay.text, essay.marking_guide) == ("open", "Cuente.", "Busque el saludo.")


@pytest.mark.parametrize(
    "body, sentence",
    [
        ('<hotspotInteraction responseIdentifier="RESPONSE"/>', "Aquí no hay preguntas de tipo «Lugar en una imagen»."),
        ('<sliderInteraction responseIdentifier="RESPONSE"/>', "Aquí no hay preguntas de tipo «sliderInteraction»."),
        (choices_2(("A", "a")) * 2, "Pregunta 2 cosas a la vez, y aquí una pregunta pide una."),
    ],
)
def test_what_2_1_has_beyond_ours_is_named(body, sentence):
    assert [problem.sentence for problem in read_file(item_2(declare("A"), body)).problems] == [sentence]


def test_a_package_with_two_items_and_an_image():
    image = picture()
    content = zipped(
        {
            "imsmanifest.xml": b"<manifest/>",
            "items/uno.xml": item_2(
                declare("A"),
                '<p>¿Qué se ve? <img src="../images/foto%201.png" alt="Una puerta"/></p>'
                + choices_2(("A", "a"), ("B", "b")),
            ),
            "items/dos.xml": item_2(declare("B"), '<p><img src="nada.png"/>¿?</p>' + choices_2(("A", "a"), ("B", "b"))),
            "images/foto 1.png": image,
        }
    )

    reading = read_file(content, name="paquete.zip")

    assert [q.place for q in reading.questions] == ["dos.xml, línea 2", "uno.xml, línea 2"]
    assert reading.questions[1].image.content == image
    assert reading.questions[1].image_text == "Una puerta"
    assert [w.sentence for w in reading.warnings] == ["Una imagen no está en el archivo: estaba en «nada.png»."]


# Made to do harm


def test_scripts_are_left_out():
    text = "<p>Hola</p><script>alert(1)</script><p onclick='x()'>Adiós</p>"
    question = read_one(
        canvas(item("multiple_choice_question", material(text) + lid(("1", "A"), ("2", "B")), condition(equal("1"))))
    )

    assert question.text == "Hola\n\nAdiós"


def test_an_entity_bomb_is_refused():
    bomb = b'<!DOCTYPE x [<!ENTITY a "ja"><!ENTITY b "&a;&a;">]>' + canvas().split(b"?>")[1]

    with pytest.raises(UnreadableFile, match="define entidades o un tipo de documento"):
        read_file(bomb, format_name="qti")


def test_a_package_whose_xml_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(qti, "LARGEST_XML", 1000)

    with pytest.raises(UnreadableFile, match="Descomprimido"):
        read_file(zipped({"imsmanifest.xml": b"", "a.xml": canvas() + b" " * 1000}))


def test_a_package_without_questions_is_refused():
    with pytest.raises(UnreadableFile, match="No hay preguntas de QTI"):
        read_file(zipped({"imsmanifest.xml": b"<manifest/>", "a.xml": b"<otra/>"}))


@pytest.mark.parametrize("address", ["../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "C:\\a.png", ""])
def test_an_image_from_outside_of_the_package_is_not_there(address):
    body = f'<p><img src="{address}"/>¿?</p>' + choices_2(("A", "a"), ("B", "b"))

    (question,) = read_file(zipped({"imsmanifest.xml": b"", "a.xml": item_2(declare("A"), body)})).questions

    assert question.image is None
