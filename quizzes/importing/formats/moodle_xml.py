"""Import of Moodle XML: https://docs.moodle.org/en/Moodle_XML_format"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.importing.parts.cases import CaseGatherer
from quizzes.importing.parts.html import read_name
from quizzes.importing.parts.moodle_questions import read_description, read_question
from quizzes.importing.parts.reading import Problem, Reading, Skipped, UnreadableFile, at_line
from quizzes.importing.parts.texts import decode
from quizzes.importing.parts.topics import split_category
from quizzes.importing.parts.xml import parse_xml, text_of

name = "moodle-xml"
label = gettext_lazy("Moodle XML")
suffixes = (".xml",)


def sniff(content):
    begin = decode(content[:20_000])
    return "<quiz" in begin and ("<question" in begin or "</quiz" in begin)


def read(content):
    root = parse_xml(content)
    if root.tag != "quiz":
        raise UnreadableFile(
            _("This is XML, but not of Moodle: its first element is “%(tag)s”.") % {"tag": root.tag[:40]}
        )
    reading, topic = Reading(), ()
    cases = CaseGatherer(reading)
    for element in root.findall("question"):
        if element.get("type") == "category":
            topic = split_category(text_of(element, "category/text"))
            cases.close()
            continue
        _read(element, topic, reading, cases)
    cases.close()
    _say_what_is_ignored(root, reading)
    reading.say_that_accents_are_forgiven()
    return reading


def _read(element, topic, reading, cases):
    place, name = at_line(element.line), read_name(text_of(element, "name/text"))
    try:
        if element.get("type") == "description":
            cases.open(*read_description(element, place, name))
            return
        question, warnings = read_question(element, place, name, topic)
    except Skipped as skipped:
        cases.add(None)
        reading.problems.append(Problem(place, name, str(skipped)))
        return
    reading.questions.append(question)
    cases.add(question)
    reading.warnings += [Problem(place, name, sentence) for sentence in dict.fromkeys(warnings)]


def _say_what_is_ignored(root, reading):
    if any(text_of(penalty).strip("0.") for penalty in root.iterfind("question/penalty")):
        sentence = _("Penalties for trying again were left out: here a question is answered once an attempt.")
        reading.warnings.append(Problem("", "", sentence))
    if root.find("question/hint/text") is not None:
        reading.warnings.append(Problem("", "", _("Hints between tries were left out.")))
