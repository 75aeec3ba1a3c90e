"""What the import of Moodle 4.5 demands, and the order of its own export: docs/reference/moodle-exchange.md."""

from decimal import Decimal
from xml.etree import ElementTree

from quizzes.exporting.formats import moodle_xml
from quizzes.importing.parts.percent import find_weight
from quizzes.importing.parts.reading import ReadCase, ReadChoice
from tests.quizzes.generated_questions import make_questions

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
    """Yield what Moodle would refuse, crash at or take for something else in a `question` element."""
    kind = question.get("type")
    tags = list(dict.fromkeys(child.tag for child in question))
    expected = [
        tag.rstrip("?") for tag in [*BEFORE, *TYPES[kind], "tags?"] if not tag.endswith("?") or tag.rstrip("?") in tags
    ]
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
