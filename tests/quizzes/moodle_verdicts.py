"""What Moodle 4.5.5 made of 419 questions, and in what our readers differ: see docs/reference/moodle-exchange.md."""

import base64
import json
import re
from html import unescape
from pathlib import Path

from quizzes.base.markup import find_gaps, strip_markup
from quizzes.exporting.parts.percents import full_percents
from quizzes.importing.formats import read_file
from quizzes.importing.parts.moodle_questions import COMMON_FEEDBACK
from quizzes.importing.parts.reading import UnreadableFile, read_number
from quizzes.importing.planning import find_problems

# What Moodle stored is beside what it was given; see the page for what the fields mean.
_FILE = Path(__file__).parent / "data" / "moodle-verdicts.json"
VERDICTS = {case["id"]: case for case in json.loads(_FILE.read_text(encoding="utf-8"))}

KINDS = {
    "multichoice": ("single", "multiple"),
    "truefalse": ("true_false",),
    "shortanswer": ("short_text",),
    "numerical": ("number",),
    "match": ("matching",),
    "essay": ("open",),
    "ordering": ("ordering",),
    "gapselect": ("gaps",),
    "ddwtos": ("gaps",),
    "multianswer": ("gaps",),
    "ddmarker": ("places",),
}
GAP = re.compile(r"\[\[\d+\]\]|\{#\d+\}")
NEAR = 0.001


def content_of(case):
    return base64.b64decode(case["input_base64"]) if "input_base64" in case else case["input"].encode()


def read_case(case):
    try:
        reading = read_file(content_of(case), format_name=case["format"])
    except UnreadableFile as refusal:
        return [], [refusal.sentence], []
    good, problems = [], [problem.sentence for problem in reading.problems]
    for question in reading.questions:
        for choice in question.choices:
            choice.text = str(choice.text)
        found = list(find_problems(question))
        problems += found
        good += [] if found else [question]
    return good, problems, [warning.sentence for warning in reading.warnings]


def find_differences(case):
    questions, _problems, _warnings = read_case(case)
    stored = [one for one in case["questions"] if one["qtype"] != "description"]
    texts = [one for one in case["questions"] if one["qtype"] == "description"]
    cases = {words_of_ours(question.case.text) for question in questions if question.case}
    found = {"description" for one in texts if words_of_theirs(one["text"], one["format"]) not in cases}
    if len(questions) < len(stored):
        found.add("refused")
    if len(questions) > len(stored):
        found.add("read")
    for theirs, ours in pair_up(stored, questions):
        found |= set(compare(theirs, ours))
    return sorted(found)


def pair_up(stored, questions):
    if len(stored) == len(questions):
        return list(zip(stored, questions, strict=True))
    pairs, left = [], list(questions)
    for theirs in stored:
        words = words_of_theirs(theirs["text"], theirs["format"])
        ours = next((one for one in left if words_of_ours(one.text) == words), None)
        if ours:
            left.remove(ours)
            pairs.append((theirs, ours))
    return pairs


def compare(theirs, ours):
    if ours.kind not in KINDS.get(theirs["qtype"], ()) or (
        theirs["qtype"] == "multichoice" and (ours.kind == "single") != theirs["single"]
    ):
        yield "kind"
        return
    if words_of_ours(ours.text) != words_of_theirs(GAP.sub("", theirs["text"]), theirs["format"]):
        yield "text"
    if ours.name and ours.name != " ".join(unescape(theirs["name"]).split()):
        yield "name"
    if words_of_ours(ours.feedback) != words_of_theirs(
        theirs["generalfeedback"], theirs.get("generalfeedbackformat", "html")
    ):
        yield "general feedback"
    if ours.marks != theirs["defaultmark"] and theirs["qtype"] != "multianswer":
        yield "mark"
    if ours.identifier != (theirs["idnumber"] or ""):
        yield "idnumber"
    if sorted(tag.casefold() for tag in ours.tags) != sorted(tag.casefold() for tag in theirs["tags"]):
        yield "tags"
    if " / ".join(ours.topic) != category_of(theirs):
        yield "category"
    yield from compare_combined(theirs, ours)
    yield from COMPARERS[theirs["qtype"]](theirs, ours)


def category_of(theirs):
    return "" if theirs["category"] == "Banco" else theirs["category"]


def compare_combined(theirs, ours):
    for name, field in COMMON_FEEDBACK.items():
        if words_of_ours(getattr(ours, field)) != words_of_theirs(theirs.get(name, ""), "html"):
            yield "combined feedback"
            return


def compare_answers(theirs, ours, same=None):
    if len(theirs["answers"]) != len(ours.choices):
        yield "options"
        return
    for answer, choice, percent in zip(theirs["answers"], ours.choices, full_percents(ours), strict=True):
        if not (same or same_words)(answer, choice):
            yield "options"
        if abs(float(percent) - answer["fraction"] * 100) >= NEAR:
            yield "weights"
        yield from compare_feedback(answer, choice)


def compare_feedback(answer, choice):
    if words_of_theirs(answer["feedback"], answer.get("feedbackformat", "html")) != words_of_ours(choice.feedback):
        yield "feedback"


def same_words(answer, choice):
    return words_of_theirs(answer["text"], answer["format"]) == words_of_ours(choice.text)


def same_typed(answer, choice):
    return " ".join(answer["text"].split()) == choice.text


def same_number(answer, choice):
    return answer["text"] == choice.text or read_number(answer["text"]) == read_number(choice.text)


def compare_truth(theirs, ours):
    for answer, choice in zip(theirs["answers"], ours.choices, strict=True):
        if (answer["fraction"] == 1) != choice.is_correct:
            yield "weights"
        yield from compare_feedback(answer, choice)


def compare_typed(theirs, ours):
    if theirs["usecase"] == ours.forgives_case:
        yield "case"
    yield from compare_answers(theirs, ours, same_typed)


def compare_numbers(theirs, ours):
    yield from compare_answers(theirs, ours, same_number)
    for answer, choice in zip(theirs["answers"], ours.choices, strict=False):
        if answer["text"] != "*" and float(choice.tolerance or 0) != float(answer["tolerance"] or 0):
            yield "tolerance"
    if ours.unit != (theirs["units"][0][0] if theirs.get("units") else ""):
        yield "unit"


def compare_pairs(theirs, ours):
    left_and_right = [
        [words_of_theirs(left, "html"), words_of_theirs(right, "html")] for left, right, *_files in theirs["pairs"]
    ]
    if left_and_right != [[words_of_ours(choice.text), words_of_ours(choice.match)] for choice in ours.choices]:
        yield "pairs"


def compare_order(theirs, ours):
    steps = sorted(theirs["answers"], key=lambda answer: answer["fraction"])
    if [words_of_theirs(step["text"], step["format"]) for step in steps] != [
        words_of_ours(c.text) for c in ours.choices
    ]:
        yield "options"


def compare_lists(theirs, ours):
    expected = []
    for number in map(int, re.findall(r"\[\[(\d+)\]\]", theirs["text"])):
        right = theirs["answers"][number - 1] if number <= len(theirs["answers"]) else {"group": None}
        of_group = [answer for answer in theirs["answers"] if answer["group"] == right["group"]]
        expected.append([(answer["text"], answer is right) for answer in of_group])
    if expected != [[(choice.text, choice.is_correct) for choice in options] for options in by_gap(ours)]:
        yield "options"


def compare_embedded(theirs, ours):
    expected = [sub["answers"] for sub in theirs["subquestions"]]
    if [len(answers) for answers in expected] != [len(options) for options in by_gap(ours)]:
        yield "options"
        return
    for answers, options in zip(expected, by_gap(ours), strict=True):
        for answer, choice in zip(answers, options, strict=True):
            if words_of_theirs(answer["text"], "html") != words_of_ours(choice.text):
                yield "options"
            percent = choice.is_correct * 100 if choice.fraction is None else choice.fraction
            if abs(float(percent) - answer["fraction"] * 100) >= NEAR:
                yield "weights"
            yield from compare_feedback(answer, choice)


def by_gap(ours):
    return [[choice for choice in ours.choices if choice.gap == gap] for gap in find_gaps(ours.text)]


def compare_places(theirs, ours):
    if len(theirs["drops"]) != len(ours.choices):
        yield "options"


COMPARERS = {
    "multichoice": compare_answers,
    "truefalse": compare_truth,
    "shortanswer": compare_typed,
    "numerical": compare_numbers,
    "match": compare_pairs,
    "essay": lambda theirs, ours: (),
    "ordering": compare_order,
    "gapselect": compare_lists,
    "ddwtos": compare_lists,
    "multianswer": compare_embedded,
    "ddmarker": compare_places,
}


def words_of_theirs(text, text_format):
    if text_format != "plain":
        text = unescape(re.sub(r"<[^<>]*>", "", re.sub(r"(?s)<script.*?</script>", "", text)))
    if text_format == "markdown":
        text = strip_markup(text)
    return re.sub(r"[\s\u00a0_]+", "", text)


def words_of_ours(text):
    return re.sub(r"[\s\u00a0_]+", "", strip_markup(text))
